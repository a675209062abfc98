"""What a document's name promises, and what can be run."""

from __future__ import annotations

from filters.extract import kinds

PROGRAMS = frozenset(
    {
        "action", "ahk", "apk", "app", "application", "appref-ms", "appx", "appxbundle", "bat", "chm", "cmd", "com",
        "command", "cpl", "crx", "deb", "dll", "dmg", "ear", "exe", "gadget", "hta", "inf", "ins", "isp", "jar",
        "jnlp", "jse", "js", "lnk", "library-ms", "mjs", "msc", "msi", "msix", "msixbundle", "msp", "mst", "ocx",
        "pif", "pkg", "ps1", "ps1xml", "ps2", "psc1", "psd1", "psm1", "py", "pyw", "pyz", "reg", "rpm", "run", "scf",
        "scr", "sct", "search-ms", "settingcontent-ms", "sh", "shb", "shs", "sys", "tcl", "url", "vb", "vbe", "vbs",
        "vbscript", "website", "ws", "wsc", "wsf", "wsh", "xbap", "xll", "xpi",
    }
)  # fmt: skip
"""Endings of names that a computer runs when they are opened, whatever the file holds."""

_RUN = frozenset(
    {
        kinds.WINDOWS_PROGRAM, kinds.DOS_PROGRAM, kinds.LINUX_PROGRAM, kinds.MAC_PROGRAM, kinds.JAVA_CLASS,
        kinds.SHORTCUT, kinds.SCRIPT, kinds.CHM, kinds.INSTALLER, kinds.JAVA_ARCHIVE, kinds.ANDROID,
        kinds.WINDOWS_PACKAGE, "application/x-msdownload", "application/x-executable", "application/x-deb",
        "application/vnd.debian.binary-package", "application/x-rpm", "application/x-google-chrome-extension",
        "application/x-shockwave-flash", "application/dex", "application/dey", "application/wasm",
    }
)  # fmt: skip
_MAYBE_RUN = (
    "text/",
    "application/octet-stream",
    "application/zip",
    "application/x-empty",
    kinds.OLE,
    kinds.SVG,
)
"""What may be run under a name that says so. Nobody's computer runs a photograph for its name."""

_TEXTS = ("text/", kinds.MAIL, kinds.SVG, kinds.EMPTY)
_WORDS = (kinds.WORD, kinds.OLD_WORD, kinds.RTF, kinds.OPEN_DOCUMENT, *_TEXTS)
_SHEETS = (kinds.SHEET, kinds.OLD_SHEET, kinds.BINARY_SHEET, kinds.OPEN_DOCUMENT, *_TEXTS)
_SLIDES = (kinds.SLIDES, kinds.OLD_SLIDES, kinds.OPEN_DOCUMENT)
_ZIPS = (kinds.ZIP, "application/vnd.", "application/epub", *_TEXTS[-1:])
_PICTURES = ("image/", "video/", "audio/", kinds.UNKNOWN, kinds.XML)

_EXPECTED: dict[str, tuple[str, ...]] = {
    "pdf": (kinds.PDF,),
    **dict.fromkeys(("doc", "dot", "docx", "docm", "dotx", "dotm"), _WORDS),
    **dict.fromkeys(("xls", "xlt", "xlsx", "xlsm", "xltx", "xltm", "xlsb"), _SHEETS),
    **dict.fromkeys(("ppt", "pps", "pptx", "pptm", "ppsx", "ppsm", "potx"), _SLIDES),
    **dict.fromkeys(("odt", "ods", "odp", "odg", "ott", "ots"), (kinds.OPEN_DOCUMENT, *_TEXTS)),
    **dict.fromkeys(("txt", "csv", "log", "md", "ics", "vcf", "htm", "html", "xml", "json"), _TEXTS),
    "rtf": (kinds.RTF, *_WORDS),
    "eml": _TEXTS,
    "msg": (kinds.OUTLOOK, *_TEXTS),
    "zip": _ZIPS,
    **dict.fromkeys(
        (
            "jpg",
            "jpeg",
            "jpe",
            "png",
            "gif",
            "bmp",
            "tif",
            "tiff",
            "webp",
            "heic",
            "heif",
            "avif",
            "ico",
            "svg",
        ),
        _PICTURES,
    ),
    **dict.fromkeys(
        ("mp3", "mp4", "m4a", "m4v", "mov", "avi", "wav", "wma", "wmv", "webm", "ogg"), _PICTURES
    ),
}
"""How the media types begin that people put under a name. Office opens each kind of a family under any of its names."""

_TURNED = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""What turns the order of letters round, so that a name shows another ending than it has."""


def is_program(name: str, kind: str) -> bool:
    """Whether a document can be run: by its content, or by its name where the content may be such."""
    return kind in _RUN or (_ending(name) in PROGRAMS and kind.startswith(_MAYBE_RUN))


def is_misnamed(name: str, kind: str, *, read: bool) -> bool:
    """Whether a name promises another kind of content. `read`: the content was found to be in order."""
    if not _TURNED.isdisjoint(name):
        return True
    expected = _EXPECTED.get(_ending(name))
    if expected is None or kind == kinds.EMPTY:
        return False
    if not read and kind == kinds.ZIP and expected in {_WORDS, _SHEETS, _SLIDES}:
        return False  # A document that was damaged on its way.
    return kind in _RUN or not kind.startswith(expected)


def _ending(name: str) -> str:
    """The ending of a name in small letters. Windows takes no notice of dots and blanks behind it."""
    _, dot, ending = name.rstrip(". \u00a0").lower().rpartition(".")
    return ending.strip() if dot else ""
