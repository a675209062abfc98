"""Claims in Welsh: "ynghlwm", "atodaf", "amgaeaf", "gweler yr atodiad", and what only sounds alike."""

from __future__ import annotations

from filters.enclosures.sentences import Sentence
from filters.enclosures.words import words

_SAID_OUTRIGHT = words("atodaf atodwn atodir amgaeaf amgaewn amgaeir hatodaf hamgaeaf")
_DONE = words("atodi hatodi amgáu amgau hamgáu hamgau")
_ENCLOSED = words("atodedig amgaeedig amgaeëdig")
_ATTACHMENTS = words("atodiad atodiadau")
_NEGATIVE = words("heb nid nad ddim dim na nac")
_WE = words("rwy'n rwy rwyf wyf dwi'n dwi rydym rydyn ydym wedi'i wedi'u")
_LATER = words("yfory nesaf wedyn yn-ddiweddarach fory")
_THIS = words("hon hwn yma")
_MAIL = words("neges e-bost ebost llythyr")
_BURDENS = words("amod amodau gofynion")
_SPACE = words("lle gardd ardd ardal man gofod iard cae le fan")


def is_claim(sentence: Sentence, at: int) -> bool:
    """Whether the word numbered `at` says that something is attached."""
    word = sentence.words[at].partition("'")[0]
    before = sentence.before(at, 4)
    if not _NEGATIVE.isdisjoint(before) or not _LATER.isdisjoint(sentence.words):
        return False
    if word == "ynghlwm":
        return _ynghlwm(sentence, at)
    if word in _ENCLOSED:
        return _SPACE.isdisjoint(before[-1:])
    if word in _DONE:
        return not _WE.isdisjoint(sentence.words[:at])
    if word in _ATTACHMENTS:
        return not {"gweler", "gwelwch"}.isdisjoint(before)
    return word in _SAID_OUTRIGHT


def _ynghlwm(sentence: Sentence, at: int) -> bool:
    """ "Ynghlwm wrth" is tied to, "ynghlwm â" involved in: an attachment only with this very message."""
    after = sentence.after(at, 6)
    if after[:1] == ("wrth",):
        return not _THIS.isdisjoint(after) and any(
            each in _MAIL or each.removeprefix("r ") in _MAIL for each in after
        )
    involved = bool(after) and after[0].partition("'")[0] in {"â", "ag", "a"}
    return not involved and _BURDENS.isdisjoint(sentence.before(at, 1))
