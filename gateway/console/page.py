"""The pages: what waits and why, as the letter about it says it, and buttons for what can be chosen."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator

from filters.finding import Need, Wants
from gateway.console.fields import basis_field, feedback_field, statements
from gateway.console.links import Linked, Standing
from gateway.console.style import CSS
from gateway.holds.answers import tell
from gateway.holds.answers.options import NUMBERED, STATING, Option, Purpose
from gateway.holds.answers.question import Question
from gateway.holds.statement import wanted_by
from gateway.notices import mask, people
from gateway.notices.office import own_addresses
from gateway.notices.page import Block, Heading, Items, Paragraph, Said, Taken
from gateway.notices.parts import graver, subject_of, typed, why
from gateway.notices.wording import words
from gateway.store.kinds import MessageState

_WORDS = words("en")

_BUTTONS = {
    Option.SEND: "Send it to everyone",
    Option.NOT_BINDING: "It does not bind the Council: send it",
    Option.BASIS: "Send it, and record why",
    Option.CLERK: "Hand it to the Clerk to send",
    Option.ONLY_SENDER: "Send it only to the person I am answering",
    Option.WITHOUT_TRAIL: "Send it without the earlier messages",
    Option.LEAVE_OUT: "Send it, but not to those I ticked",
    Option.BCC: "Send it, and hide those I ticked (Bcc)",
    Option.CANCEL: "Do not send it",
    Option.ASK_CONSENT: "Ask the Clerk to consent",
    Option.SECOND_REVIEW: "Ask for somebody else to look at it too",
    Option.READ: "I have read this notice",
}
_CLASSES = {
    Option.CANCEL: "stop",
    Option.CLERK: "other",
    Option.ASK_CONSENT: "other",
    Option.SECOND_REVIEW: "other",
}
_ENDED = {
    MessageState.RELEASED.value: "It has been sent.",
    MessageState.REJECTED.value: "It was not sent, and will not be. It stays in the Council's records.",
    MessageState.RETURNED.value: "It was not sent. It was given back to its sender.",
}

RELEASE, REJECT = "release", "reject"


def asking(link: Linked, error: str = "") -> str:
    """The page that a link leads to. `error` is what was wrong with what was chosen on it."""
    said = _STANDINGS[link.standing](link) if link.standing is not Standing.OPEN else _open(link)
    title = _TITLES[link.standing] if link.purpose is not Purpose.NOTICE else _NOTICE_TITLES[link.standing]
    return whole(title, _problem(error) + said, link.council.name, bool(error), _reference(link))


def plain(title: str, text: str) -> str:
    """A page of one sentence, about nothing."""
    return whole(title, f"<p>{html.escape(text)}</p>", "The post room")


def whole(title: str, body: str, council: str, wrong: bool = False, foot: str = "") -> str:
    """A page. `body` and `foot` are HTML; `wrong` whether it says what went wrong."""
    head = f"{'Error: ' if wrong else ''}{title} - {council}"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex, nofollow">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{html.escape(head)}</title>\n<style>{CSS}</style>\n</head>\n<body>\n"
        f"<header><p>{html.escape(council)}</p></header>\n<main>\n<h1>{html.escape(title)}</h1>\n"
        f"{body}\n{foot}</main>\n</body>\n</html>\n"
    )


_TITLES = {
    Standing.OPEN: "Not sent yet",
    Standing.USED: "Your answer was taken",
    Standing.EXPIRED: "This link has expired",
    Standing.DECIDED: "No longer waiting",
    Standing.NOT_YOURS: "You cannot decide this",
}
_NOTICE_TITLES = {
    **_TITLES,
    Standing.OPEN: "Please read this notice",
    Standing.USED: "You have read this notice",
    Standing.DECIDED: "You have read this notice",
}


def _open(link: Linked) -> str:
    if link.purpose is Purpose.NOTICE:
        return _notice(link)
    asked = link.asked
    if asked is None:
        return ""
    return _decide(asked) if link.purpose is Purpose.DECIDE else _question(asked, link.options)


def _question(asked: Question, options: tuple[Option, ...]) -> str:
    about = tell.waiting(asked)
    shown = typed(asked.council, about)
    subject = subject_of(about.heading, _WORDS)
    blocks: list[Block] = [
        Paragraph(("Your message about ", subject, " has not been sent.")),
        *why(_WORDS, graver(about.decision), shown),
    ]
    numbered = any(option in NUMBERED for option in options)
    rows = tuple((Taken(each),) for each in asked.written)
    if not numbered:
        blocks += [Heading(("Who it is for",)), Items(rows, numbered=True)]
    return (
        _html(blocks) + "<h2>What to do</h2>\n" + _form(_choices(options, rows if numbered else ()))
    ) + _html([Heading(("If you do nothing",)), Paragraph(("It stays here and is not sent.",))])


def _choices(options: Iterable[Option], rows: tuple[Said, ...]) -> Iterator[str]:
    """A button for each option; those that need ticks stand under the ticks."""
    options = tuple(options)
    yield from statements(options)
    if set(STATING) <= set(options):
        options = tuple(option for option in options if option is not Option.NOT_BINDING)  # It is ticked.
    stops = tuple(option for option in options if option is Option.CANCEL)
    yield from (_button(option) for option in options if option not in NUMBERED and option not in stops)
    if rows:
        yield '<fieldset>\n<legend>Who it is for</legend>\n<p class="hint">Tick those you mean, then choose.</p>\n'
        for number, row in enumerate(rows, 1):
            yield (
                f'<label class="tick"><input type="checkbox" name="number" value="{number}">'
                f"<span>{number}. {_inline(row)}</span></label>\n"
            )
        yield "</fieldset>\n"
        yield from (_button(option) for option in options if option in NUMBERED)
    yield from (_button(option) for option in stops)


def _button(option: Option) -> str:
    style = f' class="{_CLASSES[option]}"' if option in _CLASSES else ""
    return f'<button name="option" value="{option.value}"{style}>{html.escape(_BUTTONS[option])}</button>\n'


def _decide(asked: Question) -> str:
    """What an officer sees: masked, as in the letter, for a phone lies on tables."""
    about = tell.waiting(asked)
    own = own_addresses(asked.council)
    sender = people.called(_WORDS, asked.council, about.person, asked.on)
    rows = tuple((Taken(mask.masked(each, own)),) for each in asked.written)
    blocks: list[Block] = [
        Paragraph((*sender, " wrote about ", subject_of(about.heading, _WORDS), ". It has not been sent.")),
        *why(_WORDS, graver(about.decision), own, no_blame="office.no_blame"),
        Heading(("Who it is for",)),
        Items(rows, numbered=True),
        Paragraph(_WORDS("office.masked")),
    ]
    form = _form(
        (
            basis_field("Letting it be sent needs this: consent, or another lawful basis. It is recorded.")
            if _wants_basis(asked)
            else "",
            '<label class="label" for="why">Your reason</label>\n',
            '<p class="hint" id="hint">The sender reads it. Rejecting needs one.</p>\n',
            '<textarea id="why" name="why" maxlength="1000" aria-describedby="hint"></textarea>\n<p></p>\n',
            feedback_field() if Need.CLERK in asked.needs else "",
            f'<button name="option" value="{RELEASE}">Let it be sent</button>\n',
            f'<button name="option" value="{REJECT}" class="stop">Reject it</button>\n',
        )
    )
    nothing: list[Block] = [Heading(("If you do nothing",)), Paragraph(("It stays here and is not sent.",))]
    return f"{_html(blocks)}<h2>What to do</h2>\n{form}{_html(nothing)}"


def wants_basis(link: Linked) -> bool:
    """Whether an officer who lets it be sent must say on what basis a resident's details go on."""
    return link.asked is not None and _wants_basis(link.asked)


def _wants_basis(asked: Question) -> bool:
    return Need.CLERK in asked.needs and (Need.CLERK, Wants.BASIS) in wanted_by(asked.decision)


def _notice(link: Linked) -> str:
    notice = link.council.monitoring_notice
    lines = [] if notice is None else [line for line in notice.text.splitlines() if line.strip()]
    said = "".join(f"<p>{html.escape(line)}</p>\n" for line in lines)
    return f'<div class="note">\n{said}</div>\n' + _form([_button(Option.READ)])


def _used(link: Linked) -> str:
    if link.purpose is Purpose.NOTICE:
        return _paragraphs("Thank you. There is nothing more to do here.")
    return _paragraphs(
        "This link has been used. The message still waits for somebody else, or for another answer: "
        "your newest letter from the post room says which."
    )


def _expired(link: Linked) -> str:
    asks = link.purpose is not Purpose.DECIDE
    return _paragraphs(
        "Nothing was sent. Reply to the letter that it came in, and the post room asks you again."
        if asks
        else "Nothing was sent. The next reminder has a new link."
    )


def _decided(link: Linked) -> str:
    if link.asked is None or link.purpose is Purpose.NOTICE:
        return _paragraphs("Thank you. There is nothing more to do here.")
    said = _ENDED.get(link.state)
    return _paragraphs(
        said or "This is not waiting for you any more. It still waits for somebody else's word."
    )


def _not_yours(link: Linked) -> str:
    return _paragraphs("The person whom this link was sent to has no say in it today. Nothing was sent.")


_STANDINGS = {
    Standing.USED: _used,
    Standing.EXPIRED: _expired,
    Standing.DECIDED: _decided,
    Standing.NOT_YOURS: _not_yours,
}


def _form(parts: Iterable[str]) -> str:
    """A form to the page's own address, so that the token stands on no page."""
    return f'<form method="post">\n{"".join(parts)}</form>\n'


def _problem(error: str) -> str:
    return f'<div class="error" role="alert"><p>{html.escape(error)}</p></div>\n' if error else ""


def _paragraphs(*texts: str) -> str:
    return "".join(f"<p>{html.escape(text)}</p>\n" for text in texts)


def _reference(link: Linked) -> str:
    if link.address.message is None or link.standing is Standing.NOT_YOURS:
        return ""
    return f'<p class="foot">Reference: {html.escape(link.address.message)}</p>\n'


def _html(blocks: Iterable[Block]) -> str:
    return "".join(_block(each) for each in blocks)


def _block(block: Block) -> str:
    match block:
        case Heading(said):
            return f"<h2>{_inline(said)}</h2>\n"
        case Paragraph(said, strong):
            inner = _inline(said)
            return f"<p>{f'<strong>{inner}</strong>' if strong else inner}</p>\n"
        case Items(items, numbered):
            kind = "ol" if numbered else "ul"
            return f"<{kind}>{''.join(f'<li>{_inline(said)}</li>' for said in items)}</{kind}>\n"
    raise TypeError(f"a page has no {type(block).__name__}")


def _inline(said: Said) -> str:
    return "".join(
        f"<bdi>{html.escape(each.text)}</bdi>" if isinstance(each, Taken) else html.escape(each)
        for each in said
    )
