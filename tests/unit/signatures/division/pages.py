"""Replies and forwards in HTML as mail programs write them. `¦` stands where a block goes above the trail."""

from __future__ import annotations

from signatures.message.division import Style
from tests.unit.signatures.division.clients import ANNOUNCEMENTS, BLOCKS, LANGUAGES, Sample

WROTE = 'On Sun, 8 Nov 2026 at 18:02, Margaret Hale &lt;<a href="mailto:clerk@x.example">clerk@x.example</a>&gt; wrote:'
FIELDS = (
    "<b>From:</b> Margaret Hale &lt;clerk@x.example&gt;<br>\n<b>Sent:</b> 08 November 2026 18:02<br>\n"
    "<b>To:</b> Anne Archer<br>\n<b>Subject:</b> Bench"
)
OLD = "<div>Dear Anne,</div><div><br></div><div>The bench is ordered.</div>"
WORD = (
    '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta charset="utf-8">'
    "<!--[if !mso]><style>v\\:* {behavior:url(#default#VML);}</style><![endif]--><style><!-- p {margin:0} --></style>"
    '<!--[if gte mso 9]><xml><o:shapedefaults v:ext="edit" /></xml><![endif]--></head>\n'
    '<body lang="EN-GB" link="blue"><div class="WordSection1">\n'
)
BORDER = '<div style="border:none;border-top:solid #{} 1.0pt;padding:3.0pt 0cm 0cm 0cm">'


def _outlook(colour: str) -> str:
    return (
        f'{WORD}<p class="MsoNormal"><span style="font-size:11.0pt">Thank you.<o:p></o:p></span></p>\n'
        f'<p class="MsoNormal"><o:p>&nbsp;</o:p></p>\n¦<div>\n{BORDER.format(colour)}\n'
        f'<p class="MsoNormal"><b><span lang="EN-US">From:</span></b><span lang="EN-US"> Margaret Hale '
        "&lt;clerk@x.example&gt; <br>\n<b>Sent:</b> 08 November 2026 18:02<br>\n<b>To:</b> Anne Archer<br>\n"
        "<b>Subject:</b> Bench<o:p></o:p></span></p>\n</div>\n</div>\n"
        '<p class="MsoNormal"><o:p>&nbsp;</o:p></p>\n<p class="MsoNormal">Dear Anne,<o:p></o:p></p>\n</div></body></html>\n'
    )


CITE_LIKE = (
    '<blockquote type="cite">',
    "<blockquote>",
    '<div class="gmail_quote">',
    '<div class="yahoo_quoted">',
    '<div name="quote">',
    '<div id="appendonsend">',
    '<div id="divRplyFwdMsg">',
    '<div class="moz-cite-prefix">',
    '<div class="moz-forward-container">',
    '<div class="gmail_signature">',
    BORDER.format("E1E1E1"),
)

PAGES = [
    Sample("outlook desktop", _outlook("E1E1E1"), "outlook_border"),
    Sample("outlook 2010", _outlook("B5C4DF"), "outlook_border"),
    Sample(
        "owa",
        '<html><head><style type="text/css" style="display:none;"> P {margin-top:0;margin-bottom:0;} </style></head>\n'
        '<body dir="ltr">\n<div class="elementToProof" style="font-family: Calibri;">\nThank you.</div>\n'
        '¦<div id="appendonsend"></div>\n<hr style="display:inline-block;width:98%" tabindex="-1">\n'
        f'<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif">{FIELDS}</font>\n<div>&nbsp;</div>\n</div>\n'
        f"{OLD}</body></html>\n",
        "outlook_reply_header",
    ),
    Sample(
        "owa renamed",
        '<div>Thank you.</div>¦<div id="x_appendonsend"></div><hr>'
        f'<div id="x_x_divRplyFwdMsg">{FIELDS}</div>{OLD}',
        "outlook_reply_header",
    ),
    Sample(
        "owa around an older one",
        '<html><body><div>Thank you.</div>¦<div id="appendonsend"></div><hr><div id="divRplyFwdMsg">'
        f'{FIELDS}</div><div>Dear Anne,<hr><div id="x_divRplyFwdMsg">{FIELDS}</div>{OLD}</div></body></html>',
        "outlook_reply_header",
    ),
    Sample(
        "owa with a signature",
        '<html><body><div>Thank you.</div><div id="Signature"><p>Anne Archer<br>Councillor</p></div>\n'
        f'¦<div id="appendonsend"></div><hr><div id="divRplyFwdMsg">{FIELDS}</div>{OLD}</body></html>',
        "outlook_reply_header",
        own="Thank you.\n\nAnne Archer\nCouncillor",
    ),
    Sample(
        "new outlook",
        '<html><body><div class="elementToProof">Thank you.</div>\n'
        '¦<div id="mail-editor-reference-message-container"><div class="ms-outlook-mobile-reference-message skipProofing">'
        f'<hr style="display: inline-block; width: 98%;"><div id="divRplyFwdMsg" dir="ltr">{FIELDS}</div>'
        f"{OLD}</div></div></body></html>",
        "outlook_reference_message",
    ),
    Sample(
        "outlook for ios",
        '<html><body><div dir="ltr">Thank you.</div><div id="ms-outlook-mobile-body-separator-line" dir="ltr"><br></div>'
        '<div id="ms-outlook-mobile-signature">Get <a href="https://aka.ms/o0ukef">Outlook for iOS</a></div>'
        '¦<hr style="display:inline-block;width:98%" tabindex="-1">'
        f'<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri">{FIELDS}</font><div>&nbsp;</div></div>{OLD}</body></html>',
        "outlook_reply_header",
        own="Thank you.\n\nGet Outlook for iOS",
    ),
    Sample(
        "outlook for mac",
        f'<html><body><div>Thank you.</div><div><br></div>¦<span id="OLK_SRC_BODY_SECTION"><div style="border-top:#b5c4df 1pt solid">'
        f"{FIELDS}</div><div><br></div>{OLD}</span></body></html>",
        "outlook_mac",
    ),
    Sample(
        "outlook fields in a run of text",
        f"<html><body><div>Thank you.<br><br>¦{FIELDS}<br><br>Dear Anne,</div></body></html>",
        "header_block",
    ),
    Sample(
        "gmail web",
        '<div dir="ltr">Thank you.</div><br>¦<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">'
        f'{WROTE}<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex">{OLD}</blockquote></div>\n',
        "gmail_quote",
    ),
    Sample(
        "gmail mobile",
        f'<div dir="auto">Thank you.</div>¦<div class="gmail_quote"><div dir="ltr" class="gmail_attr">{WROTE}<br></div>'
        f'<blockquote class="gmail_quote">{OLD}</blockquote></div>',
        "gmail_quote",
    ),
    Sample(
        "gmail with the signature above",
        '<div dir="ltr"><div>Thank you.</div><div><br clear="all"></div><div><br></div><span class="gmail_signature_prefix">-- </span><br>'
        '<div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature"><div dir="ltr">Anne</div></div></div><br>'
        f'¦<div class="gmail_quote"><div class="gmail_attr">{WROTE}<br></div><blockquote class="gmail_quote">{OLD}</blockquote></div>',
        "gmail_quote",
        own="Thank you.\n\n--\n\nAnne",
    ),
    Sample(
        "gmail with the signature below",
        f'<div dir="ltr">Thank you.</div><br>¦<div class="gmail_quote"><div class="gmail_attr">{WROTE}<br></div>'
        f'<blockquote class="gmail_quote">{OLD}</blockquote></div><div><br clear="all"></div><div><br></div>'
        '<span class="gmail_signature_prefix">-- </span><br><div class="gmail_signature"><div>Anne</div></div>',
        "gmail_quote",
        own="Thank you.\n--\n\nAnne",
    ),
    Sample(
        "gmail forward",
        '<div dir="ltr">Thank you.<br><br>¦<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">'
        '---------- Forwarded message ---------<br>From: <strong class="gmail_sendername">Margaret Hale</strong> '
        "<span>&lt;clerk@x.example&gt;</span><br>Date: Sun, 8 Nov 2026 at 18:02<br>Subject: Bench<br>To: Anne "
        f"&lt;a@x.example&gt;<br></div><br><br>{OLD}</div></div>",
        "gmail_quote",
        Style.FORWARD,
    ),
    Sample(
        "gmail forward without words",
        '<html><body>¦<div dir="ltr"><br><br><div class="gmail_quote"><div class="gmail_attr">'
        "---------- Forwarded message ---------<br>From: M &lt;m@x&gt;<br>Date: 8 Nov 2026<br>Subject: B<br>To: A"
        f"<br></div><br>{OLD}</div></div></body></html>",
        "gmail_quote",
        Style.FORWARD,
        own="",
    ),
    Sample(
        "apple mail",
        '<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head><body style="overflow-wrap: break-word;">'
        'Thank you.<br><div><br>¦<blockquote type="cite"><div>On 8 Nov 2026, at 18:02, Margaret Hale &lt;clerk@x.example&gt; wrote:</div>'
        f'<br class="Apple-interchange-newline">{OLD}</blockquote></div><br></body></html>',
        "blockquote_cite",
    ),
    Sample(
        "ios",
        '<html><body dir="auto">Thank you.<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">Sent from my iPhone</div>'
        '<div dir="ltr"><br>¦<blockquote type="cite">On 8 Nov 2026, at 18:02, Margaret Hale &lt;clerk@x.example&gt; wrote:<br><br>'
        f'</blockquote></div><blockquote type="cite"><div dir="ltr">{OLD}</div></blockquote></body></html>',
        "blockquote_cite",
        own="Thank you.\n\nSent from my iPhone",
    ),
    Sample(
        "apple, attribution outside",
        "<html><body><div>Thank you.</div><br>¦<div>On 8 Nov 2026, at 18:02, M wrote:<br></div>"
        f'<blockquote type="cite">{OLD}</blockquote></body></html>',
        "blockquote_cite",
    ),
    Sample(
        "apple forward",
        '<html><body>Thank you.<br><div><br>¦<blockquote type="cite"><div>Begin forwarded message:</div>'
        '<br class="Apple-interchange-newline"><div style="margin: 0px;"><span><b>From: </b></span><span>Margaret Hale &lt;clerk@x.example&gt;<br></span></div>'
        "<div><span><b>Subject: </b></span><span><b>Bench</b><br></span></div><div><span><b>Date: </b></span><span>8 November 2026 at 18:02:00 GMT<br></span></div>"
        f"<div><span><b>To: </b></span><span>Anne &lt;a@x&gt;<br></span></div><br>{OLD}</blockquote></div></body></html>",
        "blockquote_cite",
        Style.FORWARD,
    ),
    Sample(
        "thunderbird",
        '<!DOCTYPE html>\n<html>\n  <head>\n    <meta http-equiv="Content-Type" content="text/html; charset=UTF-8">\n  </head>\n'
        "  <body>\n    <p>Thank you.</p>\n    <p><br>\n    </p>\n    "
        '¦<div class="moz-cite-prefix">On 08/11/2026 18:02, Margaret Hale wrote:<br>\n    </div>\n'
        f'    <blockquote type="cite" cite="mid:1@x.example">{OLD}</blockquote>\n  </body>\n</html>\n',
        "blockquote_cite",
    ),
    Sample(
        "thunderbird forward",
        '<html><body><p>Thank you.</p>¦<div class="moz-forward-container"><br><br>-------- Forwarded Message --------\n'
        '<table class="moz-email-headers-table" cellspacing="0"><tbody><tr><th valign="BASELINE" align="RIGHT" nowrap>Subject: </th><td>Bench</td></tr>'
        "<tr><th>Date: </th><td>Sun, 8 Nov 2026 18:02:00 +0000</td></tr><tr><th>From: </th><td>Margaret Hale</td></tr>"
        f"<tr><th>To: </th><td>a@x.example</td></tr></tbody></table><br><br>{OLD}</div></body></html>",
        "moz_forward_container",
        Style.FORWARD,
    ),
    Sample(
        "samsung",
        '<html><head></head><body dir="auto"><div dir="auto">Thank you.</div><div dir="auto"><br></div>'
        '<div id="composer_signature" dir="auto"><div style="font-size:12px">Sent from my Galaxy</div></div><div><br></div>'
        '¦<div align="left" style="font-size:100%;color:#000000"><div>-------- Original message --------</div>'
        "<div>From: Margaret Hale &lt;clerk@x.example&gt; </div><div>Date: 08/11/2026  18:02  (GMT+00:00) </div>"
        f"<div>To: Anne Archer </div><div>Subject: Bench </div><div><br></div></div>{OLD}</body></html>",
        "original_message",
        own="Thank you.\n\nSent from my Galaxy",
    ),
    Sample(
        "k-9",
        '<!DOCTYPE html><html><body><div dir="auto">Thank you.<br><br></div><div class="k9mail-signature">-- <br>Sent with K-9 Mail.</div>'
        '¦<div class="gmail_quote">On 8 November 2026 18:02:00 GMT, Margaret Hale &lt;clerk@x.example&gt; wrote:'
        f'<blockquote class="gmail_quote" style="margin: 0pt 0pt 0pt 0.8ex;">{OLD}</blockquote></div></body></html>',
        "gmail_quote",
        own="Thank you.\n\n--\nSent with K-9 Mail.",
    ),
    Sample(
        "yahoo",
        '<html><head></head><body><div class="ydp1f2e3d4yahoo-style-wrap"><div dir="ltr">Thank you.</div><div><br></div></div>'
        '¦<div id="yahoo_quoted_1234567890" class="yahoo_quoted"><div style="font-family:Arial"><div>On Sunday, 8 November 2026 at 18:02:00 GMT, '
        f"Margaret Hale &lt;clerk@x.example&gt; wrote: </div><div><br></div><div><br></div><div>{OLD}</div></div></div></body></html>",
        "yahoo_quoted",
    ),
    Sample(
        "yahoo renamed",
        f'<div>Thank you.</div>¦<div class="ydpa1b2c3d4yahoo_quoted"><div>{WROTE}</div>{OLD}</div>',
        "yahoo_quoted",
    ),
    Sample(
        "proton",
        '<div style="font-family: Arial;">Thank you.</div><div class="protonmail_signature_block" style="font-family: Arial;">'
        '<div class="protonmail_signature_block-proton">Sent with <a href="https://proton.me">Proton Mail</a> secure email.</div></div>'
        '<div style="font-family: Arial;"><br></div>¦<div class="protonmail_quote">\n        On Sunday, 8 November 2026 at 18:02, Margaret Hale '
        f'&lt;clerk@x.example&gt; wrote:<br><br>\n        <blockquote class="protonmail_quote" type="cite">{OLD}</blockquote><br>\n    </div>',
        "protonmail_quote",
        own="Thank you.\n\nSent with Proton Mail secure email.",
    ),
    Sample(
        "gmx",
        '<html><head></head><body><div style="font-family: Verdana;"><div>Thank you.</div><div>&nbsp;\n'
        '<div>&nbsp;</div>\n¦<div name="quote" style="margin:10px 5px 5px 10px; border-left:2px solid #C3D9E5;">'
        '<div style="margin:0 0 10px 0;"><b>Gesendet:</b>&nbsp;Sonntag, 08. November 2026 um 18:02 Uhr<br/><b>Von:</b>&nbsp;Margaret Hale '
        "&lt;clerk@x.example&gt;<br/><b>An:</b>&nbsp;a@x.example<br/><b>Betreff:</b>&nbsp;Bench</div>"
        f'<div name="quoted-content">{OLD}</div></div></div></div></body></html>',
        "gmx_quote",
    ),
    Sample(
        "roundcube",
        "<html><head></head><body style='font-size: 10pt'><p>Thank you.</p><div id=\"signature\">-- <br>Anne</div>\n"
        '¦<p id="reply-intro">On 2026-11-08 18:02, Margaret Hale wrote:</p>\n'
        f'<blockquote type="cite" style="padding: 0 0.4em; border-left: #1010ff 2px solid; margin: 0">{OLD}</blockquote></body></html>',
        "blockquote_cite",
        own="Thank you.\n\n--\nAnne",
    ),
    Sample(
        "sogo",
        "<html><p>Thank you.</p><br /><br />¦On Sunday, November 08, 2026 18:02 GMT, Margaret Hale &lt;clerk@x.example&gt; wrote:<br />&#160;"
        f'<blockquote type="cite" cite="1@x.example">{OLD}</blockquote></html>',
        "blockquote_cite",
    ),
    Sample(
        "zimbra",
        '<html><body><div style="font-family: arial"><div>Thank you.</div><div><br></div>¦<hr id="zwchr" data-marker="__DIVIDER__">'
        '<div data-marker="__HEADERS__"><b>From: </b>"Margaret Hale" &lt;clerk@x.example&gt;<br><b>To: </b>"Anne"<br>'
        "<b>Sent: </b>Sunday, 8 November 2026 18:02:00<br><b>Subject: </b>Bench<br></div><div><br></div>"
        f'<div data-marker="__QUOTED_TEXT__">{OLD}</div></div></body></html>',
        "zimbra_divider",
    ),
    Sample(
        "zoho",
        '<html><body><div><div>Thank you.</div></div>¦<div class="zmail_extra" style=""><div id="Zm-_Id_-Sgn1">---- On Sun, 08 Nov 2026 18:02:00 +0000 '
        f"<b>Margaret Hale &lt;clerk@x.example&gt;</b> wrote ----</div><br><blockquote>{OLD}</blockquote></div></body></html>",
        "zmail_extra",
    ),
]

for _language, _wrote in LANGUAGES.items():
    _written = _wrote.replace("<", "&lt;").replace(">", "&gt;")
    PAGES.append(
        Sample(
            f"gmail {_language}",
            f'<div dir="ltr">Thank you.</div><br>¦<div class="gmail_quote"><div class="gmail_attr">{_written}<br></div>'
            f'<blockquote class="gmail_quote">{OLD}</blockquote></div>',
            "gmail_quote",
        )
    )
    _sender, _date, _to, _subject = BLOCKS[_language]
    _fields = f"<b>{_sender}:</b> M<br><b>{_date}:</b> 8.11.2026 18:02<br><b>{_to}:</b> A<br><b>{_subject}:</b> Bench"
    PAGES.append(
        Sample(
            f"outlook {_language}",
            f"{WORD}<p>Thank you.</p>¦<div>{BORDER.format('E1E1E1')}<p>{_fields}</p></div></div><p>Dear Anne,</p></div></body></html>",
            "outlook_border",
        )
    )
    PAGES.append(
        Sample(
            f"owa {_language}",
            f'<div>Thank you.</div>¦<div id="appendonsend"></div><hr><div id="divRplyFwdMsg">{_fields}</div>{OLD}',
            "outlook_reply_header",
        )
    )
    _announcement = ANNOUNCEMENTS[_language][1]
    PAGES.append(
        Sample(
            f"forward {_language}",
            f"<p>Thank you.</p>¦<div>{_announcement}<br>{_fields}<br></div>{OLD}",
            "forwarded_message",
            Style.FORWARD,
        )
    )
