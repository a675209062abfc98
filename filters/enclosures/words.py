"""The words by which a claim is told from what only sounds like one."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words in a string, which is how one writes many of them down."""
    return frozenset(text.split())


NEGATIVE = words(
    "not no never nothing without unable nor neither none missing failed cannot can't couldn't isn't wasn't "
    "aren't weren't hasn't haven't hadn't didn't don't doesn't won't wouldn't shouldn't"
)
WE = words("i we i'll we'll i've we've i'm we're")
OTHERS = words("you you've you'd you'll he he's he'd she she's she'd they they've they'd they're who")
BETWEEN = words(
    "have has had already also previously kindly helpfully now just originally herewith hereby therefore again "
    "duly gladly will shall am are being"
)
"""What stands between a subject and its verb."""

SENT = words("send sending sent give giving forward forwarding giving")
MODAL = words("will would should must can could may might shall to need needs i'll we'll it'll they'll")
LATER = words(
    "later tomorrow next when once soon shortly afterwards separately another after until monday tuesday "
    "wednesday thursday friday saturday sunday tonight"
)
AGO = words("yesterday earlier previously before")
MAIL = words("e-mail email mail message letter e-mails emails messages letters reply note")
THIS_MAIL = words("e-mail email mail message letter reply note")
CARRIED_MAIL = words(
    "below trail chain thread correspondence e-mail e-mails email emails mail message messages"
)
OTHER = words(
    "your last previous earlier first original his her their yesterday's other separate next another recent "
    "later second initial prior"
)
WITHIN = words("to in with from")
ANSWERING = words(
    "response reply answer respond regard reference relation respect accordance referred refer connection "
    "further thanks objection comments reaction"
)
FEELING = words(
    "emotionally very deeply quite rather become became becoming grown growing get getting got so strongly "
    "romantically sentimentally too terribly"
)
BURDENS = words(
    "string strings condition conditions importance weight value stigma significance blame covenant covenants "
    "liability rights charge cost costs restriction restrictions priority"
)
BUILT = words(
    "garage garages house houses home homes building buildings outbuilding outbuildings cottage cottages barn "
    "property properties dwelling dwellings annexe annex conservatory wall shed terrace flat flats"
)
FIXTURES = words(
    "wall walls lamp lamp-post lamppost post posts fence fencing noticeboard board boards gate gates railing "
    "railings tree trees pole poles door doors bridge column columns bench benches sign signs"
)
HELD = words("if when once unless until firmly securely properly permanently physically loosely unless")
HELD_BACK = words(
    "if when before unless until can could should must may might do did whether how once would shall"
)
"""Before "I attach": it is not done, or not now."""

FASTENERS = words("screw screws nail nails string tape glue cable ties bolt bolts chain chains rope wire")
BY_WHAT = words("by using onto underneath behind above beneath securely firmly")
SPACE = words(
    "garden gardens space spaces area areas field fields courtyard porch yard land pen play playground paddock "
    "by within on dog park site shelter ground grounds staircase"
)
DOCUMENTS = words(
    "agenda agendas minutes plan plans map maps letter letters form forms report reports copy copies document "
    "documents file files paper papers invoice invoices quote quotes quotation draft drafts notice notices "
    "leaflet leaflets poster posters photo photos picture pictures policy policies schedule spreadsheet accounts "
    "budget statement statements application applications details cv receipt receipts contract certificate "
    "table summary list response questionnaire guidance note notes cheque"
)
PICTURES = words(
    "photo photos photograph photographs picture pictures pic pics image images screenshot screenshots llun "
    "lluniau"
)
LOOK = words("see find view review read check refer per in open")
NOT_OURS = words("your any his her their no all")
ASKING = words("is are was were did do does have has had can could")
