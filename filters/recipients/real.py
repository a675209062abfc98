"""Domains that are what they are, however like another they look; and what is often written for them.

Made by hand. The great providers' own domains are in `config.consumer_domains`.
"""

from __future__ import annotations

from config.consumer_domains import CONSUMER_DOMAINS

_BODIES = """
nhs.net nhs.uk nhs.scot nhs.wales gov.uk gov.wales gov.scot parliament.uk senedd.wales police.uk judiciary.uk
bt.com btconnect.com sky.uk ee.co.uk virginmedia.co.uk virgin.com talktalkbusiness.net talktalk.co.uk plus.com
nalc.gov.uk slcc.co.uk
"""
_ABROAD = """
gmail.de gmx.at gmx.ch gmx.fr gmx.us
hotmail.fr hotmail.de hotmail.it hotmail.es hotmail.be hotmail.nl hotmail.ca hotmail.dk hotmail.se hotmail.no
outlook.fr outlook.de outlook.it outlook.es outlook.be outlook.pt outlook.dk outlook.ie outlook.at outlook.cz
live.fr live.de live.it live.be live.nl live.ca live.ie live.dk live.se live.no live.com.au live.in live.cn
yahoo.fr yahoo.de yahoo.it yahoo.es yahoo.ca yahoo.ie yahoo.in yahoo.gr yahoo.no yahoo.se yahoo.pl
yahoo.com.au yahoo.com.br yahoo.com.hk yahoo.com.sg yahoo.co.in yahoo.co.jp yahoo.co.nz yahoo.co.za yahoo.co.id
cloud.com postoffice.co.uk aol.de aol.fr aol.ca proton.ch protonmail.com
email.co.uk mail.co.uk mail.de mail.ee mail.fr fmail.co.uk qmail.com vmail.com zmail.com
sky.it sky.de tele2.se o2.pl o2.ie o2.cz orange.fr free.fr laposte.net wanadoo.fr
"""


def _miswritten(meant: str, spellings: str) -> dict[str, str]:
    return dict.fromkeys(spellings.split(), meant)


REAL = CONSUMER_DOMAINS | frozenset(f"{_BODIES} {_ABROAD}".split())
"""Domains that are never taken for another one mistyped."""

GREAT = (
    "gmail.com",
    "googlemail.com",
    "hotmail.com",
    "hotmail.co.uk",
    "outlook.com",
    "live.co.uk",
    "live.com",
    "msn.com",
    "yahoo.com",
    "yahoo.co.uk",
    "icloud.com",
    "aol.com",
    "btinternet.com",
    "btopenworld.com",
    "sky.com",
    "virginmedia.com",
    "blueyonder.co.uk",
    "ntlworld.com",
    "talktalk.net",
    "tiscali.co.uk",
    "plusnet.com",
    "protonmail.com",
    "waitrose.com",
    "mypostoffice.co.uk",
    "nhs.net",
)
"""What is most often meant, the likelier first."""

NOT_THEIRS = {
    "gmail.co.uk": "gmail.com",
    "googlemail.co.uk": "googlemail.com",
    "icloud.co.uk": "icloud.com",
    "outlook.co.uk": "outlook.com",
    "hotmail.uk": "hotmail.co.uk",
    "yahoo.uk": "yahoo.co.uk",
    "live.uk": "live.co.uk",
    "btinternet.co.uk": "btinternet.com",
    "virginmedia.net": "virginmedia.com",
    "talktalk.com": "talktalk.net",
    "nhs.com": "nhs.net",
    "nhs.co.uk": "nhs.uk",
    "gov.co.uk": "gov.uk",
}
"""Domains of great providers under a wrong ending: nobody has a mailbox there."""

NO_ENDINGS = {
    **{f"{each}uk": f"{each}.uk" for each in ("co", "org", "gov", "ac", "nhs")},
    **_miswritten("com", "con cmo ocm vom xom cim cpm comm ccom coom clm c0m conm cpom cok coml"),
    **_miswritten("net", "nett nte ner nrt nwt ney nt"),
    **_miswritten("org", "orgg ogr rog orf orq irg prg ork ogrg"),
}
"""Miswritten endings, none of which is a top-level domain."""

RARE_ENDINGS = {"co": "com", "cm": "com", "om": "com", "cam": "com", "ne": "net", "et": "net"}
"""Endings that there are, which are mostly another one mistyped where the name is a great provider's."""

SECOND_LEVEL = ("co", "org", "gov", "ac", "nhs", "police", "ltd", "plc", "me", "net", "sch")
"""What stands before `.uk` in names of three labels."""

NO_SECOND_LEVEL = {
    **_miswritten("co", "c oc cp ci vo xo coo cco cok c0 cl cop com"),
    **_miswritten("org", "ogr rog orgg or og rg orf orh irg prg ork 0rg oeg otg"),
    **_miswritten("gov", "gob goc gof giv gpv gv gvo ogv govv goov ggov hov fov ov"),
    **_miswritten("nhs", "nsh nhss nnhs bhs mhs nha nhd"),
}
"""Miswritings of the commonest of them."""

NO_UK = frozenset(_miswritten("uk", "ul ui uj ku ukk uuk yk ik k u ok um"))
"""Miswritten `uk`, none of which is a top-level domain."""
