"""The settings file that a new installation starts from."""

from __future__ import annotations

import socket

_TEMPLATE = """\
# Vestry's settings. Every key, with its default, is described in docs/settings.md.
# Secrets may be written as "env:NAME" or "file:PATH".

hostname = {hostname}
data_dir = "data"

# Where councillors' mail clients connect.
[[listeners]]
kind = "starttls"
address = "0.0.0.0"
port = 587

[[listeners]]
kind = "tls"
address = "0.0.0.0"
port = 465

[tls]
certificate = "certificate.pem"
key = "key.pem"

# How logins are checked: "local", or "upstream" or "imap" so that councillors keep the password they have.
[auth]
method = "local"

# The mail server that the council's mail is handed to.
[upstreams.default]
host = {host}
port = {port}
tls = "starttls"
# username = "vestry"
# password = "env:VESTRY_UPSTREAM_PASSWORD"

# The mailbox server, for councils that ask for copies of sent mail in Sent folders; see docs/host.md.
# [mailboxes.default]
# host = "mail.example.org.uk"
# login = "{{address}}*vestry"
# password = "env:VESTRY_MAILBOXES_PASSWORD"

# The virus scanner, where councils have the check "malware" in force; see docs/host.md.
# [malware]
# clamd = "/run/clamav/clamd.ctl"

# One entry for each DKIM key; make one with `vestry dkim key`.
# [[dkim]]
# domain = "council.example"
# selector = "vestry1"
# key = "dkim-vestry1.pem"
"""


def starting_settings(hostname: str | None, upstream: str | None) -> str:
    """The text of a settings file for a new installation."""
    host, _, port = (upstream or "mail.example.org.uk").partition(":")
    return _TEMPLATE.format(
        hostname=_quoted(hostname or socket.getfqdn()), host=_quoted(host), port=int(port or 587)
    )


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
