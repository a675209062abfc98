"""Ordinary mail of a council, and what becomes of it where every content check is in force.

There are three collections: `false_alarms`, messages as TOML that are written out here as mail programs would;
`ordinary`, the same kind of mail as mail programs did write it; and `clients`, the habits of mail programs, some of them
odd on purpose. None of it is known to an archive: recipients are strangers, and no trail can be compared.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.message import EmailMessage
from html import escape
from pathlib import Path
from typing import Any

from config.address import canonical
from config.checks import KINDS
from config.council import Council
from config.policy import CheckPolicy, Clause, Stage, Verdict
from filters.analysis import Analysis, Situation, decide_step, read_step
from filters.answers import Answers, Scan
from filters.context import Envelope, Profile, Recipient
from filters.extract.prints import with_prints
from filters.extract.read import documents_of
from filters.registry import CHECKS
from gateway.demo.installation import example_council
from signatures.message.anatomy import read
from signatures.message.scanner import CAPS, scan_parts
from tests.evaluation.messages import DOMAIN, SENDERS
from tests.evaluation.papers import WRITERS
from tests.ordinary import ordinary

CORPUS = Path(__file__).parents[1] / "corpus"
CONTENT = (
    "authority",
    "personal_data",
    "secrets",
    "confidential",
    "language",
    "spelling",
    "naming",
    "attachments",
    "malware",
    "solicitation",
)
"""The checks that read what was written."""

_NAMES = {each.login: each.name for each in example_council().people}
_ISSUES_FOR_THE_COUNCIL = ("clerk", "deputy", "locum")
_NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as octets, who sends it and to whom. `id` names it in its collection."""

    id: str
    login: str
    mail_from: str
    to: tuple[str, ...]
    raw: bytes

    def __str__(self) -> str:
        return self.id


def built() -> tuple[str, ...]:
    """The content checks that there are to run."""
    return tuple(name for name in CONTENT if name in CHECKS)


def strict(council: Council | None = None, *, only_content: bool = False) -> Council:
    """The demo council, or another, with every content check enforced; with `only_content` it has no other check.

    What its policy says of a content check already stands, but for the stage.
    """
    council = council or example_council()
    had = council.policy.checks
    checks = {
        name: (had.get(name) or _gravest(name)).model_copy(update={"stage": Stage.ENFORCE})
        for name in built()
    }
    if not only_content:
        checks = {**had, **checks}
    return council.model_copy(update={"policy": council.policy.model_copy(update={"checks": checks})})


def _gravest(name: str) -> CheckPolicy:
    exempt = _ISSUES_FOR_THE_COUNCIL if name == "authority" else ()
    clause = Clause(document="Test", item="1")
    first = Verdict[KINDS[name].verdicts[0].upper()]
    return CheckPolicy.model_validate(
        {"stage": Stage.ENFORCE, "verdict": first.word, "clause": clause, "exempt": exempt}
    )


def situation_of(mail: Mail) -> Situation:
    """How a message came in, its attachments read and no virus in it."""
    anatomy = read(mail.raw)
    found = documents_of(mail.raw, scan_parts(mail.raw), anatomy, CAPS)
    return Situation(
        person=mail.login,
        authenticated=True,
        profile=Profile.SUBMISSION,
        envelope=Envelope(
            mail_from=mail.mail_from,
            recipients=tuple(Recipient(address=each, canonical=canonical(each)) for each in mail.to),
        ),
        received_at=_NOW,
        today=date(2026, 11, 20),
        message="0123456789ABCDEF",
        hostname="post.test.example",
        answers=Answers(scan=Scan()),
        documents=with_prints(found),
    )


def judged(mail: Mail, council: Council) -> Analysis:
    """What becomes of a message, by both steps."""
    return decide_step(mail.raw, read_step(mail.raw), situation_of(mail), council)


def false_alarms() -> Iterator[Mail]:
    """The written collection, in the order of its files. Every other message has an HTML version, too."""
    number = 0
    for path in sorted((CORPUS / "false_alarms").glob("*.toml")):
        for told in tomllib.loads(path.read_text(encoding="utf-8"))["message"]:
            number += 1
            yield _written(told, with_html=number % 2 == 0)


def as_mail_programs_wrote_it() -> Iterator[Mail]:
    """The 62 messages of `tests/corpus/ordinary`."""
    for each in ordinary():
        yield Mail(f"ordinary/{each}", each.login, each.mail_from, each.to, each.raw)


def clients() -> Iterator[Mail]:
    """The messages of `tests/corpus/clients`, each sent by its author, if that is somebody of the council, to all
    whom it names.
    """
    for path in sorted((CORPUS / "clients").glob("*/*.eml")):
        raw = path.read_bytes()
        anatomy = read(raw)
        author = anatomy.authors[0].address if anatomy.authors else ""
        login = author if author in _NAMES else f"cllr.a@{DOMAIN}"
        to = tuple(dict.fromkeys(each.address for each in anatomy.recipients if each.address))
        name = path.relative_to(CORPUS).with_suffix("").as_posix()
        yield Mail(name, login, login, to or ("jill.fenwick@resident.example",), raw)


def _written(told: dict[str, Any], *, with_html: bool) -> Mail:
    login = f"{SENDERS[told['role']]}@{DOMAIN}"
    name = _NAMES[login]
    made = EmailMessage()
    made["From"] = f"{name} <{login}>"
    made["To"] = ", ".join(told["to"])
    if told.get("cc"):
        made["Cc"] = ", ".join(told["cc"])
    made["Subject"] = told["subject"]
    made["Date"] = "Fri, 20 Nov 2026 10:00:00 +0000"
    made["Message-ID"] = f"<{told['id']}@{DOMAIN}>"
    made.set_content(told["body"].strip("\n") + "\n", cte="quoted-printable")
    if with_html:
        made.add_alternative(_page(told["body"]), subtype="html", cte="quoted-printable")
    for paper in told.get("attachments", ()):
        write, kind = WRITERS[paper["kind"]]
        main, _, sub = kind.partition("/")
        content = write(paper["says"].strip("\n").split("\n"))
        made.add_attachment(content, maintype=main, subtype=sub, filename=paper["name"])
    raw = made.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return Mail(told["id"], login, login, (*told["to"], *told.get("cc", ())), raw)


def _page(body: str) -> str:
    """The same words as HTML, a `<p>` for each paragraph."""
    paragraphs = (escape(each).replace("\n", "<br>\n") for each in body.strip("\n").split("\n\n"))
    return "<html><body>" + "".join(f"<p>{each}</p>\n" for each in paragraphs) + "</body></html>\n"
