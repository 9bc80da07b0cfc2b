"""Asking: what families say they have at home, recorded one by one or class by class, listed, and closed in the end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Final, TypeVar

from tablet_loans.domain import need as need_rules
from tablet_loans.domain.act import Action, LedgerId, Subject
from tablet_loans.domain.barcode import pupil_card
from tablet_loans.domain.class_form import ClassForm, FormHead, FormPupil
from tablet_loans.domain.errors import UnknownPupil
from tablet_loans.domain.need import (
    Answer,
    ClosedNeeds,
    Coverage,
    Heard,
    NeedFilter,
    NeedRow,
    NeedsClosed,
    NobodyToAsk,
    SilentSchool,
    Told,
    TooManyAnswers,
)
from tablet_loans.domain.paging import Place
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.school import SchoolFilter, SchoolStanding
from tablet_loans.services import lending
from tablet_loans.services.exporters.chase_list import CHASE
from tablet_loans.services.importing import alone
from tablet_loans.services.locating import known_school
from tablet_loans.services.reporting import Export, exported
from tablet_loans.services.session import Progress, Receipt, Recorder, Session, Topic, settled
from tablet_loans.storage import answers as answers_shelf
from tablet_loans.storage import campaigns, guardians, ledger, needs, rolls, standings
from tablet_loans.storage.campaigns import FoundCampaign
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.text import N_, tr

Value = TypeVar("Value")

TOPICS: Final = {Topic.NEEDS}
_CLOSING_TOPICS: Final = {Topic.NEEDS, Topic.CAMPAIGNS, Topic.PUPILS}
_EVERY: Final = Place(0, 1_000_000)
_ERASED_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class PrintedForms:
    """What was printed: how many pupils of how many classes, on how many pages, in which file."""

    pupils: int
    classes: int
    pages: int
    file: str


@settled
def set_answer(
    session: Session, *, campaign: str | None = None, pupil: str, answer: Answer, told: Told
) -> Receipt[PupilId]:
    """Record what the pupil with this INE or id has at home; the later answer counts, an earlier one is kept too.

    An answer that is already here writes nothing. Raises: NotPermitted, UnknownPupil, UnknownCampaign,
    NoOpenCampaign, SeveralOpenCampaigns, CampaignNotOpen, NeedsClosed, AskedLater, PupilHasLeft, OtherSchool,
    BaseTrouble.
    """
    session.require(Permission.ASK)
    with session.transaction() as act:
        running = asking_campaign(session, campaign)
        pupil_id = lending.pupil_known_as(session, pupil)
        return _kept(session, act, running, [(pupil_id, answer)], told, lambda _: pupil_id)


@settled
def set_answers(
    session: Session, *, campaign: str | None = None, answers: Sequence[tuple[PupilId, Answer]], told: Told
) -> Receipt[int]:
    """Record many answers as one act, undone as one, and answer with how many now count.

    All or none: one that is refused refuses them all. Raises: NotPermitted, TooManyAnswers, UnknownPupil,
    UnknownCampaign, NoOpenCampaign, SeveralOpenCampaigns, CampaignNotOpen, NeedsClosed, AskedLater, PupilHasLeft,
    OtherSchool, BaseTrouble.
    """
    session.require(Permission.ASK)
    if len(answers) > need_rules.MOST_AT_ONCE:
        raise TooManyAnswers(count=len(answers), most=need_rules.MOST_AT_ONCE)
    with session.transaction() as act:
        return _kept(session, act, asking_campaign(session, campaign), answers, told, lambda counting: counting)


def asking_campaign(session: Session, name: str | None) -> FoundCampaign:
    """Return the campaign by that name, or the only open one, if it asks.

    Raises: UnknownCampaign, NoOpenCampaign, SeveralOpenCampaigns, CampaignNotOpen, NeedsClosed.
    """
    running = lending.chosen_campaign(session, name)
    is_closed = needs.closed_at(session.base, running.id) is not None
    if refusal := need_rules.why_not_ask(running.name, running.status, is_closed=is_closed):
        raise refusal
    return running


def _kept(
    session: Session,
    act: Recorder,
    running: FoundCampaign,
    answers: Sequence[tuple[PupilId, Answer]],
    told: Told,
    value_of: Callable[[int], Value],
) -> Receipt[Value]:
    """Keep answers; the receipt's value is made of how many now count."""
    if refusal := need_rules.why_not_told(told, session.today()):
        raise refusal
    must_be_askable(session, running, [pupil for pupil, _ in answers])
    heard = needs.replace_many(session.base, act, running.id, [(pupil, answer, told) for pupil, answer in answers])
    value = value_of(sum(fate in (Heard.FIRST, Heard.CHANGED) for fate in heard))
    about = [pupil for (pupil, _), fate in zip(answers, heard, strict=True) if fate is not Heard.SAME]
    if not about:
        return Receipt(value, LedgerId(""), frozenset())
    return act(
        Action.ANSWERED,
        value,
        topics=TOPICS,
        about=[(Subject.PUPIL, pupil) for pupil in about],
        campaign=running.id,
        source=told.source.value,
        asked_on=told.asked_on.isoformat(),
        answers=len(about),
    )


def must_be_askable(session: Session, running: FoundCampaign, pupils: Sequence[PupilId]) -> None:
    """Refuse pupils whose answers are not recorded. Raises: UnknownPupil, PupilHasLeft, OtherSchool."""
    known, today = needs.askable(session.base, running.id, pupils), session.today()
    for pupil in pupils:
        if (found := known.get(pupil)) is None:
            raise UnknownPupil(pupil=pupil)
        if refusal := need_rules.why_not_answer(
            left_on=found.left_on, school=found.school, takes_part=found.takes_part, today=today
        ):
            raise refusal


def count(session: Session, chosen: NeedFilter) -> int:
    """Return how many pupils on the roll the filter lets through. Raises: NotPermitted, UnknownCampaign."""
    session.require(Permission.READ_PUPILS)
    with troubles_spoken(session.base):
        running = lending.chosen_campaign(session, chosen.campaign)
        return answers_shelf.count(session.base, chosen, running.id, session.today())


def block(session: Session, chosen: NeedFilter, place: Place) -> list[NeedRow]:
    """Return one block of pupils on the roll with their answers, by school, class and name.

    Raises: NotPermitted, UnknownCampaign.
    """
    session.require(Permission.READ_PUPILS)
    with troubles_spoken(session.base):
        running = lending.chosen_campaign(session, chosen.campaign)
        return answers_shelf.block(session.base, chosen, running.id, session.today(), place)


def classes(session: Session, school: str) -> list[str]:
    """Return the classes of a school that have pupils on the roll. Raises: NotPermitted, InvalidUai, UnknownSchool."""
    session.require(Permission.READ_PUPILS)
    with troubles_spoken(session.base):
        return answers_shelf.classes(session.base, known_school(session, school).id, session.today())


def coverage(session: Session, campaign: str | None = None, school: str | None = None) -> list[Coverage]:
    """Return how many answered and what, by school, or by class of one school.

    Raises: NotPermitted, UnknownCampaign, NoOpenCampaign, SeveralOpenCampaigns, InvalidUai, UnknownSchool.
    """
    session.require(Permission.READ_PUPILS)
    with troubles_spoken(session.base):
        running, today = lending.chosen_campaign(session, campaign), session.today()
        if school is None:
            return standings.coverage_by_school(session.base, running.id, today)
        return standings.coverage_by_class(session.base, running.id, today, known_school(session, school).id)


def schools_standing(session: Session, chosen: SchoolFilter) -> list[SchoolStanding]:
    """Return how far the schools have come, by name; without a campaign, all of them and no answer.

    Raises: NotPermitted, UnknownCampaign.
    """
    session.require(Permission.READ_PUPILS)
    with troubles_spoken(session.base):
        running = None if chosen.campaign is None else lending.chosen_campaign(session, chosen.campaign)
        return standings.schools(session.base, chosen, None if running is None else running.id, session.today())


def export_chase(session: Session, campaign: str | None, out: Path) -> Export:
    """Write the schools whose answers are missing, with whom to write to, into a .csv or .xlsx file.

    Raises: NotPermitted, UnknownCampaign, NoOpenCampaign, SeveralOpenCampaigns, FileTrouble, DiskFull, BaseTrouble.
    """
    session.require(Permission.ASK)
    with session.base.reading():
        running, today = lending.chosen_campaign(session, campaign), session.today()
        silent = standings.schools(session.base, SchoolFilter(running.name, is_silent=True), running.id, today)
        classes_of = standings.silent_classes(session.base, running.id, today)
    rows = (
        SilentSchool(
            each.uai, each.name, each.email, each.commune, each.pupils, each.answered,
            tuple(classes_of.get(each.id, ())),
        )
        for each in silent
    )  # fmt: skip
    return exported(session, out, "chase", CHASE, rows, tr(N_("Schools to chase")))


def forgotten_by_closing(session: Session, campaign: str) -> ClosedNeeds:
    """Return how many guardians and phone numbers closing a campaign's needs now would forget.

    Raises: NotPermitted, UnknownCampaign, BaseTrouble.
    """
    session.require(Permission.CAMPAIGN)
    with troubles_spoken(session.base):
        return guardians.forgettable(session.base, lending.chosen_campaign(session, campaign).id)


def close_needs(session: Session, campaign: str) -> Receipt[ClosedNeeds]:
    """Close a campaign's needs for good, and forget the guardians and phone numbers of pupils without a need.

    There is no way back: what is forgotten only the schools' files know again, and what corrections by hand tell of
    such a number is erased. A closing that was stopped is finished by the next one.

    Raises: NotPermitted, UnknownCampaign, NeedsClosed, ImportUnderWay, BaseTrouble.
    """
    session.require(Permission.CAMPAIGN)
    with alone(session):
        closing, receipt = _closed(session, campaign)
        gone = guardians.forget(session.base, closing.id)
        erased = _erase_phones(session, closing)
    if receipt is None and gone == ClosedNeeds(0, 0) and not erased:
        raise NeedsClosed(campaign=closing.name)
    return Receipt(gone, receipt.ledger_id if receipt else LedgerId(""), frozenset(_CLOSING_TOPICS))


def _closed(session: Session, campaign: str) -> tuple[FoundCampaign, Receipt[None] | None]:
    """Close the needs unless they are, and return the campaign with the act."""
    with session.transaction() as act:
        found = lending.chosen_campaign(session, campaign)
        if needs.closed_at(session.base, found.id) is not None:
            return found, None
        act.change(Subject.CAMPAIGN, found.id, {"needs_closed_at": None}, {"needs_closed_at": act.at})
        return found, act(Action.NEEDS_CLOSED, None, topics=_CLOSING_TOPICS)


def _erase_phones(session: Session, closing: FoundCampaign) -> int:
    """Erase what corrections by hand tell of forgotten phone numbers, and return how many did.

    They are undone no more; an erasure line says which, as `checking.erase_facts` does, and the chains stay whole.
    """
    with troubles_spoken(session.base):
        tellers = guardians.phone_tellers(session.base, closing.id)
    for start in range(0, len(tellers), _ERASED_AT_ONCE):
        with session.transaction() as act:
            some = tellers[start : start + _ERASED_AT_ONCE]
            ledger.erase(session.base, some)
            act(Action.FACTS_ERASED, None, topics=set(), lines=some)
    return len(tellers)


def print_forms(
    session: Session,
    *,
    campaign: str | None = None,
    school: str,
    class_name: str | None = None,
    out: Path,
    progress: Progress | None = None,
) -> Receipt[PrintedForms]:
    """Write the forms of a school's classes, or of one, into a PDF: each pupil's card and the answers to scan.

    Raises: NotPermitted, UnknownCampaign, NoOpenCampaign, SeveralOpenCampaigns, CampaignNotOpen, NeedsClosed,
    InvalidUai, UnknownSchool, NobodyToAsk, FontLacks, FileTrouble, BaseTrouble, Cancelled.
    """
    from tablet_loans.services.documents.class_form import write_class_forms  # 150 ms that no window waits for

    session.require(Permission.ASK)
    with troubles_spoken(session.base):
        running = asking_campaign(session, campaign)
        located = known_school(session, school)
        chosen = NeedFilter(running.name, school=located.uai, class_name=class_name)
        pupils = answers_shelf.block(session.base, chosen, running.id, session.today(), _EVERY)
        place = rolls.schools_with(session.base, [located.uai])[located.uai]
        authority = campaigns.terms(session.base, running).terms.wording.authority or session.settings.authority
    if not pupils:
        raise NobodyToAsk()
    forms = _forms(pupils)
    head = FormHead(authority, running.name, place.name, place.uai, place.commune)
    step = (progress or Progress()).step
    pages = write_class_forms(head, forms, out, progress=step, written_at=session.now())
    printed = PrintedForms(len(pupils), len(forms), pages, str(out))
    with session.transaction() as act:
        return act(Action.EXPORTED, printed, topics=set(), what="class_forms", rows=len(pupils), file=out.name)


def _forms(pupils: Sequence[NeedRow]) -> list[ClassForm]:
    return [
        ClassForm(name, tuple(FormPupil(each.pupil_id, pupil_card(each.pupil_id), each.name) for each in of_class))
        for name, of_class in groupby(pupils, key=attrgetter("class_name"))
    ]
