"""Agreements for tests: what one says, its usual wording, and the PDF it is written into."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from tablet_loans.domain.agreement import AgreementFacts, Home
from tablet_loans.domain.campaign import NO_WORDING, Wording
from tablet_loans.domain.wording import AgreementWords, Worded, digest_of
from tablet_loans.services import wording
from tablet_loans.services.documents.agreement import about, write_agreements

AT = datetime(2020, 4, 1, 8, 30, tzinfo=UTC)
HOME = Home(("Mme ŒUVRARD Anne",), "12 rue des Lilas, 69100 Villeurbanne")
FACTS = AgreementFacts(
    number="20-K3-0042",
    authority="Métropole de Lyon",
    campaign="Continuité 2020",
    school="Collège Les Iris",
    school_uai="0690142E",
    commune="Villeurbanne",
    pupil_family_name="Œuvrard",
    pupil_given_name="Zoé",
    class_name="5e B",
    kind="tablet",
    maker="Samsung",
    model="Galaxy Tab A8",
    tag="ML-000123-K",
    serial="R52M1234567",
    kit=("Chargeur", "Câble USB-C", "Housse"),
    lent_on=date(2020, 4, 1),
    due_on=date(2020, 7, 3),
    value_cents=17059,
    condition="good",
    place="Lyon",
    homes=(HOME,),
)


def words_in(language: str = "fr", version: int = 1) -> AgreementWords:
    """Return the usual wording in a language."""
    clauses = wording.usual(language)
    return AgreementWords(language, version, clauses, digest_of(clauses))


def write(
    out: Path,
    *facts: AgreementFacts,
    texts: tuple[AgreementWords, ...] | None = None,
    said: Wording = NO_WORDING,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> int:
    """Write the agreements of these loans in their usual wording, and return how many pages."""
    texts = texts or (words_in(),)
    agreements = [Worded(each.number, each, texts, said) for each in facts]
    told = about(len(facts), facts[0].number, facts[0].authority, AT, texts[0].language)
    return write_agreements(agreements, out, total=len(facts), about=told, progress=progress)
