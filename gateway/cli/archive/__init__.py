"""`vestry archive`: what is kept, found and shown, and proof that it is whole."""

from __future__ import annotations

import typer

from gateway.cli.archive import anchor, audit, certificate, key, listing, mark, search, show, thread, verify

app = typer.Typer(help="The archive: search, list, show, certify, verify.", no_args_is_help=True)
app.command("search")(search.search)
app.command("list")(listing.list_)
app.command("show")(show.show)
app.command("certificate")(certificate.certificate)
app.command("thread")(thread.thread)
app.command("mark")(mark.mark)
app.command("verify")(verify.verify)
app.command("anchor")(anchor.anchor)
app.command("proof")(anchor.proof)
app.command("audit")(audit.audit)
app.command("key")(key.key)
