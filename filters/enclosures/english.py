"""Claims in English: "attached", "I attach", "see the attachment", "enclosed", and what only sounds alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from filters.enclosures import words as w
from filters.enclosures.sentences import Sentence


def is_claim(sentence: Sentence, at: int) -> bool:
    """Whether the word numbered `at` says that something is attached."""
    judge = _JUDGES.get(sentence.words[at])
    return judge is not None and judge(sentence, at)


def _attached(sentence: Sentence, at: int) -> bool:
    before, after = sentence.before(at, 4), sentence.after(at, 5)
    previous, following = before[-1:], after[:1]
    if following == ("to",):
        return after[1:2] == ("this",) and not w.THIS_MAIL.isdisjoint(after[2:4])
    return not (
        _denied(before)
        or "any" in _near(before)
        or (following == ("with",) and not w.FASTENERS.isdisjoint(after))
        or not (w.FEELING | w.BURDENS | w.HELD).isdisjoint(previous)
        or not (w.BUILT | w.BY_WHAT).isdisjoint(following)
        or (previous == ("be",) and not w.MODAL.isdisjoint(before))
        or _somebody_else_did(sentence, at)
        or _long_ago(sentence, at)
        or _in_other_mail(sentence, at)
        or _thanked_for(sentence, at)
        or _asked_after(sentence, at)
    )


def _attach(sentence: Sentence, at: int) -> bool:
    if sentence.before(at, 2) == ("forgot", "to"):
        return w.LATER.isdisjoint(sentence.words)
    return _we_do(sentence, at, sentence.before(at, 4)) and w.BURDENS.isdisjoint(sentence.after(at, 4))


def _attaching(sentence: Sentence, at: int) -> bool:
    before = sentence.before(at, 3)
    return (at == 0 and _as_mail(sentence, at)) or (
        not w.WE.isdisjoint(before) and _we_do(sentence, at, before)
    )


def _attachment(sentence: Sentence, at: int) -> bool:
    before, after = sentence.before(at, 4), sentence.after(at, 4)
    if _denied(sentence.before(at, 6)) or not w.NOT_OURS.isdisjoint(before[-3:]) or sentence.asks:
        return False
    if not w.OTHERS.isdisjoint(after[:2]) or not w.OTHER.isdisjoint(after):
        return False
    if not w.AGO.isdisjoint(sentence.words):
        return False
    return not w.LOOK.isdisjoint(before) or (at == 0 and after[:1] == (":",))


def _enclosed(sentence: Sentence, at: int) -> bool:
    before, after = sentence.before(at, 6), sentence.after(at, 4)
    previous, following = before[-1:], after[:1]
    if following in {("in",), ("with",)}:
        return after[1:2] == ("this",)
    if _denied(before) or not w.SPACE.isdisjoint(following):
        return False
    if not previous or previous in {(",",), (":",)} or not {"find", "see"}.isdisjoint(before):
        return True
    if previous in {("is",), ("are",)}:
        return not w.DOCUMENTS.isdisjoint(before)
    if previous == ("the",):
        return not w.DOCUMENTS.isdisjoint(after[:2])
    return _subject(sentence, at) in w.WE


def _enclose(sentence: Sentence, at: int) -> bool:
    return _we_do(sentence, at, sentence.before(at, 4)) and w.SPACE.isdisjoint(sentence.after(at, 4))


def _enclosing(sentence: Sentence, at: int) -> bool:
    before = sentence.before(at, 3)
    return not w.WE.isdisjoint(before) and _enclose(sentence, at)


def _we_do(sentence: Sentence, at: int, before: tuple[str, ...]) -> bool:
    """Whether the author does it, and with this message, not another day."""
    place = _subject_at(sentence, at)
    if _subject(sentence, at) not in w.WE or _denied(before) or not _as_mail(sentence, at):
        return False
    if not w.HELD_BACK.isdisjoint(sentence.before(place, 1)):
        return False
    future = not {"will", "shall", "i'll", "we'll"}.isdisjoint(before)
    return not (future and not w.LATER.isdisjoint(sentence.words)) and not _in_other_mail(sentence, at)


def _as_mail(sentence: Sentence, at: int) -> bool:
    """Whether it is not to a wall or a post that something is attached."""
    after = sentence.after(at, 8)
    return "to" not in after or w.FIXTURES.isdisjoint(after[after.index("to") :])


def _near(before: tuple[str, ...]) -> tuple[str, ...]:
    """The last words, back to a comma."""
    near = before[-3:]
    return near[near.index(",") :] if "," in near else near


def _denied(before: tuple[str, ...]) -> bool:
    return not w.NEGATIVE.isdisjoint(_near(before))


def _subject_at(sentence: Sentence, at: int) -> int:
    """Where the word stands that says who does it, before the verb and what may be between; -1 where none does."""
    place = at - 1
    while place >= 0 and sentence.words[place] in w.BETWEEN:
        place -= 1
    return place


def _subject(sentence: Sentence, at: int) -> str:
    place = _subject_at(sentence, at)
    return sentence.words[place] if place >= 0 else ""


def _somebody_else_did(sentence: Sentence, at: int) -> bool:
    """ "The file you attached", but not "I am sending you attached the file"."""
    return _subject(sentence, at) in w.OTHERS and w.SENT.isdisjoint(sentence.before(at, 3))


def _long_ago(sentence: Sentence, at: int) -> bool:
    """ "I attached it yesterday"; what somebody "has attached" is there now."""
    return sentence.words[at - 1 : at] in {("i",), ("we",)} and not w.AGO.isdisjoint(sentence.words)


def _in_other_mail(sentence: Sentence, at: int) -> bool:
    """ "As attached to my last e-mail", but not "attached is the answer to your letter"."""
    words = sentence.words
    first = 0 if _subject(sentence, at) in w.WE else at
    for place in range(max(first, at - 12), min(len(words), at + 16)):
        if words[place] in w.MAIL:
            near = range(place - 1, max(0, place - 4) - 1, -1)
            start = next((n for n in near if words[n] in w.WITHIN), None)
            if start is None or w.OTHER.isdisjoint(words[start:place]):
                continue
            if start == 0 or words[start - 1] not in w.ANSWERING:
                return place > at or start == 0 or words[start] == "in"
    return False


def _thanked_for(sentence: Sentence, at: int) -> bool:
    """ "Many thanks for the attached": it came from somebody else."""
    before = sentence.before(at, 10)
    if {"thanks", "thank"}.isdisjoint(before):
        return False
    near = before[-7:]
    return "for" in before[-2:] or ("for" in near and {",", "find", "see", "and"}.isdisjoint(near))


def _asked_after(sentence: Sentence, at: int) -> bool:
    """ "Was the plan attached?" """
    return sentence.asks and at == len(sentence.words) - 1 and sentence.words[0] in w.ASKING


_JUDGES: Mapping[str, Callable[[Sentence, int], bool]] = {
    "attached": _attached,
    "attach": _attach,
    "attaching": _attaching,
    "attachment": _attachment,
    "attachments": _attachment,
    "enclosed": _enclosed,
    "enclose": _enclose,
    "enclosing": _enclosing,
}
