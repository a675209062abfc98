"""HTML as the lines of words that it shows. Each character is looked at a fixed number of times.

Python's own `html.parser` is not used: there are inputs for which it takes quadratic time. Markup that never
ends (a comment, a tag, a script) is shown as it stands, as mail programs differ in what they make of it.
"""

from __future__ import annotations

import html
import re

from signatures.message.scanner import Unscannable

_TAG = re.compile(
    r"""<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+)
        (?P<rest>(?:[^>"'=]++|=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"']++)?|["'])*+)>""",
    re.VERBOSE,
)
_OPENS = re.compile(r"</?[a-zA-Z]")
_ATTRIBUTE = re.compile(r"""([^\s=/"'>]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>]++))""")
_MAY_QUOTE = re.compile(r"quote|cite|reply|forward", re.IGNORECASE)
_ZEROS = re.compile(r"&#([xX]?)0++(?=[0-9a-fA-F])")
_NO_CHARACTER = re.compile(r"&#(?:\d{8,}|[xX][0-9a-fA-F]{8,});?")
"""Far beyond Unicode, and numbers that Python takes quadratic time to read, or refuses to."""

_BLOCK = re.compile(
    r"(?:address|article|aside|blockquote|body|br|caption|center|dd|div|dl|dt|fieldset|figure|footer|form|"
    r"h1|h2|h3|h4|h5|h6|header|hr|html|li|main|nav|ol|option|p|pre|section|table|td|tfoot|th|thead|tr|ul)\Z"
)
_SILENT = frozenset({"script", "style", "title", "template"})
_CLOSING = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE | re.ASCII) for name in _SILENT}
_QUOTES = frozenset(
    {"gmail_quote", "gmail_quote_container", "gmail_extra", "yahoo_quoted", "protonmail_quote", "zmail_extra"}
)
_QUOTE_IDS = frozenset({"isreplycontent", "isforwardcontent", "origbody"})
_BLANKS = re.compile(r"\s+")
_RENAMED = re.compile(r"(?:x_)+")


def shown(source: str, most_tags: int) -> str:
    """The words that HTML shows, line by line; what it marks as quoted has `> ` before each line.

    Raises Unscannable for more than `most_tags` tags.
    """
    page = _Page()
    position = tags = 0
    while (opening := source.find("<", position)) >= 0:
        page.say(source[position:opening])
        tags += 1
        if tags > most_tags:
            raise Unscannable(f"its HTML has more than {most_tags} tags")
        after = _after_markup(source, opening, page)
        position = opening if after is None else after
        if after is None:
            break
    page.say(source[position:])
    return page.text()


def _after_markup(source: str, opening: int, page: _Page) -> int | None:
    """Where what begins at `opening` ends, having told `page` of it; None where it never does."""
    if source.startswith("<!--", opening):
        return _after(source, "-->", opening + 2)  # `<!-->` is a whole comment.
    if source.startswith(("<!", "<?"), opening):
        return _after(source, ">", opening)
    if not _OPENS.match(source, opening):
        page.say("<")
        return opening + 1
    tag = _TAG.match(source, opening)
    if tag is None:
        return None
    name = tag["name"].lower()
    if tag["end"]:
        page.close(name)
    elif name in _SILENT:
        closing = _CLOSING[name].search(source, tag.end())
        return closing.start() if closing else None
    else:
        page.open(name, tag["rest"])
    return tag.end()


def _after(source: str, closing: str, position: int) -> int | None:
    found = source.find(closing, position)
    return found + len(closing) if found >= 0 else None


class _Page:
    """The words so far, as runs that are quoted or not."""

    def __init__(self) -> None:
        self._runs: list[tuple[bool, list[str]]] = [(False, [])]
        self._quoting = ""  # The element that opened the quotation, and how many of its name are open in it.
        self._nested = 0
        self._as_typed = 0  # Open <pre> elements.

    def say(self, words: str) -> None:
        """Add the words between two tags."""
        if words:
            self._runs[-1][1].append(words if self._as_typed else _BLANKS.sub(" ", words))

    def open(self, name: str, rest: str) -> None:
        """A start tag."""
        self._as_typed += name == "pre"
        if self._quoting:
            self._nested += name == self._quoting
        elif _quotes(name, rest):
            self._quoting, self._nested = name, 1
            self._runs.append((True, []))
        if _BLOCK.match(name):
            self._runs[-1][1].append("\n")

    def close(self, name: str) -> None:
        """An end tag."""
        if name == "pre":
            self._as_typed = max(0, self._as_typed - 1)
        if _BLOCK.match(name):
            self._runs[-1][1].append("\n")
        if name == self._quoting:
            self._nested -= 1
            if self._nested == 0:
                self._quoting = ""
                self._runs.append((False, []))

    def text(self) -> str:
        """All of it. A non-breaking space is a blank."""
        return "\n".join(filter(None, (_lines(quoted, "".join(words)) for quoted, words in self._runs)))


def _lines(quoted: bool, words: str) -> str:
    """A run's lines, empty ones made one."""
    numbered = _NO_CHARACTER.sub("\ufffd", _ZEROS.sub(r"&#\1", words))
    text = html.unescape(numbered).replace("\xa0", " ").replace("\r\n", "\n")
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in text.split("\n"))).strip("\n")
    if not quoted or not text:
        return text
    return "\n".join("> " + line for line in text.split("\n"))


def _quotes(name: str, rest: str) -> bool:
    """Whether an element is marked as a quotation, as clients do; some put `x_` before others' names."""
    if not rest or not _MAY_QUOTE.search(rest):
        return False
    said: dict[str, str] = {}
    for attribute in _ATTRIBUTE.finditer(rest):
        said.setdefault(attribute[1].lower(), (attribute[2] or attribute[3] or attribute[4] or "").lower())
    if name == "blockquote" and said.get("type") == "cite":
        return True
    names = {_RENAMED.sub("", each, count=1) for each in said.get("class", "").split()}
    return (
        bool(names & _QUOTES)
        or _RENAMED.sub("", said.get("id", ""), count=1) in _QUOTE_IDS
        or (name == "div" and said.get("name") == "quote")
    )
