from __future__ import annotations

import pytest

from signatures.message.division import Confidence, Style, Zone, divide_html
from signatures.message.division.own import read_html
from tests.unit.signatures.division.pages import PAGES

TAGS = 1000


@pytest.mark.parametrize("sample", PAGES, ids=str)
def test_what_clients_write(sample):
    division = divide_html(sample.source, TAGS)
    source = sample.source
    assert (division.style, division.rule) == (sample.style, sample.rule)
    assert source[division.end_of_own :] == source[sample.place :]
    assert division.confidence is Confidence.CERTAIN
    assert read_html(source, TAGS).own == sample.own


ATTRIBUTED = "<div>On 8 Nov 2026, M wrote:</div>"
CITE = f'{ATTRIBUTED}<blockquote type="cite">Old.</blockquote>'
FIELDS = "From: M<br>Sent: 8 Nov 2026<br>To: A<br>Subject: B<br><br>Old."


def placed(marked: str, style: Style = Style.TOP) -> None:
    source = marked.replace("¦", "").replace("§", "")
    division = divide_html(source, TAGS)
    assert division.style is style
    assert source[: division.end_of_own] == marked.replace("§", "").partition("¦")[0]
    if "§" in marked:
        assert source[: division.end_of_text] == marked.replace("¦", "").partition("§")[0]


@pytest.mark.parametrize(
    "marked",
    [
        f"<p>Mine.</p>¦{CITE}",
        f"<body><p>Mine.</p>¦<div><div>{CITE}</div></div>§</body>",
        f'<div class="WordSection1"><p>Mine.</p>¦<div><p>{FIELDS}</p></div></div>',
        f"<div>Mine.<br>¦{FIELDS}</div>",
        f"<p>Mine.</p>¦<table><tbody><tr><td>{FIELDS}</td></tr></tbody></table>",
        f"<table><tr><td>Mine.</td></tr><tr><td>¦{FIELDS}</td></tr></table>",
        f"<table><tr><td>Mine.</td></tr></table>¦<div>{FIELDS}</div>",
        f"<ul><li>Mine.</li></ul>¦<div>{FIELDS}</div>",
        f"<ul><li>Mine.</li><li>¦{FIELDS}</li></ul>",
        "<pre>Mine.</pre>¦<pre>On 8 Nov 2026, M wrote:\n</pre><blockquote type=cite>Old.</blockquote>",
        f"<p>Mine.</p>¦<!-- {FIELDS} -->{CITE}",
        f"<p>Mine.</p>¦<!-- x -->{CITE}",
        f"<p>Mine.</p><img src='cid:1'>¦{CITE}",
        f"<p>Mine.</p><hr>¦<p><img src='cid:1'></p>{CITE}".replace(
            "¦<p><img src='cid:1'></p>", "<p><img src='cid:1'></p>¦"
        ),
        f"¦{CITE}",
        f"<html><head><style>p {{}}</style><title>Re: x</title></head><body>¦<div>{CITE}</div>§</body></html>",
        f"<html><body bgcolor='white'>\n¦<br><br><div><hr>{FIELDS}</div>§</body></html>",
    ],
)
def test_the_place_above_a_trail(marked):
    placed(marked)


def test_an_image_alone_above_the_trail_stays_above_the_place():
    placed(f"<body><img src='cid:1'>¦<div>{CITE}</div></body>")


@pytest.mark.parametrize(
    "source",
    [
        "<pre>Mine.\n\nFrom: M\nSent: 8 Nov 2026\nTo: A\nSubject: B\n\nOld.\n</pre>",
        f"<h1>Mine.<br>{FIELDS}</h1>",
        f"<ul>Mine.<br>{FIELDS}</ul>",
        f"<table>Mine.<tr>{FIELDS}</table>",
    ],
)
def test_where_no_block_may_stand_above_the_trail_it_goes_to_the_end(source):
    division = divide_html(source, TAGS)
    assert (division.style, division.confidence) == (Style.TOP, Confidence.GUESS)
    assert division.end_of_own == division.end_of_text == len(source)


@pytest.mark.parametrize(
    "marked",
    [
        "words§",
        "<p>words</p>§",
        "<p>words</p>\r\n§",
        "<html><body>words§</body></html>",
        "<html><body>words§</BODY ></HTML>\r\n",
        "<html><body>words§</body><!-- </body> --></html>",
        "<html>words§</html>",
        "<body>words<script>'</body>'</script>§</body>",
        "<body>words<!-- </body> -->more<p>",
        "<body>words<!--[if mso]></body><![endif]-->§</body>",
        "<body>words<style>/*</body>*/</style>§",
        "<body>words<a title='</body>'>x</a>§",
        "<body>words<textarea></body></textarea>§</body>",
        "<body>words</body>more§</html>",
        "<body>words</body></html>more§",
        "<body>words</body></html><img src='x'>§",
        "<body>words<blockquote><html><body>old</body></html></blockquote>§</body></html>",
        "<body>words<blockquote><html><body>old</body></html></blockquote>§",
        "<body>words<div><html><body>old</body></html></div></body>§</body></html>",
        "<body><div><p>words§</body>",
        "<body><div>words§<!-- never closed </body></html>",
        "<body><div>words§<script>never closed </body></html>",
        "<body><div>words§<p class='never closed </body></html>",
        '<body><div>words§<p class=\'never closed>more <b id="x">words</b></body></html>',
        "<body><div>words<p title=don't>more§</body></html>",
        "<body><div>words§<textarea>never closed </body></html>",
        "<body><div>words§<plaintext></body></html>",
        "§",
        "<html><body>§</body></html>",
    ],
)
def test_the_end_of_what_is_shown(marked):
    source = marked.replace("§", "")
    division = divide_html(source, TAGS)
    expected = marked.index("§") if "§" in marked else len(source)
    assert division.end_of_text == division.end_of_own == expected


def test_a_comment_ends_where_browsers_end_it():
    assert read_html("<!-- x --!>Parish Clerk<!-- y -->", TAGS).own == "Parish Clerk"


GMAIL = (
    '<div class="gmail_quote"><div class="gmail_attr">On 8 Nov 2026, M wrote:<br></div>'
    '<blockquote class="gmail_quote">One?</blockquote>{}</div>'
)


@pytest.mark.parametrize(
    ("source", "style", "own"),
    [
        (f"{CITE}<p>Mine.</p>", Style.BOTTOM, "Mine."),
        (f"{CITE}<p><br></p><p>&nbsp;</p>", Style.TOP, ""),
        (f"<p>Hello.</p>{CITE}<p>Mine.</p>", Style.BOTTOM, "Hello.\n\nMine."),
        (
            f"{CITE}<p>Mine.</p><blockquote type=cite>Two?</blockquote><p>Ours.</p>",
            Style.INTERLEAVED,
            "Mine.\n\nOurs.",
        ),
        (GMAIL.format("") + "<div>Mine.</div>", Style.BOTTOM, "Mine."),
        (GMAIL.format("<div>Mine.</div>"), Style.BOTTOM, "Mine."),
        (
            GMAIL.format('<div>Mine.</div><blockquote class="gmail_quote">Two?</blockquote><div><br></div>'),
            Style.INTERLEAVED,
            "Mine.",
        ),
        (f"<div>Mine.</div>{GMAIL.format('<br>')}", Style.TOP, "Mine."),
        (f"{CITE}<div class='moz-signature'>Anne</div>", Style.BOTTOM, "Anne"),
        (f"<p>Mine.</p>{CITE}<div class='moz-signature'>-- <br>Anne</div>", Style.TOP, "Mine.\n--\nAnne"),
        ("<p>Mine.</p>", Style.NEW, "Mine."),
        ("<p>On Monday the contractor wrote:</p><p>he comes</p>", Style.NEW, None),
    ],
)
def test_styles(source, style, own):
    read = read_html(source, TAGS)
    assert read.division.style is style
    if own is not None:
        assert read.own.split() == own.split()
    if style is not Style.TOP:
        assert read.division.end_of_own == read.division.end_of_text


@pytest.mark.parametrize(
    ("trail", "rule", "confidence"),
    [
        ('<blockquote type="cite">Parish Clerk</blockquote>', "blockquote_cite", Confidence.GUESS),
        (
            '<p>M kirjoitti 8.11.2026:</p><blockquote type="cite">Parish Clerk</blockquote>',
            "blockquote_cite",
            Confidence.LIKELY,
        ),
        ('<div class="gmail_quote">Parish Clerk</div>', "gmail_quote", Confidence.LIKELY),
        ('<div class="yahoo_quoted">Parish Clerk</div>', "yahoo_quoted", Confidence.LIKELY),
        (
            '<div id="divRplyFwdMsg"><b>Lähettäjä:</b> M<br><b>Lähetetty:</b> 8.11.2026</div><p>Parish Clerk</p>',
            "outlook_reply_header",
            Confidence.LIKELY,
        ),
        (
            '<div style="border:none;border-top:solid #E1E1E1 1.0pt"><p><b>Lähettäjä:</b> M<br><b>Lähetetty:</b> 8.11.2026<br>'
            "<b>Aihe:</b> B</p></div><p>Parish Clerk</p>",
            "outlook_border",
            Confidence.LIKELY,
        ),
        (
            "<p>On 8 Nov 2026, M wrote:</p><blockquote>Parish Clerk</blockquote>",
            "attribution_then_quotes",
            Confidence.LIKELY,
        ),
    ],
)
def test_a_trail_for_the_place_that_the_checks_still_read(trail, rule, confidence):
    source = f"<p>Mine.</p>{trail}"
    read = read_html(source, TAGS)
    assert (read.division.style, read.division.rule, read.division.confidence) == (
        Style.TOP,
        rule,
        confidence,
    )
    assert source[read.division.end_of_own :] == trail
    assert "Parish Clerk" in read.own


@pytest.mark.parametrize(
    "source",
    [
        '<p>Mine.</p><div style="border-top:solid #E1E1E1 1.0pt">Mine too.</div><p>And this.</p>',
        '<p>Mine.</p><div id="appendonsend"></div><p>Mine too.</p>',
        "<p>Mine.</p><hr><p>Mine too.</p>",
        "<p>Mine.</p><blockquote>Indented</blockquote>",
        "<blockquote>Mine.</blockquote>",
    ],
)
def test_what_is_no_trail(source):
    division = divide_html(source, TAGS)
    assert (division.style, division.rule) == (Style.NEW, "no_trail")


def test_what_is_not_shown_as_quoted_is_read_without_a_mark():
    assert read_html('<div class="gmail_quote">Parish Clerk</div>', TAGS).own == "Parish Clerk"
    assert read_html('<blockquote type="cite">Parish Clerk</blockquote>', TAGS).own == "> Parish Clerk"


def test_lines_typed_in_pre_each_have_a_place_in_the_source():
    source = "<pre>Parish Clerk&#10;From: M&#10;Sent: 8 Nov 2026&#xA;To: A&NewLine;Subject: B</pre>"
    assert read_html(source, TAGS).own == "Parish Clerk"


@pytest.mark.parametrize(
    ("signature", "begins"),
    [
        ('<div class="gmail_signature">Anne</div>', '<div class="gmail'),
        ('<div class="x_gmail_signature">Anne</div>', '<div class="x_gmail'),
        ('<div id="Signature"><p>Anne</p></div>', '<div id="Sig'),
        ('<div class="moz-signature">-- <br>Anne</div>', '<div class="moz'),
        ('<div id="AppleMailSignature">Anne</div>', '<div id="Apple'),
        ('<div id="ms-outlook-mobile-signature">Anne</div>', '<div id="ms'),
        ('<div class="protonmail_signature_block">Anne</div>', '<div class="proton'),
        ('<div class="ydp12345signature">Anne</div>', '<div class="ydp'),
        ("<div>--&nbsp;<br>Anne</div>", "<div>--"),
        ("-- <br>Anne", "-- <br>"),
    ],
)
def test_signatures(signature, begins):
    source = f"<p>Mine.</p>{signature}{CITE}"
    division = divide_html(source, TAGS)
    own, signed, trail = division.spans
    assert (own.zone, signed.zone, trail.zone) == (Zone.OWN, Zone.SIGNATURE, Zone.TRAIL)
    assert source[signed.start : signed.end] == signature
    assert signature.startswith(begins)
    assert division.end_of_own == trail.start
