"""The generated pages say what the code says, and nothing of the code is missing from them."""

from __future__ import annotations

from enum import StrEnum

import pytest
import typer.main
from prometheus_client.metrics import MetricWrapperBase
from pydantic import BaseModel

from docs.commands import _commands, _root
from docs.generate import FOLDER, PAGES
from gateway import metrics


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_what_the_code_gives(name):
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name](), "run `make docs`"


def test_every_setting_is_described():
    import config.settings as module

    page = PAGES["settings.md"]()
    tables = [m for m in vars(module).values() if isinstance(m, type) and issubclass(m, BaseModel)]
    fields = [(table, name, field) for table in tables for name, field in table.model_fields.items()]
    assert len(fields) > 50
    for table, name, field in fields:
        assert field.description, f"{table.__name__}.{name} has no description"
        assert name in page, name


def test_every_word_that_a_setting_may_be_is_named():
    import config.settings as module

    page = PAGES["settings.md"]()
    for words in vars(module).values():
        if isinstance(words, type) and issubclass(words, StrEnum):
            assert all(f"`{word}`" in page for word in words)


def test_every_metric_is_listed():
    page = PAGES["metrics.md"]()
    names = [m.describe()[0].name for m in vars(metrics).values() if isinstance(m, MetricWrapperBase)]
    assert len(names) > 15
    assert all(f"`{name}" in page for name in names)


def test_no_metric_is_labelled_with_what_a_person_is_or_wrote():
    forbidden = {
        "address",
        "login",
        "person",
        "sender",
        "recipient",
        "subject",
        "message",
        "peer",
        "ip",
        "from",
        "to",
    }
    for metric in vars(metrics).values():
        if isinstance(metric, MetricWrapperBase):
            assert not forbidden & set(metric._labelnames)


def test_every_command_is_listed_and_described():
    page = PAGES["cli.md"]()
    commands = dict(_commands("vestry", _root()))
    assert {"vestry serve", "vestry check", "vestry council import", "vestry archive verify"} <= set(commands)
    for path, command in commands.items():
        assert f"## `{path}" in page
        assert command.help, path


def test_vestry_itself_is_a_group_of_commands():
    from gateway.cli import app

    assert typer.main.get_command(app).name == "vestry"
