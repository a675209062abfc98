"""Replies and forwards as mail programs write them. `¦` stands where a block goes above the trail."""

from __future__ import annotations

from dataclasses import dataclass

from signatures.message.division import Style


@dataclass(frozen=True)
class Sample:
    """What a client wrote. `rule` found its boundary; `own` is what its author wrote."""

    client: str
    text: str
    rule: str
    style: Style = Style.TOP
    own: str = "Thank you."

    @property
    def source(self) -> str:
        return self.text.replace("¦", "").replace("\n", "\r\n")

    @property
    def place(self) -> int:
        return self.text.replace("\n", "\r\n").index("¦")

    def __str__(self) -> str:
        return self.client


OLD = "> Dear Anne,\n>\n> The bench is ordered.\n"

PLAIN = [
    Sample(
        "outlook desktop",
        "Thank you.\n\n¦From: Margaret Hale <clerk@x.example>\nSent: 08 November 2026 18:02\nTo: Anne Archer\n"
        "Cc: Chair; Bell, Brian\nSubject: Bench\n\nDear Anne,\nThe bench is ordered.\n",
        "header_block",
    ),
    Sample(
        "outlook with a rule",
        "Thank you.\n\n¦________________________________\nFrom: Margaret Hale <clerk@x.example>\n"
        "Sent: 08 November 2026 18:02\nTo: Anne Archer\nSubject: Bench\n\nDear Anne,\n",
        "header_block",
    ),
    Sample(
        "outlook 2003",
        "Thank you.\n\n¦-----Original Message-----\nFrom: Margaret Hale [mailto:clerk@x.example]\n"
        "Sent: 08 November 2026 18:02\nTo: Anne Archer\nSubject: Bench\n\nDear Anne,\n",
        "original_message",
    ),
    Sample(
        "outlook for ios",
        "Thank you.\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n¦________________________________\n"
        "From: Margaret Hale <clerk@x.example>\nSent: Sunday, November 8, 2026 6:02:00 PM\nTo: Anne Archer\n"
        "Subject: Bench\n\nDear Anne,\n",
        "header_block",
        own="Thank you.\n\nGet Outlook for iOS<https://aka.ms/o0ukef>",
    ),
    Sample(
        "gmail web",
        "Thank you.\n\n¦On Sun, 8 Nov 2026 at 18:02, Margaret Hale <clerk@littlewickham-pc.example>\nwrote:\n\n"
        + OLD,
        "attribution_then_quotes",
    ),
    Sample(
        "gmail mobile",
        "Thank you.\n\n¦On Sun, 8 Nov 2026, 18:02 Margaret Hale, <clerk@x.example> wrote:\n\n" + OLD,
        "attribution_then_quotes",
    ),
    Sample(
        "gmail forward",
        "Thank you.\n\n¦---------- Forwarded message ---------\nFrom: Margaret Hale <clerk@x.example>\n"
        "Date: Sun, 8 Nov 2026 at 18:02\nSubject: Bench\nTo: Anne Archer <a@x.example>\n\n\nDear Anne,\n",
        "forwarded_message",
        Style.FORWARD,
    ),
    Sample(
        "gmail forward without words",
        "¦---------- Forwarded message ---------\nFrom: Margaret Hale <clerk@x.example>\n"
        "Date: Sun, 8 Nov 2026 at 18:02\nSubject: Bench\nTo: Anne Archer <a@x.example>\n\n\nDear Anne,\n",
        "forwarded_message",
        Style.FORWARD,
        own="",
    ),
    Sample(
        "apple mail",
        "Thank you.\n\n¦> On 8 Nov 2026, at 18:02, Margaret Hale <clerk@x.example> wrote:\n> \n" + OLD,
        "attribution_then_quotes",
    ),
    Sample(
        "ios",
        "Thank you.\n\nSent from my iPhone\n\n¦> On 8 Nov 2026, at 18:02, Margaret Hale <clerk@x.example> wrote:\n> \n"
        "> ﻿Dear Anne,\n",
        "attribution_then_quotes",
        own="Thank you.\n\nSent from my iPhone",
    ),
    Sample(
        "apple forward",
        "Thank you.\n\n¦Begin forwarded message:\n\nFrom: Margaret Hale <clerk@x.example>\nSubject: Bench\n"
        "Date: 8 November 2026 at 18:02:00 GMT\nTo: Anne Archer <a@x.example>\n\nDear Anne,\n",
        "forwarded_message",
        Style.FORWARD,
    ),
    Sample(
        "ios forward",
        "Thank you.\n\n¦Begin forwarded message:\n\n> From: Margaret Hale <clerk@x.example>\n"
        "> Date: 8 November 2026 at 18:02:00 GMT\n> To: Anne Archer <a@x.example>\n> Subject: Bench\n> \n> Dear Anne,\n",
        "forwarded_message",
        Style.FORWARD,
    ),
    Sample(
        "thunderbird",
        "Thank you.\n\n¦On 08/11/2026 18:02, Margaret Hale wrote:\n" + OLD,
        "attribution_then_quotes",
    ),
    Sample(
        "thunderbird forward",
        "Thank you.\n\n\n¦-------- Forwarded Message --------\nSubject: \tBench\nDate: \tSun, 8 Nov 2026 18:02:00 +0000\n"
        "From: \tMargaret Hale <clerk@x.example>\nTo: \ta@x.example\n\n\n\nDear Anne,\n",
        "forwarded_message",
        Style.FORWARD,
    ),
    Sample(
        "samsung",
        "Thank you.\n\nSent from my Galaxy\n\n\n¦-------- Original message --------\nFrom: Margaret Hale <clerk@x.example>\n"
        "Date: 08/11/2026  18:02  (GMT+00:00)\nTo: Anne Archer\nSubject: Bench\n\nDear Anne,\n",
        "original_message",
        own="Thank you.\n\nSent from my Galaxy",
    ),
    Sample(
        "k-9",
        "Thank you.\n-- \nSent from my Android device with K-9 Mail. Please excuse my brevity.\n\n"
        "¦-------- Original Message --------\nFrom: Margaret Hale <clerk@x.example>\nSent: 8 November 2026 18:02:00 GMT\n"
        "To: Anne Archer\nSubject: Bench\n\nDear Anne,\n",
        "original_message",
        own="Thank you.\n-- \nSent from my Android device with K-9 Mail. Please excuse my brevity.",
    ),
    Sample(
        "k-9 quoting",
        "Thank you.\n\n¦On 8 November 2026 18:02:00 GMT, Margaret Hale <clerk@x.example> wrote:\n>Dear Anne,\n>\n>The bench\n",
        "attribution_then_quotes",
    ),
    Sample(
        "yahoo",
        " Thank you.\n\n¦    On Sunday, 8 November 2026 at 18:02:00 GMT, Margaret Hale <clerk@x.example> wrote:  \n \n"
        " Dear Anne,\nThe bench is ordered.  \n",
        "full_attribution",
        own=" Thank you.\n\n    On Sunday, 8 November 2026 at 18:02:00 GMT, Margaret Hale <clerk@x.example> wrote:\n\n"
        " Dear Anne,\nThe bench is ordered.",
    ),
    Sample(
        "yahoo forward",
        "Thank you.\n\n¦   ----- Forwarded message ----- From: Margaret Hale <clerk@x.example>To: Anne Archer <a@x.example>"
        "Sent: Sunday, 8 November 2026 at 18:02:00 GMTSubject: Bench\n Dear Anne,\n",
        "announced_message",
        Style.FORWARD,
        own="Thank you.\n\n   ----- Forwarded message ----- From: Margaret Hale <clerk@x.example>To: Anne Archer "
        "<a@x.example>Sent: Sunday, 8 November 2026 at 18:02:00 GMTSubject: Bench\n Dear Anne,",
    ),
    Sample(
        "proton",
        "Thank you.\n\nSent with Proton Mail secure email.\n\n¦On Sunday, November 8th, 2026 at 18:02, Margaret Hale "
        "<clerk@x.example> wrote:\n\n> Dear Anne,\n> \n",
        "attribution_then_quotes",
        own="Thank you.\n\nSent with Proton Mail secure email.",
    ),
    Sample(
        "gmx",
        'Thank you.\n \n\n¦Gesendet: Sonntag, 08. November 2026 um 18:02 Uhr\nVon: "Margaret Hale" <clerk@x.example>\n'
        "An: a@x.example\nBetreff: Bench\n\nDear Anne,\n",
        "header_block",
        own="Thank you.\n\n\nGesendet: Sonntag, 08. November 2026 um 18:02 Uhr\n"
        'Von: "Margaret Hale" <clerk@x.example>\nAn: a@x.example\nBetreff: Bench\n\nDear Anne,',
    ),
    Sample(
        "roundcube",
        "Thank you.\n\n¦On 2026-11-08 18:02, Margaret Hale wrote:\n" + OLD,
        "attribution_then_quotes",
    ),
    Sample(
        "sogo",
        "Thank you.\n\n\n¦On Sunday, November 08, 2026 18:02 GMT, Margaret Hale <clerk@x.example> wrote:\n \n"
        + OLD,
        "attribution_then_quotes",
    ),
]

LANGUAGES = {
    "en": "On Sun, 8 Nov 2026 at 18:02, Margaret Hale <clerk@littlewickham-pc.example> wrote:",
    "cy": "Ar Sul, 8 Tach 2026 am 18:02, ysgrifennodd Margaret Hale <clerk@littlewickham-pc.example>:",
    "de": "Am So., 8. Nov. 2026 um 18:02 Uhr schrieb Margaret Hale <clerk@littlewickham-pc.example>:",
    "fr": "Le dim. 8 nov. 2026 à 18:02, Margaret Hale <clerk@littlewickham-pc.example> a écrit :",
    "es": "El dom, 8 nov 2026 a las 18:02, Margaret Hale (<clerk@littlewickham-pc.example>) escribió:",
    "it": "Il giorno dom 8 nov 2026 alle ore 18:02 Margaret Hale <clerk@littlewickham-pc.example> ha scritto:",
    "nl": "Op zo 8 nov 2026 om 18:02 schreef Margaret Hale <clerk@littlewickham-pc.example>:",
    "sv": "Den sön 8 nov. 2026 kl 18:02 skrev Margaret Hale <clerk@littlewickham-pc.example>:",
    "nb": "søn. 8. nov. 2026 kl. 18:02 skrev Margaret Hale <clerk@littlewickham-pc.example>:",
    "da": "Den søn. 8. nov. 2026 kl. 18.02 skrev Margaret Hale <clerk@littlewickham-pc.example>:",
    "pl": "niedz., 8 lis 2026 o 18:02 Margaret Hale <clerk@littlewickham-pc.example> napisał(a):",
    "pt": "Em dom., 8 de nov. de 2026 às 18:02, Margaret Hale <clerk@littlewickham-pc.example> escreveu:",
}

BLOCKS = {
    "en": ("From", "Sent", "To", "Subject"),
    "cy": ("Oddi wrth", "Anfonwyd", "At", "Pwnc"),
    "de": ("Von", "Gesendet", "An", "Betreff"),
    "fr": ("De ", "Envoyé ", "À ", "Objet "),
    "es": ("De", "Enviado el", "Para", "Asunto"),
    "it": ("Da", "Inviato", "A", "Oggetto"),
    "nl": ("Van", "Verzonden", "Aan", "Onderwerp"),
    "sv": ("Från", "Skickat", "Till", "Ämne"),
    "nb": ("Fra", "Sendt", "Til", "Emne"),
    "da": ("Fra", "Sendt", "Til", "Emne"),
    "pl": ("Od", "Wysłano", "Do", "Temat"),
    "pt": ("De", "Enviada em", "Para", "Assunto"),
}

ANNOUNCEMENTS = {
    "en": ("-----Original Message-----", "---------- Forwarded message ---------"),
    "cy": ("-----Neges wreiddiol-----", "---------- Neges a anfonwyd ymlaen ---------"),
    "de": ("-----Ursprüngliche Nachricht-----", "-------- Weitergeleitete Nachricht --------"),
    "fr": ("-----Message d'origine-----", "-------- Message transféré --------"),
    "es": ("-----Mensaje original-----", "-------- Mensaje reenviado --------"),
    "it": ("-----Messaggio originale-----", "-------- Messaggio Inoltrato --------"),
    "nl": ("-----Oorspronkelijk bericht-----", "-------- Doorgestuurd bericht --------"),
    "sv": ("-----Ursprungligt meddelande-----", "-------- Vidarebefordrat meddelande --------"),
    "nb": ("-----Opprinnelig melding-----", "-------- Videresendt melding --------"),
    "da": ("-----Oprindelig meddelelse-----", "-------- Videresendt besked --------"),
    "pl": ("-----Wiadomość oryginalna-----", "-------- Przekazana wiadomość --------"),
    "pt": ("-----Mensagem original-----", "-------- Mensagem encaminhada --------"),
}
