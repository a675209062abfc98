"""What the archive and the resolver answer to the questions that a message raises (`filters.analysis.Questions`)."""

from __future__ import annotations

from config.base import Frozen


class KnownMail(Frozen):
    """A message in this council's archive that left here, or waits to.

    `message` is its queue id, `message_id` its Message-ID, `author` the canonical address in its From, `people`
    the author and all whom it was sent to. Bcc recipients are among `people`: never name those to anyone.
    `hidden` are those of `people` who did not stand in its header, as far as that is known.
    """

    message: str
    message_id: str
    author: str
    people: tuple[str, ...]
    hidden: tuple[str, ...] = ()


class Alike(Frozen):
    """A recipient whom nobody here has written to, and an address that somebody has, which is nearly the same."""

    recipient: str
    known: str


class Undeliverable(Frozen):
    """A domain to which no mail can be delivered, as far as the resolver knows; `why` ends a sentence."""

    domain: str
    why: str


class Scan(Frozen):
    """What the scanner for malware said: the `names` of what it found and in which attachment, as it calls them, or
    in `trouble` why it could not look.
    """

    names: tuple[str, ...] = ()
    trouble: str = ""


class Watched(Frozen):
    """A confidential paper whose passages stand in a message: its title, and whose evidence is the passage found."""

    title: str
    where: str


class Answers(Frozen):
    """Answers about one message. All addresses and domains are canonical; Message-IDs have their brackets.

    `parents`: archived messages that it answers or sends on, by its header. `copied`: archived messages whose
    own words stand in its own words, each the first with those words, and whom they went to later is among
    its people. `known`: of its recipients those that this council has written to before,
    `known_domains`: of their domains likewise. `alike`: near misses of known correspondents among the others.
    `near_domains`: known correspondents' domains that are nearly those that nobody here has written to.
    `undeliverable`: what the resolver said, where one is asked. `confirmed`: the checks whose question about this
    thread and these recipients the sender has confirmed today. `parent_texts`: all that `parents` say, where the
    archive has it and the message quotes anything. `scan`: what the scanner said, None where there is none.
    `watched`: the council's confidential papers that are found in the message or what is attached. Without an archive
    (a dry run) there are none.
    """

    parents: tuple[KnownMail, ...] = ()
    copied: tuple[KnownMail, ...] = ()
    known: tuple[str, ...] = ()
    known_domains: tuple[str, ...] = ()
    alike: tuple[Alike, ...] = ()
    near_domains: tuple[str, ...] = ()
    undeliverable: tuple[Undeliverable, ...] = ()
    confirmed: tuple[str, ...] = ()
    parent_texts: tuple[str, ...] = ()
    scan: Scan | None = None
    watched: tuple[Watched, ...] = ()


NO_ANSWERS = Answers()
