"""Who holds a process's leases, and whose leases it may end when it starts."""

from __future__ import annotations

import pytest

from gateway.delivery import owner
from gateway.delivery.owner import Owner


@pytest.fixture
def start(tmp_path):
    """`start(alone=…)`: a process that starts in the folder."""
    started = []

    def start(*, alone: bool = False) -> Owner:
        started.append(Owner(tmp_path, "post.example", alone=alone))
        return started[-1]

    yield start
    for one in started:
        one.close()


def test_the_first_has_nobody_before_it(start):
    assert start().predecessor is None


def test_each_start_has_a_name_of_its_own(start):
    names = set()
    for _ in range(10):
        one = start()
        names.add(one.name)
        one.close()
    assert len(names) == 10


def test_one_that_is_gone_is_known_by_its_name(start):
    first = start()
    first.close()
    second = start()
    assert second.predecessor == first.name
    second.close()
    assert start().predecessor == second.name


def test_one_that_still_finishes_its_work_keeps_its_leases(start):
    first = start()
    assert start().predecessor is None
    first.close()
    # Whoever comes next knows of the first alone: the leases of the one between run out.
    assert start().predecessor == first.name


def test_a_machine_started_anew_proves_nothing_where_other_nodes_share_the_database(
    start, monkeypatch, tmp_path
):
    """The folder may be a copy of another node's, which lives."""
    first = start()
    first.close()
    boot = tmp_path / "boot_id"
    boot.write_text("another\n")
    monkeypatch.setattr(owner, "_BOOT", boot)
    assert start().predecessor is None


def test_but_does_where_there_is_no_other_node(start, monkeypatch, tmp_path):
    first = start(alone=True)
    first.close()
    boot = tmp_path / "boot_id"
    boot.write_text("another\n")
    monkeypatch.setattr(owner, "_BOOT", boot)
    assert start(alone=True).predecessor == first.name
