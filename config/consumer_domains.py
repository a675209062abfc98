"""Domains at which private people have their mail: a small list of our own, for a council in England or Wales.

It is made by hand and holds whole domains only. The long lists that can be had count village trusts, chapels and
halls with a domain of their own among the free providers (research A4); none of them is used here. What a provider
hosts for businesses (btconnect.com) or writes from itself (sky.uk, ee.co.uk, virginmedia.co.uk) is left out.
"""

from __future__ import annotations

from config.address import domain_of

_DOTS_IGNORED = frozenset({"gmail.com"})
_SAME = {"googlemail.com": "gmail.com"}

_GREAT = """
gmail.com googlemail.com
outlook.com hotmail.com hotmail.co.uk live.com live.co.uk msn.com windowslive.com
yahoo.com yahoo.co.uk ymail.com rocketmail.com
icloud.com me.com mac.com
aol.com aol.co.uk aim.com
"""
_BRITISH_PROVIDERS = """
btinternet.com btopenworld.com talk21.com
sky.com
virginmedia.com virgin.net ntlworld.com blueyonder.co.uk cableinet.co.uk
talktalk.net tiscali.co.uk lineone.net onetel.com onetel.net onetel.net.uk worldonline.co.uk tinyworld.co.uk
screaming.net homechoice.co.uk toucansurf.com pipex.com dial.pipex.com dsl.pipex.com nildram.co.uk
plus.net plus.com plusnet.com force9.co.uk free-online.co.uk metronet.co.uk madasafish.com
zen.co.uk
orange.net orangehome.co.uk wanadoo.co.uk freeserve.co.uk fsmail.net fsnet.co.uk fslife.co.uk fsworld.co.uk
o2.co.uk o2email.co.uk vodafoneemail.co.uk
waitrose.com tesco.net mypostoffice.co.uk uwclub.net
demon.co.uk f2s.com supanet.com ukonline.co.uk karoo.co.uk care4free.net breathe.com totalise.co.uk
"""
_OTHERS = """
proton.me protonmail.com protonmail.ch pm.me
tuta.com tuta.io tutanota.com tutanota.de tutamail.com keemail.me
gmx.com gmx.co.uk gmx.net gmx.de web.de mail.com email.com
fastmail.com fastmail.fm fastmail.co.uk zoho.com zoho.eu zohomail.com zohomail.eu
hey.com hushmail.com inbox.com lycos.co.uk yandex.com mail.ru
"""
_RELAYS = """
duck.com mozmail.com privaterelay.appleid.com simplelogin.com slmail.me addy.io
"""
"""What passes mail on to a private address that it hides."""

CONSUMER_DOMAINS = frozenset(" ".join((_GREAT, _BRITISH_PROVIDERS, _OTHERS, _RELAYS)).split())
"""All of them, in canonical form."""


def is_consumer(address: str) -> bool:
    """Whether an address, in canonical form, is at one of them. A domain below one of them is another's."""
    return domain_of(address) in CONSUMER_DOMAINS


def mailbox_of(address: str) -> str:
    """The mailbox behind an address in canonical form: what two addresses of one mailbox have in common.

    At these providers what stands behind a plus is the holder's own note, and Gmail ignores dots (research (d2) 23).
    Elsewhere `a.b@` and `ab@` are two people until it is known that they are not.
    """
    local, _, domain = address.rpartition("@")
    domain = _SAME.get(domain, domain)
    if domain in CONSUMER_DOMAINS and not local.startswith('"'):
        local = local.partition("+")[0] or local
    if domain in _DOTS_IGNORED:
        local = local.replace(".", "") or local
    return f"{local}@{domain}"
