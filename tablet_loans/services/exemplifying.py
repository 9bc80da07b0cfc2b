"""Exemplifying: the agreement of an invented pupil, to see what clauses look like before they are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tablet_loans.domain.agreement import AgreementFacts, Carer, homes, who_signs
from tablet_loans.domain.campaign import Terms
from tablet_loans.domain.clause import Clause, why_not_clause
from tablet_loans.domain.device import Condition, DeviceKind
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.wording import AgreementWords, Room, Worded, digest_of
from tablet_loans.services import lending
from tablet_loans.services.session import Session
from tablet_loans.storage import campaigns
from tablet_loans.storage.campaigns import FoundCampaign
from tablet_loans.storage.database import troubles_spoken

NUMBER: Final = "00-EX-0000"
_CARER: Final = Carer("EXEMPLE Camille", "123 rue de l’Exemple, 69000 Exempleville")
_KIT: Final = ("Chargeur", "Câble USB-C", "Housse")
_TWO: Final = "2"


@dataclass(frozen=True, slots=True)
class Exemplified:
    """An agreement written for nobody: its file, and how its clauses lie on its pages."""

    file: Path
    room: Room


def exemplify(
    session: Session, campaign: str | None, clauses: Sequence[Clause], *, language: str, version: int, out: Path
) -> Exemplified:
    """Write the agreement of an invented pupil with these clauses into the PDF `out`; nothing else is kept.

    Its school has a long name, so that what fits here fits elsewhere. Raises: NotPermitted, UnknownCampaign,
    EmptyClause, BadTitle, BrokenClause, UnknownField, FontLacks, FileTrouble, BaseTrouble.
    """
    from tablet_loans.services.documents.agreement import about, room_of, write_agreements  # 150 ms, in its own time

    session.require(Permission.PRINT_AGREEMENTS)
    for clause in clauses:
        if refusal := why_not_clause(clause):
            raise refusal
    with troubles_spoken(session.base):
        running = lending.chosen_campaign(session, campaign)
        terms = campaigns.terms(session.base, running).terms
    words = AgreementWords(language, version, tuple(clauses), digest_of(clauses))
    facts = _facts(session, running, terms)
    agreement = Worded(NUMBER, facts, (words,), terms.wording)
    told = about(1, NUMBER, facts.authority, session.now(), language)
    write_agreements([agreement], out, total=1, about=told)
    return Exemplified(out, room_of(agreement, words))


def _facts(session: Session, running: FoundCampaign, terms: Terms) -> AgreementFacts:
    are_two_asked = terms.wording.signatures == _TWO
    return AgreementFacts(
        number=NUMBER,
        authority=terms.wording.authority or session.settings.authority,
        campaign=running.name,
        school="Collège intercommunal Exemple-de-la-Rivière",
        school_uai="",
        commune="Exemple-sur-Rivière",
        pupil_family_name="EXEMPLE",
        pupil_given_name="Camille",
        class_name="5e B",
        kind=DeviceKind.TABLET,
        maker="Exemple",
        model="Tablette 10 pouces",
        tag="ML-000000-0",
        serial="EXEMPLE0000",
        kit=terms.kit or _KIT,
        lent_on=session.today(),
        due_on=terms.due_on,
        value_cents=24_900,
        condition=Condition.GOOD,
        place=terms.wording.place,
        homes=homes([_CARER]),
        signing=who_signs([_CARER], birth_date=None, on=session.today(), are_two_asked=are_two_asked),
    )
