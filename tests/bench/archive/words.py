"""English of the council room: words with frequencies that fall as those of a language do, drawn in streams.

Words of each class stand in the order of how often they are used; behind those that somebody would think of come
compounds of them, names and derivations, each rarer than the one before (Mandelbrot's form of Zipf's law).
"""

# ruff: noqa: SIM905  # Words are read most easily as words.

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from random import Random

Draw = Callable[[], str]

_EXPONENT, _SHIFT = 1.35, 6.0
_AT_ONCE = 4096

NOUNS = """council meeting parish councillor clerk committee report village road hall planning application resident letter
work site cost year week month time way money account payment invoice budget grant project contract contractor quote
allotment plot burial cemetery grave churchyard memorial headstone fee form policy minute agenda item decision vote
election candidate notice board website document copy file list record area field footpath bridleway stile gate fence
hedge tree verge ditch drain culvert stream bridge pond bench bin shelter lamp light sign pothole pavement kerb
crossing junction speed traffic parking lorry bus school church pub shop surgery library playground swing slide
surface inspection insurance claim risk assessment defect repair maintenance mowing grass weed litter dog bag flood
water tap meter pipe leak roof door window key lock alarm heating boiler kitchen toilet chair table stage curtain
hire booking event fete market fair festival concert jubilee remembrance parade wreath poppy volunteer group club
association charity trust trustee chairman deputy member officer district county government department inspector
developer builder architect surveyor solicitor lease licence tenant rent deposit deed boundary map plan drawing
elevation extension garage conservatory dwelling house barn stable annexe bungalow cottage estate field access
visibility drainage landscape heritage conservation listing objection comment concern support condition appeal
enforcement breach permission consent consultation response deadline evidence precept tax band rate reserve balance
bank statement transfer cheque receipt expense audit auditor return ledger asset register loan interest share
donation fund bid match priority survey questionnaire leaflet newsletter article editor printer post stamp envelope
phone number email message reply question answer advice guidance rule law act regulation order byelaw code
conduct complaint investigation apology mistake error problem issue matter case point detail note summary draft
version change amendment addition proposal motion resolution amendment seconder majority quorum absence apology
vacancy election poll ballot elector voter term office declaration register pecuniary interest dispensation
training course session webinar conference travel mileage allowance salary payroll pension contract holiday sickness
appraisal staff warden caretaker groundsman handyman apprentice cleaner supplier tender specification drawing
schedule programme delay start finish completion snagging warranty certificate test result sample standard product
price discount total figure sum half quarter third majority percentage increase decrease saving cut bill
morning afternoon evening night weekend spring summer autumn winter season weather rain snow ice wind storm
frost heat sun shade leaf branch root trunk stump chip bark soil turf seed bulb flower bed border planter
basket barrel compost manure shed greenhouse path edge corner end side front back top bottom middle centre
neighbour family child parent grandparent teenager pensioner visitor walker rider cyclist driver farmer
landowner landlord agent owner occupier applicant caller writer reader speaker audience public press reporter
police constable sergeant ambulance fire brigade crime theft vandalism graffiti camera footage incident
accident injury danger hazard barrier cone bollard rail ramp step handrail mirror hump chicane limit zone
strategy vision aim objective action target progress outcome benefit impact effect cause reason purpose
opportunity option choice alternative preference view opinion feeling sense idea thought suggestion hope worry
help thanks kindness patience effort interest attention care respect trust honesty openness duty power
function service provision facility amenity recreation leisure sport football cricket tennis bowls pavilion
changing shower pitch goal net wicket square outfield roller mower tractor trailer van truck skip digger
ladder spade fork rake hose barrow paint brush timber oak steel concrete gravel sand cement brick stone slate
tile gutter downpipe chimney loft wall floor ceiling insulation cable socket switch bulb battery charger panel
broadband mast aerial signal network laptop tablet password login backup software licence subscription renewal
archive heritage history photograph painting plaque bell clock tower steeple lychgate font organ choir vicar
funeral undertaker coffin ashes urn interment exhumation plaque inscription mason kerbset vase tribute""".split()

VERBS = """ask agree report confirm discuss consider approve send write note receive need look want help work call check
visit review attach request suggest propose second vote resolve record publish display advertise appoint invite attend
apologise complain object comment support welcome thank remind chase forward copy answer explain clarify query
contact telephone email meet arrange book hire cancel postpone delay start finish complete inspect repair replace
remove install paint clean cut trim mow plant water weed clear block close open lock fence mark sign print post
deliver collect pay invoice charge refund claim insure budget allocate transfer reserve spend save fund grant award
apply submit refuse permit consent enforce investigate monitor measure record survey map draft amend correct check
audit balance reconcile value estimate quote tender order supply fit test return store lend borrow rent lease
transfer register elect declare resign retire train supervise manage plan improve extend convert demolish build
flood drain leak crack break damage steal vandalise litter park block obstruct exceed limit slow widen resurface
patch grit sweep empty fill bury inter inscribe restore preserve protect list designate adopt maintain provide
offer accept reject defer delegate minute circulate distribute share upload scan file archive dispose retain
disclose redact search watch listen hear mention raise""".split()

ADJECTIVES = """new next last local annual public good small large full final further available recent proposed old
urgent current due possible necessary open clear early late general special financial legal formal written
draft revised attached correct wrong total monthly weekly quarterly outstanding suitable safe dangerous broken
damaged overgrown muddy wet dry cold warm high low wide narrow long short deep heavy light strong weak loose
rusty rotten wooden metal concrete temporary permanent annual regular occasional common rare likely unlikely
certain happy sorry grateful pleased concerned worried angry polite helpful useful useless difficult easy
simple complex detailed brief complete partial joint separate independent private national historic listed
rural residential commercial agricultural affordable sustainable suitable adequate inadequate excessive
reasonable unreasonable acceptable unacceptable relevant irrelevant material immaterial significant minor
major visual adverse positive negative neutral serious slight severe mild northern southern eastern western
adjacent nearby opposite distant internal external upper lower front rear left right single double triple
quiet noisy busy empty dirty tidy untidy bright dark green brown grey white black red blue yellow elderly
young disabled vulnerable local voluntary paid unpaid senior junior acting elected unopposed vacant""".split()

ADVERBS = """also now already still again soon always usually often recently formally finally clearly carefully quickly
immediately unfortunately currently previously separately together properly fully partly nearly only simply
certainly probably perhaps hopefully kindly gladly reluctantly unanimously annually monthly verbally""".split()

_HEADS = """ash oak elm thorn hazel alder beech birch holly rowan maple willow fern heather bramble moss reed rush wheat barley
rye oat clover hay corn stone flint chalk clay sand marsh moor fen heath down wold dale combe cliff crag ridge brook
burn beck ford mere pool spring well mill forge kiln wharf lock weir dam church priory abbey kirk minster chapel cross
king queen bishop earl knight squire abbot monk friar hunter fisher shepherd carter cooper tanner weaver fuller
north south east west upper nether middle little great long broad high low old new cold warm fair black white green
red grey golden silver iron copper tin lead swan crane heron raven rook finch wren lark hart stag roe fox brock
otter wolf boar bull ox cow ram lamb goat hare badger hawk eagle kite dove""".split()

_TAILS = """ton ham ley ford bury wick field worth combe stead hurst wood den well bourne brook bridge gate land croft
thorpe by dale holme cote shaw mere mouth port minster church stone hill mount head end ing more low ridge side
bank water lake court hall man son smith""".split()

_BEFORE = "re un over under pre non mis out sub inter co counter semi multi anti post mid".split()
_AFTER = "ness less like wise able ful ish er".split()


def plural(word: str) -> str:
    """The plural of a regular noun."""
    if word.endswith(("s", "x", "sh", "ch")):
        return word + "es"
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


def past(word: str) -> str:
    """The past of a verb, treated as a regular one."""
    irregular = {
        "send": "sent", "write": "wrote", "meet": "met", "pay": "paid", "spend": "spent", "lend": "lent",
        "build": "built", "break": "broke", "steal": "stole", "cut": "cut", "sweep": "swept", "hear": "heard",
        "mow": "mowed", "begin": "began", "fit": "fitted", "plan": "planned", "trim": "trimmed", "grit": "gritted",
        "permit": "permitted", "submit": "submitted", "defer": "deferred", "transfer": "transferred",
        "refer": "referred", "inter": "interred", "map": "mapped", "scan": "scanned", "chat": "chatted",
    }  # fmt: skip
    if word in irregular:
        return irregular[word]
    if word.endswith("e"):
        return word + "d"
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ied"
    return word + "ed"


def going(word: str) -> str:
    """The participle of a verb."""
    return word[:-1] + "ing" if word.endswith("e") else word + "ing"


def names() -> list[str]:
    """Surnames, which are names of places too."""
    return [(head + tail).capitalize() for tail in _TAILS for head in _HEADS if not head.endswith(tail[:2])]


def common() -> dict[str, list[str]]:
    """The words of each class, the most usual first, by the letter that `letters` asks for them with."""
    nouns, verbs = _once(NOUNS), _once(VERBS)
    compounds = [head + tail for tail in nouns[:90] if len(tail) < 7 for head in _HEADS]
    more_verbs = [before + verb for before in _BEFORE[:6] for verb in verbs]
    derived = [noun + after for after in _AFTER[:4] for noun in nouns]
    adjectives = _once(ADJECTIVES)
    opposite = [before + each for before in _BEFORE for each in adjectives]
    return {
        "n": [*nouns, *compounds, *derived],
        "s": [plural(each) for each in (*nouns, *compounds)],
        "v": [*verbs, *more_verbs],
        "d": [past(each) for each in (*verbs, *more_verbs)],
        "g": [going(each) for each in (*verbs, *more_verbs)],
        "a": [*adjectives, *opposite],
        "r": _once(ADVERBS) + [each + "ly" for each in adjectives],
    }


def stream(random: Random, words: Sequence[str], exponent: float = _EXPONENT) -> Draw:
    """Words drawn one by one, the first of them most often."""
    weights = list(accumulate((rank + _SHIFT) ** -exponent for rank in range(1, len(words) + 1)))
    waiting: list[str] = []

    def draw() -> str:
        if not waiting:
            waiting.extend(random.choices(words, cum_weights=weights, k=_AT_ONCE))
        return waiting.pop()

    return draw


def _once(words: list[str]) -> list[str]:
    return list(dict.fromkeys(words))
