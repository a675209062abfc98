"""The pages over HTTP. GET shows and never acts; POST acts, and then sends the browser to look again.

Nothing is fetched from anywhere, nothing runs in the browser, and nothing is kept by it or told to others: the address
of a page is the secret, so it goes into no log, no cache and no Referer. A form on somebody else's page cannot know
it; a browser that says that a form was another site's is refused all the same.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from gateway import logs
from gateway.console import page
from gateway.console.acts import Acts, Decided
from gateway.console.links import Linked, Standing
from gateway.console.style import POLICY
from gateway.holds.answers.options import NUMBERED, SENDING, STATING, Choice, Option, Purpose
from gateway.holds.statement import MOST_WORDS, UNSAID, Statement
from gateway.store.errors import Conflict, NotFound, OutcomeUnknown, StoreError

_log = logs.get("console")
_MOST = 16 * 1024
_MOST_FIELDS = 1100
_MOST_WHY = 1000
_BODY_SECONDS = 10.0
_FORM = "application/x-www-form-urlencoded"

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
"""On every answer, whatever it is."""


class Wrong(Exception):
    """What was chosen is no choice; the text says what to do."""


def app(acts: Acts, base_url: str) -> ASGIApp:
    """The pages under `base_url`, which a web server in front may or may not have taken off the path."""
    pages = _Pages(acts, base_url)
    below = urlsplit(base_url).path
    paths = dict.fromkeys(("/answer/{token}", f"{below}/answer/{{token}}"))
    made = Starlette(
        routes=[_route(path, pages) for path in paths],
        exception_handlers={HTTPException: _http, 500: _failed},
    )
    # It would send a browser on by the name that the request came under, which anybody may write.
    made.router.redirect_slashes = False
    return made


def _route(path: str, pages: _Pages) -> Route:
    """A route for every method: the library would answer HEAD as GET, where nobody asked for that."""
    route = Route(path, pages.answer)
    route.methods = None
    return route


class _Pages:
    def __init__(self, acts: Acts, base_url: str) -> None:
        self._acts = acts
        split = urlsplit(base_url)
        self._origin = f"{split.scheme}://{split.netloc}"

    async def answer(self, request: Request) -> Response:
        """A link: what it is to, or what was chosen on its page."""
        if request.method not in ("GET", "POST"):
            raise HTTPException(405, headers={"Allow": "GET, POST"})
        token = request.path_params["token"]
        try:
            if request.method == "GET":
                return _shown(await self._link(token))
            return await self._act(request, token)
        except (Conflict, NotFound) as error:
            link = await self._link(token)
            return _shown(link, str(error), 409)
        except OutcomeUnknown:
            text = "It may have been done or not. Open the link again to see."
            return _respond(page.plain("The post room cannot tell", text), 503)
        except StoreError:
            text = "Nothing was changed. Try again in a few minutes."
            return _respond(page.plain("The post room is busy", text), 503)

    async def _act(self, request: Request, token: str) -> Response:
        self._require_own(request)
        fields = await _fields(request)
        link = await self._link(token)
        if link.standing is not Standing.OPEN:
            return _shown(link)
        try:
            if link.purpose is Purpose.DECIDE:
                await self._acts.decide(link, _decided(link, fields))
            else:
                peer = request.client.host if request.client else ""
                await self._acts.answer(link, _choice(link, fields), peer)
        except Wrong as wrong:
            return _shown(link, str(wrong), 422)
        # To the same place, wherever a web server in front has put it.
        return RedirectResponse(token, 303, HEADERS)

    async def _link(self, token: str) -> Linked:
        link = await self._acts.look(token) if token.isascii() and len(token) < 100 else None
        if link is None:
            raise HTTPException(404)
        return link

    def _require_own(self, request: Request) -> None:
        """Refuse a form that the browser says is another site's (Fetch Metadata; RFC 6454 §7).

        Origin is "null" in a form of a page that sends no Referer, as ours do, so that says nothing.
        """
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin", "null")
        if site not in (None, "same-origin") or origin not in ("null", self._origin):
            raise HTTPException(403)


def _choice(link: Linked, fields: Sequence[tuple[str, str]]) -> Choice:
    """What a sender chose. Raises Wrong."""
    chosen = [value for name, value in fields if name == "option"]
    if len(chosen) != 1 or chosen[0] not in link.options or link.options == ():
        raise Wrong("Choose one of the buttons below.")
    option = Option(chosen[0])
    said = _said(link, option, fields)
    if option not in NUMBERED:
        return Choice(option, said=said)
    count = 0 if link.asked is None else len(link.asked.recipients)
    ticked = {value for name, value in fields if name == "number"}
    numbers = tuple(number for number in range(count) if str(number + 1) in ticked)
    if not numbers or len(numbers) != len(ticked):
        raise Wrong("Tick at least one of those whom it is for.")
    if option is Option.LEAVE_OUT and len(numbers) == count:
        raise Wrong("You ticked everyone. Leave somebody unticked, or choose not to send it.")
    return Choice(option, numbers, said)


def _said(link: Linked, option: Option, fields: Sequence[tuple[str, str]]) -> Statement:
    """What a sender states with what they chose. Raises Wrong where it goes as it is, and less is stated than wanted."""
    if option not in SENDING:
        return UNSAID
    ticked = option is Option.NOT_BINDING or ("not_binding", "yes") in fields
    said = Statement(
        not_binding=ticked and Option.NOT_BINDING in link.options,
        basis=_line(fields, "basis") if Option.BASIS in link.options else "",
    )
    if option in STATING and Option.BASIS in link.options and not said.basis:
        raise Wrong("Write why the resident's details may be passed on, such as that they asked you to.")
    if option in STATING and Option.NOT_BINDING in link.options and not said.not_binding:
        raise Wrong("Tick that it does not bind the Council, or hand it to the Clerk.")
    return said


def _line(fields: Sequence[tuple[str, str]], name: str) -> str:
    """What was written in a field, on one line."""
    text = " ".join(value for each, value in fields if each == name)
    printable = "".join(char if unicodedata.category(char)[0] != "C" else " " for char in text)
    return " ".join(printable.split())[:MOST_WORDS].strip()


def _decided(link: Linked, fields: Sequence[tuple[str, str]]) -> Decided:
    """What an officer chose. Raises Wrong."""
    chosen = [value for name, value in fields if name == "option"]
    reason = " ".join(" ".join(value for name, value in fields if name == "why").split())[:_MOST_WHY]
    if len(chosen) != 1 or chosen[0] not in (page.RELEASE, page.REJECT):
        raise Wrong("Choose one of the buttons below.")
    if chosen[0] == page.REJECT and not reason:
        raise Wrong("Write your reason for rejecting it. The sender reads it.")
    basis = _line(fields, "basis")
    if chosen[0] == page.RELEASE and page.wants_basis(link) and not basis:
        raise Wrong("Write on what basis the resident's details may be passed on. It is recorded.")
    return Decided(chosen[0] == page.RELEASE, reason, basis, _line(fields, "wrongly_held"))


async def _fields(request: Request) -> list[tuple[str, str]]:
    """The fields of a form, within a time and a size."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise HTTPException(415)
    body = b""
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for part in request.stream():
                body += part
                if len(body) > _MOST:
                    raise HTTPException(413)
    except (TimeoutError, ClientDisconnect):
        raise HTTPException(408) from None
    try:
        return parse_qsl(body.decode("ascii"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise HTTPException(400) from None


def _shown(link: Linked, error: str = "", status: int = 200) -> Response:
    return _respond(page.asking(link, error), status)


def _respond(text: str, status: int) -> Response:
    return HTMLResponse(text, status, HEADERS)


_SAID = {
    403: ("This was not done", "It came from another site. Open the link in your letter and choose there."),
    404: (
        "This link leads nowhere",
        "Open it again from your letter, whole. If that does not help, ask the Clerk.",
    ),
    405: ("This cannot be done here", "Open the link in your letter and choose there."),
}


async def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    title, text = _SAID.get(
        status, ("This was not understood", "Open the link in your letter again and choose there.")
    )
    response = _respond(page.plain(title, text), status)
    response.headers.update((error.headers if isinstance(error, HTTPException) else None) or {})
    return response


async def _failed(request: Request, error: Exception) -> Response:
    # Not the address, which is the secret.
    _log.error("page failed", method=request.method, error=type(error).__name__)
    return _respond(
        page.plain("Something went wrong", "Open the link in your letter again to see what was done."), 500
    )
