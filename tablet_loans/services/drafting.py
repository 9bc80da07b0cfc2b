"""Drafting: what agreements say, read from the base block after block as they are printed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, cast

from tablet_loans.domain.agreement import AgreementFacts, AgreementState, Carer, Home, Signing, homes, who_signs
from tablet_loans.domain.barcode import sheet_code
from tablet_loans.domain.campaign import Terms, Wording, lent_kit
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.sheet import SheetFacts, SheetOffer
from tablet_loans.domain.wording import FRENCH, AgreementWords, Worded
from tablet_loans.services import wording
from tablet_loans.services.session import Session
from tablet_loans.storage import agreements, campaigns, sheets, wordings
from tablet_loans.storage.agreements import LentFacts
from tablet_loans.storage.campaigns import FoundCampaign
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.fields import as_date

_BLOCK: Final = 200
_TWO: Final = "2"


@dataclass(frozen=True, slots=True)
class How:
    """In which languages agreements are printed, and whether those printed before take the newest wording."""

    languages: tuple[str, ...] = (FRENCH,)
    is_reworded: bool = False


@dataclass(slots=True)
class Drafts:
    """The agreements of loans, as they are read; `printed` tells the wording of each, by loan number."""

    session: Session
    how: How
    printed: dict[str, AgreementWords] = field(default_factory=dict)
    _terms: dict[int, Terms] = field(default_factory=dict)
    _newest: dict[tuple[int, str], AgreementWords] = field(default_factory=dict)

    def of_loans(self, ids: Sequence[int]) -> Iterator[Worded]:
        """Yield what the agreements of these loans say, in the order given. Raises: ClauseMissing, BaseTrouble."""
        base = self.session.base
        for start in range(0, len(ids), _BLOCK):
            with troubles_spoken(base):
                block = agreements.said_of(base, ids[start : start + _BLOCK])
                carers = agreements.carers_of(base, [each.pupil_id for each in block])
                kept = wordings.with_ids(base, {each.wording for each in block if each.wording is not None})
                texts = [self._texts(each, kept) for each in block]
                terms = [self._held_to(each.campaign_id) for each in block]
            for lent, words, held in zip(block, texts, terms, strict=True):
                self.printed[lent.number] = words[0]
                facts = _facts(self.session, lent, held, carers.get(lent.pupil_id, []))
                yield Worded(lent.number, facts, words, held.wording)

    def newest(self, campaign_id: int) -> tuple[AgreementWords, ...]:
        """Return the newest wording in each language asked."""
        return tuple(self._in(campaign_id, language) for language in self.how.languages)

    def _texts(self, lent: LentFacts, kept: Mapping[int, AgreementWords]) -> tuple[AgreementWords, ...]:
        """Return the wordings of an agreement: the one it was printed with stays, unless it is reworded unsigned."""
        before = None if lent.wording is None else kept.get(lent.wording)
        is_signed = lent.state == AgreementState.SIGNED
        if before is None or (self.how.is_reworded and not is_signed):
            return self.newest(lent.campaign_id)
        return tuple(
            before if language == before.language else self._in(lent.campaign_id, language)
            for language in self.how.languages
        )

    def _in(self, campaign_id: int, language: str) -> AgreementWords:
        if (campaign_id, language) not in self._newest:
            self._newest[campaign_id, language] = wording.to_print(self.session, campaign_id, language)
        return self._newest[campaign_id, language]

    def _held_to(self, campaign_id: int) -> Terms:
        if campaign_id not in self._terms:
            found = campaigns.with_id(self.session.base, campaign_id)
            self._terms[campaign_id] = campaigns.terms(self.session.base, cast(FoundCampaign, found)).terms
        return self._terms[campaign_id]


def offer(session: Session, running: FoundCampaign, how: How) -> SheetOffer:
    """Return what a campaign's agreements printed beforehand say alike. Raises: ClauseMissing, BaseTrouble."""
    with troubles_spoken(session.base):
        held = campaigns.terms(session.base, running).terms
        texts = Drafts(session, how).newest(running.id)
    return SheetOffer(_authority(session, held.wording), running.name, running.due_on, texts, held.wording, held.kit)


def of_pupils(session: Session, running: FoundCampaign, ids: Sequence[int]) -> Iterator[SheetFacts]:
    """Yield what these pupils' sheets say, read block after block. Raises: BaseTrouble."""
    for start in range(0, len(ids), _BLOCK):
        with troubles_spoken(session.base):
            block = sheets.said_of(session.base, ids[start : start + _BLOCK])
            carers = agreements.carers_of(session.base, [each.id for each in block])
            held = campaigns.terms(session.base, running).terms.wording
        for pupil in block:
            known = carers.get(pupil.id, [])
            signing, for_whom = _signing(known, as_date(pupil.birth_date), session.today(), held)
            yield SheetFacts(
                pupil_id=pupil.id,
                code=sheet_code(PupilId(pupil.id), running.id),
                school=pupil.school,
                school_uai=pupil.uai,
                commune=pupil.commune,
                family_name=pupil.usage_name or pupil.family_name,
                given_name=pupil.given_name,
                class_name=pupil.class_name,
                homes=for_whom,
                signing=signing,
            )


def _facts(session: Session, lent: LentFacts, held: Terms, carers: Sequence[Carer]) -> AgreementFacts:
    signing, for_whom = _signing(carers, as_date(lent.birth_date), lent.lent_on, held.wording)
    return AgreementFacts(
        number=lent.number,
        authority=_authority(session, held.wording),
        campaign=lent.campaign,
        school=lent.school,
        school_uai=lent.uai,
        commune=lent.commune,
        pupil_family_name=lent.usage_name or lent.family_name,
        pupil_given_name=lent.given_name,
        class_name=lent.class_name,
        kind=lent.kind,
        maker=lent.maker,
        model=lent.model,
        tag=lent.tag,
        serial=lent.serial or "",
        kit=lent_kit(held.kit, lent.kit),
        lent_on=lent.lent_on,
        due_on=lent.due_on,
        value_cents=lent.price_cents,
        condition=lent.condition,
        place=held.wording.place,
        homes=for_whom,
        signing=signing,
    )


def _signing(
    carers: Sequence[Carer], birth_date: date | None, on: date, held: Wording
) -> tuple[Signing, tuple[Home, ...]]:
    """Return who signs, and for which homes copies are: an adult pupil's only one names no guardian."""
    signing = who_signs(carers, birth_date=birth_date, on=on, are_two_asked=held.signatures == _TWO)
    return signing, homes(()) if signing is Signing.PUPIL else homes(carers)


def _authority(session: Session, held: Wording) -> str:
    return held.authority or session.settings.authority
