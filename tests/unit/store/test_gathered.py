"""Whom a council had written to before that was kept: gathered from the archive when the tables are brought up."""

from __future__ import annotations

from alembic import command
from sqlalchemy import create_engine, text

from gateway.store.upgrade import _config, upgrade

_COLUMNS = "peer, helo, protocol, tls, mail_from, body, message_id, subject, header_from, from_domain, sha256, profile"
_MESSAGE = text(
    "INSERT INTO message (council_id, id, kind, state, received_at, authenticated, smtputf8, size, "
    f"{_COLUMNS}) VALUES (:council, :id, :kind, :state, :at, true, false, 1, '', '', '', '', '', '', '', '', '', '', '', '')"
)
_RECIPIENT = text(
    "INSERT INTO recipient (council_id, message_id, number, address, canonical) "
    "VALUES (:council, :id, :number, :address, :address)"
)
_COUNCIL = text("INSERT INTO council (id, name, version, created_at) VALUES (:id, :id, 1, 1)")


def test_correspondents_are_gathered_from_what_has_left(tmp_path):
    url = f"sqlite:///{tmp_path}/old.sqlite"
    engine = create_engine(url)
    with engine.begin() as connection:
        command.upgrade(_config(connection), "0005")
        for council in ("one", "two"):
            connection.execute(_COUNCIL, {"id": council})
        mail = [
            ("one", "A", "submitted", "passed", 20, ["ann@b.example", "bob@c.example"]),
            ("one", "B", "submitted", "released", 10, ["ann@b.example"]),
            ("one", "C", "submitted", "held", 5, ["held@d.example"]),
            ("one", "D", "submitted", "rejected", 5, ["rejected@d.example"]),
            ("one", "E", "submitted", "refused", 5, ["refused@d.example"]),
            ("one", "F", "notice", "passed", 5, ["told@d.example"]),
            ("two", "G", "submitted", "passed", 30, ["ann@b.example"]),
        ]
        for council, id, kind, state, at, to in mail:
            connection.execute(
                _MESSAGE, {"council": council, "id": id, "kind": kind, "state": state, "at": at}
            )
            for number, address in enumerate(to):
                connection.execute(
                    _RECIPIENT, {"council": council, "id": id, "number": number, "address": address}
                )
    engine.dispose()
    upgrade(url)
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(text("select * from correspondent order by council_id, address")).all()
        domains = connection.execute(text("select * from correspondent_domain order by 1, 2")).all()
    engine.dispose()
    assert [tuple(row) for row in found] == [
        ("one", "ann@b.example", "b.example", "ann", "nna", 10),
        ("one", "bob@c.example", "c.example", "bob", "bob", 20),
        ("two", "ann@b.example", "b.example", "ann", "nna", 30),
    ]
    assert [tuple(row) for row in domains] == [
        ("one", "b.example", "elpmaxe.b"),
        ("one", "c.example", "elpmaxe.c"),
        ("two", "b.example", "elpmaxe.b"),
    ]
