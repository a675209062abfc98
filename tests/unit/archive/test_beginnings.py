"""What a word begins with tells whether it can have a stem: what is not looked at could not have been found."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.archive.places import Sought
from gateway.archive.query.terms import Form, Words
from gateway.store.index.tokens import placed, stems

_ENDINGS = """s es ies sses eed ed ing y ational tional enci anci izer bli alli entli eli ousli ization ation ator alism
iveness fulness ousness aliti iviti biliti logi icate ative alize iciti ical ful ness al ance ence er ic able ible ant
ement ment ent ion ou ism ate iti ous ive ize e ll ity ility ability ibility ally ably ibly""".split()  # noqa: SIM905
_WORDS = st.builds(
    lambda first, endings: first + "".join(endings),
    st.text("aeioubcdlstzyxwhpr", min_size=1, max_size=6),
    st.lists(st.sampled_from(_ENDINGS), max_size=3),
)


@given(st.lists(_WORDS, min_size=20, max_size=60))
def test_a_word_begins_as_its_stem_does_but_for_the_last_letter(words: list[str]) -> None:
    for word, stem in stems.of(words).items():
        assert word.startswith(stem[:-1]), (word, stem)


@given(
    st.lists(_WORDS, min_size=1, max_size=40),
    _WORDS,
    st.sampled_from((Form.STEMMED, Form.EXACT, Form.PREFIX)),
)
def test_every_word_is_found_that_the_whole_text_taken_into_words_has(
    words: list[str], sought: str, form: Form
) -> None:
    text = " ".join([*words, sought + "ing", "x" * 450 + sought])
    fits = {
        Form.STEMMED: lambda word: stems.of([word])[word] == stems.of([sought])[sought],
        Form.EXACT: lambda word: word == sought,
        Form.PREFIX: lambda word: word.startswith(sought),
    }[form]
    found = [(each.begin, each.end) for each in Sought([Words((sought,), form)]).within(text, [0]).places()]
    assert found == [(begin, end) for word, begin, end in placed(text) if fits(word)]


def test_a_letter_that_the_stemmer_cuts_in_half_is_no_error() -> None:
    # Burmese; its last two octets are the same.
    assert stems.of(["ab\u1041ing"])["ab\u1041ing"]
