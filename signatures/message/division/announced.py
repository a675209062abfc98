"""The lines by which clients announce a message: "-----Original Message-----", "Begin forwarded message:"."""

from __future__ import annotations

import re

_FORWARDED = "|".join(
    (
        r"(?:(?:Begin|Start of) )?forwarded (?:message|mail|e-?mail)",
        r"Neges a anfonwyd ymlaen",
        r"(?:Dechrau['’]r neges|Neges) (?:wedi['’]i|a) (?:hanfon|anfonwyd|hanfonwyd) ymlaen",
        r"(?:Anfang der )?weitergeleitete[n]? (?:Nachricht|E-?Mail)",
        r"(?:Début du )?message (?:transféré|réexpédié|transmis)",
        r"(?:Inicio del )?mensaje (?:reenviado|remitido)",
        r"(?:Inizio )?messaggio inoltrato",
        r"(?:Begin )?doorgestuurd bericht",
        r"Vidarebefordra[dt] (?:meddelande|brev|e-?post)",
        r"(?:Begynnelse på |Start på )?videresend(?:t|te) (?:melding|meddelelse|besked|e-?post|mail)",
        r"(?:Przekazana wiadomość|(?:Początek )?wiadomoś(?:ć|ci) przekazan(?:a|ej)|Początek przekazywanej wiadomości)",
        r"(?:Início da )?mensagem (?:re)?encaminhada",
    )
)
_ORIGINAL = "|".join(
    (
        r"Original (?:Message|e-?mail)|Reply message",
        r"(?:Y )?neges wreiddiol",
        r"(?:Original|Ursprüngliche|Originale)[- ]?(?:Nachricht|E-?Mail)",
        r"Message (?:d['’]origine|original)",
        r"Mensaje original",
        r"Messaggio originale",
        r"(?:Oorspronkelijk|Origineel) bericht",
        r"(?:Ursprungligt |Original)meddelande",
        r"(?:Opprinnelig|Original) melding",
        r"(?:Oprindelig|Original) (?:meddelelse|besked|mail)",
        r"(?:Oryginalna wiadomość|Wiadomość oryginalna|Pierwotna wiadomość)",
        r"Mensagem original",
    )
)
_RULE = r"(?:[-‐–—]{2,40}+|_{2,80}+|={4,80}+)?+"
_ANNOUNCEMENT = re.compile(
    rf"(?P<above>{_RULE})\s?(?:(?P<forwarded>{_FORWARDED})|{_ORIGINAL})\s?:?\s?(?P<below>{_RULE})\Z",
    re.IGNORECASE,
)
_BESIDE_FIELDS = re.compile(
    rf"[-‐–—]{{2,40}}+\s?(?:(?P<forwarded>{_FORWARDED})|{_ORIGINAL})\s?[-‐–—]{{2,40}}+\s?[^\W\d_][^:\d<>@]{{0,20}}+:",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_SEPARATOR = re.compile(rf"{_RULE}\s?(?:{_FORWARDED}|{_ORIGINAL})?+\s?:?\s?{_RULE}\Z", re.IGNORECASE)
_LONGEST = 120
_LONGEST_WITH_FIELDS = 2000


def is_announcement(line: str) -> bool:
    """Whether a line, quotation marks taken off, announces a message."""
    return len(line) <= _LONGEST and _ANNOUNCEMENT.match(line) is not None


def is_ruled_announcement(line: str) -> bool:
    """Whether it does so between rules, as nobody writes in prose."""
    found = _ANNOUNCEMENT.match(line) if len(line) <= _LONGEST else None
    return found is not None and bool(found["above"] and found["below"])


def is_announcement_with_fields(line: str) -> bool:
    """Whether the copied header stands in the same line behind the rules, as Yahoo writes in plain text."""
    if len(line) > _LONGEST_WITH_FIELDS:
        return False
    found = _BESIDE_FIELDS.match(line)
    return found is not None and _DIGIT.search(line, found.end()) is not None


def announces_forward(line: str) -> bool:
    """Whether it announces a message that is sent on."""
    found = _ANNOUNCEMENT.match(line) if len(line) <= _LONGEST else None
    found = found or _BESIDE_FIELDS.match(line)
    return found is not None and found["forwarded"] is not None


def is_separator(line: str) -> bool:
    """Whether a line may stand between own words and a trail: empty, a rule, or an announcement."""
    return len(line) <= _LONGEST and _SEPARATOR.match(line) is not None
