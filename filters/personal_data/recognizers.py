"""The engine's recognisers: an explicit set for the United Kingdom, none of which looks anything up anywhere.

The library's own registry is made for other countries, its e-mail recogniser asks the network for a list of top-level
domains, and its patterns take capital and small letters for the same (a number plate is then any "so12 and"). So its
classes are used for their checksums alone, each with a pattern of ours. Importing this takes a second of processor
time: only `filters.personal_data.engine` does.
"""

from __future__ import annotations

import phonenumbers
from presidio_analyzer import (
    AnalyzerEngine,
    ContextAwareEnhancer,
    EntityRecognizer,
    Pattern,
    PatternRecognizer,
    RecognizerRegistry,
    RecognizerResult,
)
from presidio_analyzer.nlp_engine import (
    NerModelConfiguration,
    NlpArtifacts,
    NlpEngine,
    NoOpNlpEngine,
    SpacyNlpEngine,
)
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    EmailRecognizer,
    IbanRecognizer,
    IpRecognizer,
    MacAddressRecognizer,
    NhsRecognizer,
    SpacyRecognizer,
    UkDrivingLicenceRecognizer,
    UkNinoRecognizer,
    UkPostcodeRecognizer,
    UkVehicleRegistrationRecognizer,
)

from filters.personal_data import patterns
from filters.personal_data.items import Kind

LANGUAGE = "en"
_NONE = ["-"]
"""No words of context: what a pattern needs beside it stands in the pattern."""


class _AsTheyAre(ContextAwareEnhancer):
    """Scores as the recognisers give them; the library's own class copies every result to look for context."""

    def __init__(self) -> None:
        super().__init__(
            context_similarity_factor=0,
            min_score_with_context_similarity=0,
            context_prefix_count=0,
            context_suffix_count=0,
        )

    def enhance_using_context(
        self,
        text: str,
        raw_results: list[RecognizerResult],
        nlp_artifacts: NlpArtifacts,
        recognizers: list[EntityRecognizer],
        context: list[str] | None = None,
    ) -> list[RecognizerResult]:
        """See `ContextAwareEnhancer`."""
        return raw_results


class _Email(EmailRecognizer):
    """Without the list of top-level domains, which would be fetched."""

    def validate_result(self, pattern_text: str) -> bool | None:
        """Nothing is asked."""
        return None


class _Phone(PatternRecognizer):
    """A British number by our pattern, if numbers of its length can be had (`phonenumbers`).

    The library's own class goes over the text once for every region, and knows no number that is not assigned.
    """

    def validate_result(self, pattern_text: str) -> bool | None:
        """True where such a number is possible."""
        try:
            return phonenumbers.is_possible_number(phonenumbers.parse(pattern_text, "GB"))
        except phonenumbers.NumberParseException:
            return False


_CHECKED = (
    (UkNinoRecognizer, patterns.NINO, Kind.NINO),
    (NhsRecognizer, patterns.NHS, Kind.NHS),
    (UkDrivingLicenceRecognizer, patterns.LICENCE, Kind.LICENCE),
    (UkVehicleRegistrationRecognizer, patterns.VEHICLE, Kind.VEHICLE),
    (UkPostcodeRecognizer, patterns.POSTCODE, Kind.POSTCODE),
    (CreditCardRecognizer, patterns.CARD, Kind.CARD),
    (MacAddressRecognizer, patterns.MAC, Kind.MAC),
    (IpRecognizer, patterns.IP, Kind.IP),
    (_Email, patterns.EMAIL, Kind.EMAIL),
)


def analyzer(names_model: str) -> AnalyzerEngine:
    """The engine. `names_model` is a spaCy pipeline that is installed, for personal names; empty for none.

    Raises OSError where there is no such pipeline. Nothing is ever downloaded.
    """
    recognizers: list[EntityRecognizer] = [*_from_the_library(), IbanRecognizer(context=_NONE), *_own()]
    engine: NlpEngine = NoOpNlpEngine(models=[{"lang_code": LANGUAGE, "model_name": "none"}])
    if names_model:
        engine = _WithNames(names_model)
        recognizers.append(SpacyRecognizer(supported_entities=[Kind.NAME.value], context=_NONE))
    registry = RecognizerRegistry(recognizers=recognizers, supported_languages=[LANGUAGE])
    return AnalyzerEngine(
        registry=registry,
        nlp_engine=engine,
        supported_languages=[LANGUAGE],
        context_aware_enhancer=_AsTheyAre(),
    )


def _from_the_library() -> list[EntityRecognizer]:
    made: list[EntityRecognizer] = []
    for kind_of, pattern, kind in _CHECKED:
        each = kind_of(
            patterns=[Pattern(kind.value, pattern, 0.6)], context=_NONE, supported_entity=kind.value
        )
        each.global_regex_flags = 0
        made.append(each)
    return made


def _own() -> list[PatternRecognizer]:
    return [
        (_Phone if sought.kind is Kind.PHONE else PatternRecognizer)(
            supported_entity=sought.kind.value,
            name=f"{sought.kind} {number}",
            patterns=[Pattern(sought.kind.value, sought.pattern, sought.score)],
            context=_NONE,
            global_regex_flags=sought.flags,
        )
        for number, sought in enumerate(patterns.OWN)
    ]


class _WithNames(SpacyNlpEngine):
    """A spaCy pipeline that is there already; the library's own class would download one that is not."""

    def __init__(self, name: str) -> None:
        import spacy

        kept = NerModelConfiguration(labels_to_ignore=[], low_score_entity_names=[])
        super().__init__(models=[{"lang_code": LANGUAGE, "model_name": name}], ner_model_configuration=kept)
        self._loaded = {LANGUAGE: spacy.load(name)}

    def load(self) -> None:
        """See `NlpEngine`: it is there already."""
        self.nlp = self._loaded  # type: ignore[assignment]  # The library says None until it is loaded.
