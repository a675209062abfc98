"""What earlier mail a message carries, and who took part in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from config.consumer_domains import mailbox_of
from filters.answers import KnownMail
from filters.context import Context
from filters.finding import Evidence
from filters.forwarding.private import own_mailboxes
from filters.many.audience import behind
from filters.names import folded, words
from signatures.message.anatomy import Anatomy
from signatures.message.carried.kinds import Attachment, Earlier, How, Prefix
from signatures.message.division import Zone

_CARRYING = frozenset({Zone.TRAIL, Zone.FORWARDED})
_MOST_EVIDENCE = 5


@dataclass(frozen=True, slots=True)
class Carried:
    """Earlier mail that belongs together: what is quoted, or one attached message, or one whose text is copied.

    `people` are the mailboxes of those who took part, `names` the folded words of the names of those told without
    an address. `written_by` are the mailboxes of whoever wrote it, empty where that is not known. `thread`: it is
    quoted, so it may be what the message answers.
    """

    evidence: tuple[Evidence, ...]
    people: frozenset[str] = frozenset()
    names: frozenset[frozenset[str]] = frozenset()
    written_by: frozenset[str] = frozenset()
    thread: bool = False


def carried_by(anatomy: Anatomy, context: Context) -> tuple[Carried, ...]:
    """All earlier mail that is there to be seen; none in a message that is new throughout."""
    return (*_quoted(anatomy, context), *_attached(anatomy, context), *_copied(anatomy, context))


def papers(anatomy: Anatomy) -> tuple[Attachment, ...]:
    """What is attached, pictures within the text left out."""
    return tuple(each for each in anatomy.attachments if not each.inline)


def locked(anatomy: Anatomy) -> Iterator[Evidence]:
    """What nobody here can look into."""
    if anatomy.encrypted:
        yield Evidence(where="text", text="the whole message is encrypted")
    for each in anatomy.attachments:
        if each.locked:
            yield Evidence(where="attachment", text=_named(each))


def _quoted(anatomy: Anatomy, context: Context) -> Iterator[Carried]:
    """What stands in the text or is the message itself, sent on. One thread is one, however deep it is quoted."""
    quoted = [each for each in anatomy.earlier if each.how is not How.ATTACHED]
    evidence = tuple(_evidence_of_thread(anatomy, quoted))
    if not evidence:
        return
    people = [address for each in quoted for address in (each.author, *each.people)]
    people += [address for mail in context.answers.parents for address in mail.people]
    original = _mailboxes(box.address for box in anatomy.original_authors) if anatomy.resent else frozenset()
    yield Carried(
        evidence,
        people=_took_part(people, context) | original,
        names=frozenset(filter(None, (_words(name) for each in quoted for name in each.names))),
        # The outermost is what is sent on; what it quotes in turn is not what a consent speaks of.
        written_by=original or _mailboxes(each.author for each in quoted[:1]),
        thread=not anatomy.resent,
    )


def _evidence_of_thread(anatomy: Anatomy, quoted: list[Earlier]) -> Iterator[Evidence]:
    marks = anatomy.marks
    mail_attached = any(each.mail for each in anatomy.attachments)
    if anatomy.resent:
        for box in anatomy.original_authors[:1]:
            yield Evidence(where="From of the message sent on", text=box.written)
    yield from (_evidence_of(each) for each in quoted[:_MOST_EVIDENCE])
    if not quoted and any(span.zone in _CARRYING for part in anatomy.divided for span in part.spans):
        yield Evidence(where="text", text="earlier messages are quoted")
    if not mail_attached:
        # With an attached message these only say again that it is there.
        yield from (Evidence(where="X-Forwarded-Message-Id", text=each) for each in marks.forwards[:1])
        if marks.prefix is Prefix.FORWARD and not marks.weak and papers(anatomy):
            yield Evidence(where="Subject", text=anatomy.subject)


def _attached(anatomy: Anatomy, context: Context) -> Iterator[Carried]:
    """Each attached message by itself: who took part in one has not seen another."""
    known = {mail.message_id: mail for mail in context.answers.parents}
    read = [each for each in anatomy.earlier if each.how is How.ATTACHED]
    files = [each for each in anatomy.attachments if each.mail]
    for number, each in enumerate(read):
        mail = known.get(each.message_id)
        yield Carried(
            (_evidence_of_read(each, files[number] if number < len(files) else None),),
            people=_took_part([each.author, *each.people, *(mail.people if mail else ())], context),
            names=frozenset(filter(None, map(_words, each.names))),
            written_by=_mailboxes([each.author]),
        )
    for file in files[len(read) :]:
        yield Carried((_evidence_of_file(file),))


def _copied(anatomy: Anatomy, context: Context) -> Iterator[Carried]:
    """Another's words that stand in this message as if they were its author's own (research (d2) 27)."""
    own = own_mailboxes(context.council, context.sender) | _mailboxes(box.address for box in anatomy.authors)
    for mail in context.answers.copied:
        if mailbox_of(mail.author) not in own:
            yield Carried(
                (_evidence_of_copy(mail),),
                people=_took_part(mail.people, context),
                written_by=_mailboxes([mail.author]),
            )


def _evidence_of(each: Earlier) -> Evidence:
    told = (
        each.author or next(iter(each.names), "") or next(iter(each.people), "") or "its writer is not told"
    )
    where = {
        How.QUOTED: "quoted message",
        How.FORWARDED: "forwarded message",
        How.ATTACHED: "attached message",
    }
    return Evidence(where=where[each.how], text=told)


def _evidence_of_read(each: Earlier, file: Attachment | None) -> Evidence:
    return _evidence_of_file(file) if file is not None and file.name else _evidence_of(each)


def _evidence_of_file(file: Attachment) -> Evidence:
    return Evidence(where="attached message", text=_named(file))


def _evidence_of_copy(mail: KnownMail) -> Evidence:
    # Its recipients are not named: some of them may have been copied in blind.
    return Evidence(where="text", text=f"words of a message that {mail.author} sent ({mail.message})")


def _named(file: Attachment) -> str:
    return file.name or f"a file without a name ({file.kind})"


def _took_part(told: Iterable[str], context: Context) -> frozenset[str]:
    """The mailboxes of those told; of a list whose members are known each of them took part."""
    addresses = frozenset(filter(None, told))
    return _mailboxes(addresses | behind(addresses, context.council).people)


def _mailboxes(addresses: Iterable[str]) -> frozenset[str]:
    return frozenset(mailbox_of(address) for address in addresses if address)


def _words(name: str) -> frozenset[str]:
    return frozenset(words(folded(name)))
