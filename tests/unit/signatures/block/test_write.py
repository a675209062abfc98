from __future__ import annotations

import base64
import email

import pytest

from config.message_class import Fallback, MessageClass
from signatures.block.placement import Place
from tests.unit.signatures.block.letters import (
    AFTER,
    END,
    HEAD,
    LOGO,
    OLD_WAIVER,
    SIGNATURE,
    WAIVER,
    block,
    body,
    html,
    multipart,
    part,
    plain,
    signed,
)

SIGN, MEANT = SIGNATURE.text, WAIVER.text
TRAIL = "On Mon, 9 Nov 2026 at 10:12, Bob Smith <bob@x.example> wrote:\n> Hello\n> there\n"
OUTLOOK = "From: Bob Smith\nSent: 9 November 2026 10:12\nTo: Anne Archer\nSubject: Hedge\n\nHello Anne\n"


class TestPlainText:
    def test_new_mail_has_the_block_behind_a_delimiter(self):
        out, written = signed(plain("Hello\n"))
        assert body(out) == f"Hello\n\n-- \n{SIGN}\n\n{MEANT}\n"
        [placed] = written.record.placed
        assert (placed.part, placed.what, placed.place) == (0, ("signature", "waiver"), Place.END_OF_TEXT)

    @pytest.mark.parametrize("gap", ["\n", "\n\n", "\n\n\n\n"])
    def test_blank_lines_that_are_there_are_used(self, gap):
        kept = gap if len(gap) > 1 else "\n\n"
        assert body(signed(plain(f"Hello{gap}"))[0]) == f"Hello{kept}-- \n{SIGN}\n\n{MEANT}\n"

    def test_a_last_line_without_its_end_is_ended(self):
        assert body(signed(plain("Hello"))[0]) == f"Hello\n\n-- \n{SIGN}\n\n{MEANT}\n"

    def test_above_a_trail_without_a_delimiter(self):
        out, _ = signed(plain(f"Hello\n\n{TRAIL}"))
        assert body(out) == f"Hello\n\n{SIGN}\n\n{MEANT}\n\n{TRAIL}"

    def test_the_waiver_alone_at_the_very_end(self):
        out, written = signed(plain(f"Hello\n\n{TRAIL}"), block(END))
        assert body(out) == f"Hello\n\n{SIGN}\n\n{TRAIL}\n{MEANT}\n"
        assert [each.place for each in written.record.placed] == [Place.AFTER_OWN_TEXT, Place.END_OF_TEXT]

    def test_below_an_answer_at_the_bottom(self):
        out, _ = signed(plain(f"{TRAIL}\nYes, at once.\n"), block(END))
        assert body(out) == f"{TRAIL}\nYes, at once.\n\n-- \n{SIGN}\n\n{MEANT}\n"

    def test_a_forward_without_a_word_has_no_blank_line_on_top(self):
        forwarded = "---------- Forwarded message ---------\n" + OUTLOOK
        assert body(signed(plain(forwarded))[0]) == f"{SIGN}\n\n{MEANT}\n\n{forwarded}"


class TestOnce:
    @pytest.mark.parametrize(
        "there", [SIGN, "Anne Archer\nWickham PC", f"-- \n{SIGN}", SIGN.replace(" ", "\u00a0")]
    )
    def test_an_agreed_signature_is_replaced(self, there):
        raw = HEAD + part(
            "text/plain; charset=utf-8", f"Hello\n\n{there}\n", "Content-Transfer-Encoding: 8bit"
        )
        out, written = signed(raw)
        assert body(out) == f"Hello\n\n-- \n{SIGN}\n\n{MEANT}\n"
        assert [each.what for each in written.record.removed] == ["signature"]

    def test_two_that_a_client_has_stacked_become_one(self):
        out, _ = signed(plain(f"Hello\n\n{SIGN}\n\n{SIGN}\n\n{TRAIL}"))
        assert body(out) == f"Hello\n\n{SIGN}\n\n{MEANT}\n\n{TRAIL}"

    def test_an_earlier_waiver_of_ours_is_replaced_too(self):
        out, written = signed(plain(f"Hello\n\n{OLD_WAIVER.text}\n"))
        assert body(out) == f"Hello\n\n-- \n{SIGN}\n\n{MEANT}\n"
        assert [each.what for each in written.record.removed] == ["waiver"]

    def test_words_of_the_signature_within_a_line_stay(self):
        text = "Anne Archer\nCouncillor\n\nLittle Wickham Parish Council met today\n"
        assert body(signed(plain(text))[0]).startswith(text)

    @pytest.mark.parametrize("position", [AFTER, END])
    def test_what_stands_in_the_trail_stays_there(self, position):
        trail = f"{OUTLOOK}\n{SIGN}\n\n{MEANT}\n"
        text = body(signed(plain(f"Hello\n\n{trail}"), block(position))[0])
        assert trail in text
        assert text.count(MEANT) == text.count(SIGN) == 2

    def test_a_tag_line_goes_and_is_told_of(self):
        out, written = signed(plain(f"Hello\n\nSent from my iPhone\n\n{TRAIL}"))
        assert body(out) == f"Hello\n\n{SIGN}\n\n{MEANT}\n\n{TRAIL}"
        assert [(each.what, each.words) for each in written.record.removed] == [
            ("tag_line", "Sent from my iPhone")
        ]

    def test_a_tag_line_above_the_authors_words_stays(self):
        text = "Hello\n\nSent from my iPhone\n\nP.S. Good bye\n"
        assert body(signed(plain(text))[0]).startswith(text)

    def test_lines_of_contact_alone_go(self):
        out, written = signed(plain("Hello\n\n-- \nCllr Anne Archer\nTel: 01632 960001\n"))
        assert body(out) == f"Hello\n\n-- \n{SIGN}\n\n{MEANT}\n"
        assert [each.what for each in written.record.removed] == ["contact"]

    def test_a_signature_with_any_other_word_stays_and_is_told_of(self):
        text = "Hello\n\n-- \nAnne Archer\nSave the hedge!\n"
        out, written = signed(plain(text))
        assert body(out) == f"{text}\n{SIGN}\n\n{MEANT}\n"
        assert [each.what for each in written.record.removed] == ["suspected"]

    def test_where_no_signature_is_written_none_is_taken_out(self):
        from dataclasses import replace

        text = f"Hello\n\n{SIGN}\n\nSent from my iPhone\n"
        out, written = signed(plain(text), replace(block(), signature=None))
        assert text in body(out)
        assert written.record.removed == ()


class TestHtml:
    def test_both_formats_each_have_their_own(self):
        raw = HEAD + multipart("alternative", part("text/plain", "Hello"), part("text/html", "<p>Hello</p>"))
        text, page = email.message_from_bytes(signed(raw)[0]).get_payload()
        assert SIGN in text.get_payload().replace("\r\n", "\n")
        assert page.get_payload().count('class="vestry-signature"') == 1
        assert page.get_payload().count('class="vestry-waiver"') == 1

    def test_a_clients_own_goes_with_its_elements_and_no_others(self):
        source = f'<html><body><div>Hello<br></div><div class="moz-signature"><i>{SIGNATURE.html}</i></div></body></html>'
        out, _ = signed(html(source))
        page = body(out)
        assert page.count("Little Wickham") == 1
        assert "moz-signature" not in page
        assert page.startswith("<html><body><div>Hello<br></div>")
        assert page.rstrip("\n").endswith("</body></html>")

    def test_words_between_tags_of_others_leave_those_in_place(self):
        source = "<div>Hello<br>Anne Archer<br>Wickham PC</div><p>P.S. Bye</p>"
        assert body(signed(html(source))[0]).startswith("<div>Hello<br></div><p>P.S. Bye</p><div\nclass=")

    def test_as_typed_text_is_read_line_by_line(self):
        out, _ = signed(html(f"<p>Hello</p><pre>-- \n{SIGN}</pre>"))
        assert body(out).count("Anne Archer") == 1

    @pytest.mark.parametrize(
        "hidden",
        [
            "<!-- {} -->",
            '<div style="color:white">{}</div>',
            '<div class="vestry-waiver">{}</div>',
            "<script>{}</script>",
        ],
    )
    def test_nothing_hidden_or_forged_stands_for_the_block(self, hidden):
        page = body(signed(html("<p>Hello</p>" + hidden.format(WAIVER.html)))[0])
        assert page.count('<div\nclass="vestry-waiver"') == 1
        assert page.count('<div\nclass="vestry-signature"') == 1


class TestLogo:
    def test_it_joins_the_related_that_is_there(self):
        picture = part("image/png", "x", "Content-ID: <i>")
        raw = HEAD + multipart("related", part("text/html", '<p>Hello <img src="cid:i"></p>'), picture)
        message = email.message_from_bytes(signed(raw, block(logo=True))[0])
        page, old, logo = message.get_payload()
        self.shown(page, logo)
        assert old["Content-ID"] == "<i>"

    def test_it_makes_one_around_the_html_alone(self):
        raw = HEAD + multipart("alternative", part("text/plain", "Hello"), part("text/html", "<p>Hello</p>"))
        _, related = email.message_from_bytes(signed(raw, block(logo=True))[0]).get_payload()
        assert related.get_content_type() == "multipart/related"
        self.shown(*related.get_payload())

    @pytest.mark.parametrize("ascii_only", [True, False])
    def test_it_makes_one_of_a_message_of_html_alone(self, ascii_only):
        raw = b"X-First: 1\r\n" + html("<p>Hello</p>")
        out, written = signed(raw, block(logo=True, ascii_only=ascii_only))
        message = email.message_from_bytes(out)
        assert message.get_content_type() == "multipart/related"
        assert (message["X-First"], message["MIME-Version"]) == ("1", "1.0")
        self.shown(*message.get_payload())
        assert written.record.logo

    def shown(self, page, logo):
        assert page.get_content_type() == "text/html"
        assert logo["Content-Disposition"].startswith("inline")
        assert f"cid:{logo['Content-ID'].strip('<>')}" in page.get_payload(decode=True).decode()
        assert logo.get_payload(decode=True) == LOGO.content


class TestNoText:
    @pytest.mark.parametrize(
        "content",
        [
            part(
                "application/pdf", base64.b64encode(b"x" * 90).decode(), "Content-Transfer-Encoding: base64"
            ),
            part("message/rfc822", "Subject: x\n\nHello\n"),
            part("text/plain; name=a.txt", "file\n"),
            multipart("mixed", part("application/pdf", "x"), part("image/png", "x")),
            multipart("digest", part("message/rfc822", "Subject: x\n\nHello")),
        ],
    )
    def test_a_covering_text_is_made_and_the_rest_is_whole(self, content):
        out, written = signed(HEAD + content)
        message = email.message_from_bytes(out)
        cover = message.get_payload(0)
        assert message.get_content_type() == "multipart/mixed"
        assert cover.get_payload().replace("\r\n", "\n") == f"{SIGN}\n\n{MEANT}\n"
        _, _, below = content.partition(b"\r\n\r\n")
        assert below.removesuffix(b"\r\n") in out
        [placed] = written.record.placed
        assert placed.place is Place.NEW_PART

    def test_text_in_another_format_has_it_below(self):
        out, _ = signed(HEAD + part("text/enriched", "<bold>Hello</bold>\n"))
        kinds = [each.get_content_type() for each in email.message_from_bytes(out).get_payload()]
        assert kinds == ["text/enriched", "text/plain"]

    def test_a_header_without_any_content(self):
        out, _ = signed(HEAD)
        assert email.message_from_bytes(out).get_payload().replace("\r\n", "\n") == f"{SIGN}\n\n{MEANT}\n"


SEALED = multipart(
    "signed",
    part("text/plain", "Signed  \n text"),
    part("application/pkcs7-signature", "x"),
    more='; protocol="application/pkcs7-signature"; micalg=sha-256',
)


class TestFallbacks:
    def test_wrapped_it_stands_byte_for_byte(self):
        out, written = signed(HEAD + SEALED)
        assert SEALED in out
        message = email.message_from_bytes(out)
        assert [each.get_content_type() for each in message.get_payload()] == [
            "multipart/signed",
            "text/plain",
        ]
        assert written.record.message_class is MessageClass.SMIME_SIGNED
        assert written.record.without == ()

    @pytest.mark.parametrize("fallback", [Fallback.RECORD, Fallback.HOLD, Fallback.REFUSE])
    def test_otherwise_nothing_is_written_and_the_record_says_so(self, fallback):
        out, written = signed(HEAD + SEALED, smime_signed=fallback)
        assert out == HEAD + SEALED
        assert written.record.without == ("signature", "waiver")
        assert written.record.fallback is fallback
        assert written.record.without_waiver == "smime_signed"

    def test_a_charset_nobody_knows_is_held_or_wrapped(self):
        raw = HEAD + part("text/plain; charset=x-unknown", "Hello\n")
        assert signed(raw)[1].record.fallback is Fallback.HOLD
        out, _ = signed(raw, unknown_charset=Fallback.WRAP)
        assert b"Content-Type: text/plain; charset=x-unknown\r\n\r\nHello\r\n" in out

    def test_one_version_that_cannot_be_read_stops_the_other(self):
        raw = HEAD + multipart(
            "alternative", part("text/plain", "Hello"), part("text/html; charset=x-unknown", "<p>Hello</p>")
        )
        out, written = signed(raw)
        assert out == raw
        assert written.record.without == ("signature", "waiver")

    def test_a_calendar_alone_goes_as_it_came(self):
        raw = HEAD + part("text/calendar; method=REQUEST", "BEGIN:VCALENDAR\n")
        out, written = signed(raw)
        assert out == raw
        assert written.record.fallback is Fallback.RECORD

    def test_below_the_end_of_what_is_signed_within(self):
        armour = (
            "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nHello\n"
            "-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n"
        )
        out, written = signed(plain(armour), block(END))
        assert body(out) == f"{armour}\n-- \n{SIGN}\n\n{MEANT}\n"
        assert written.record.message_class is MessageClass.PGP_INLINE

    def test_signed_letters_are_never_put_into_another_charset(self):
        armour = (
            "-----BEGIN PGP SIGNED MESSAGE-----\n\ncafé\n"
            "-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n"
        )
        raw = HEAD + part("text/plain; charset=iso-8859-1", "", "Content-Transfer-Encoding: 8bit")
        raw += armour.replace("\n", "\r\n").encode("latin-1")
        out, written = signed(raw, block(ascii_only=False))
        assert out == raw
        assert written.record.without == ("signature", "waiver")


def test_an_own_boundary_is_never_one_that_is_there():
    first, _ = signed(HEAD + SEALED)
    boundary = email.message_from_bytes(first).get_boundary()
    raw = HEAD + SEALED.replace(b"Signed  ", b"--" + boundary.encode())
    assert email.message_from_bytes(signed(raw)[0]).get_boundary() != boundary


def test_a_delimiter_of_the_authors_own_is_not_taken_for_ours():
    text = "-- \n> What do you think?\n--\n"
    assert body(signed(plain(text))[0]).startswith(text)

    def test_a_piece_of_a_message_is_not_enclosed_in_another(self):
        raw = HEAD + part('message/partial; id="a@b"; number=1; total=2', "From: a@b.example\n\nHello\n")
        out, written = signed(raw)
        assert out == raw
        assert written.record.fallback is Fallback.RECORD
        assert written.record.without == ("signature", "waiver")
        assert written.record.without_waiver
