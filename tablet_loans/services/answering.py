"""Answering: a survey's file, or a school's own list, brings answers; each line finds its pupil or says why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tablet_loans.domain import need as need_rules
from tablet_loans.domain.act import Action, LedgerId, Subject
from tablet_loans.domain.errors import Refusal
from tablet_loans.domain.likeness import Identity, identity, is_same_name
from tablet_loans.domain.need import Answer, Heard, Told
from tablet_loans.domain.need import Source as ToldBy
from tablet_loans.domain.problem import ImportReport, Problem
from tablet_loans.domain.recognition import KnownPupil
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.survey import ListedAnswer
from tablet_loans.services.asking import TOPICS, asking_campaign
from tablet_loans.services.importers import answers as answer_tables
from tablet_loans.services.importing import Meter, Source, opened, split
from tablet_loans.services.locating import known_school
from tablet_loans.services.session import Progress, Receipt, Session, settled
from tablet_loans.storage import needs, rolls
from tablet_loans.storage.campaigns import FoundCampaign
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.text import N_

_AT_ONCE: Final = 200
_UNKNOWN_INE: Final = N_("No pupil has the INE {ine}.")
_OTHER_NAMES: Final = N_("The INE {ine} is that of another pupil than the one named here; the line is not taken.")
_NO_SCHOOL: Final = N_("The line has no INE and says no school: name the school by its UAI.")
_UNKNOWN_SCHOOL: Final = N_("No school bears the UAI {school}.")
_ANOTHER_SCHOOL: Final = N_("The line is of another school: {school}.")
_NOBODY: Final = N_("Nobody of this school bears these names.")
_SEVERAL: Final = N_("Several pupils bear these names: an INE, a birth date or a class must say which.")


@dataclass(frozen=True, slots=True)
class _Given:
    """An answer whose pupil is found; `is_dated` says that the line itself said when."""

    line: int
    pupil_id: int
    answer: Answer
    told: Told
    is_dated: bool


@dataclass(slots=True)
class _Rolls:
    """The pupils whom lines may name: those with their INEs, and those of the schools that they say."""

    only: str | None
    by_ine: Mapping[str, KnownPupil]
    schools: Mapping[str, int]
    of_school: dict[int, list[tuple[Identity, KnownPupil]]] = field(default_factory=dict)


def import_answers(
    session: Session,
    path: Path,
    *,
    campaign: str | None = None,
    school: str | None = None,
    mapping: Mapping[str, str] | None = None,
    is_dry_run: bool = False,
    progress: Progress | None = None,
) -> Receipt[ImportReport]:
    """Bring in the answers of a file and say what became of each line; a pupil is known by INE, else in the school.

    A line without a date was asked today; it changes nothing when it says what counts already. Answers are kept some
    hundreds an act; the receipt is that of the last one. Raises: NotPermitted, UnknownCampaign, NoOpenCampaign,
    SeveralOpenCampaigns, CampaignNotOpen, NeedsClosed, InvalidUai, UnknownSchool, FileMissing, FileUnreadable,
    WrongFile, FileTooLarge, MissingColumns, UnknownField, BaseTrouble, Cancelled.
    """
    session.require(Permission.ASK)
    source = opened("answers", path)
    with troubles_spoken(session.base):
        running = asking_campaign(session, campaign)
        only = None if school is None else known_school(session, school).uai
    table = answer_tables.read(path, mapping)
    meter = Meter(progress or Progress(), table.size)
    listed, problems, lines = split(table.lines, meter)
    with session.base.reading():
        given, unmatched = _matched(session, running, listed, only)
        fates = _foreseen(session, running, given)
    report = _report(lines, fates, [*problems, *unmatched])
    if is_dry_run:
        return Receipt(report, LedgerId(""), frozenset())
    news = [each for each, fate in zip(given, fates, strict=True) if fate is not Heard.SAME]
    last = _written(session, running.name, source, news, meter)
    return Receipt(report, last.ledger_id, last.topics)


def _report(lines: int, fates: Sequence[Heard], problems: Sequence[Problem]) -> ImportReport:
    first, changed = fates.count(Heard.FIRST), fates.count(Heard.CHANGED)
    by_line = tuple(sorted(problems, key=lambda problem: problem.line))
    return ImportReport(lines, first, changed, len(fates) - first - changed, 0, by_line)


def _written(session: Session, campaign: str, source: Source, given: Sequence[_Given], meter: Meter) -> Receipt[None]:
    receipt = Receipt(None, LedgerId(""), frozenset())
    for start in range(0, len(given), _AT_ONCE):
        meter.progress.step(min(meter.done + start, meter.total), meter.total)
        session.base.precedence.let_pass()
        receipt = _kept(session, campaign, source, given[start : start + _AT_ONCE])
    meter.finish()
    return receipt


@settled
def _kept(session: Session, campaign: str, source: Source, given: Sequence[_Given]) -> Receipt[None]:
    with session.transaction() as act:
        running = asking_campaign(session, campaign)
        answers = [(each.pupil_id, each.answer, each.told) for each in given]
        needs.replace_many(session.base, act, running.id, answers)
        return act(
            Action.ANSWERED,
            None,
            topics=TOPICS,
            about=[(Subject.PUPIL, each.pupil_id) for each in given],
            campaign=running.id,
            source=ToldBy.SURVEY.value,
            file=source.path.name,
            sha256=source.sha256,
            answers=len(given),
        )


def _foreseen(session: Session, running: FoundCampaign, given: Sequence[_Given]) -> list[Heard]:
    """Return what becomes of the answers, one after the other; one without a date that is known says nothing new."""
    counts = {
        pupil_id: (kept.answer, kept.told)
        for pupil_id, kept in needs.current(session.base, running.id, [each.pupil_id for each in given]).items()
    }
    fates = []
    for each in given:
        before = counts.get(each.pupil_id)
        is_known = before is not None and before[0] == each.answer and not each.is_dated
        fate = Heard.SAME if is_known else need_rules.heard(before, each.answer, each.told)
        if fate in (Heard.FIRST, Heard.CHANGED):
            counts[each.pupil_id] = each.answer, each.told
        fates.append(fate)
    return fates


def _matched(
    session: Session, running: FoundCampaign, listed: Sequence[ListedAnswer], only: str | None
) -> tuple[list[_Given], list[Problem]]:
    """Return the answers whose pupils are found and may be asked, and why the others are not taken."""
    found, today = _rolls(session, listed, only), session.today()
    met = [(each, _pupil(found, each)) for each in listed]
    known = needs.askable(session.base, running.id, [who.id for _, who in met if isinstance(who, KnownPupil)])
    given, problems = [], list[Problem]()
    for each, who in met:
        if isinstance(who, Problem):
            problems.append(who)
            continue
        here = known[who.id]
        told = Told(each.asked_on or today, each.answered_by, ToldBy.SURVEY)
        refusal = need_rules.why_not_answer(
            left_on=here.left_on, school=here.school, takes_part=here.takes_part, today=today
        ) or need_rules.why_not_told(told, today)
        if refusal:
            problems.append(_refused(each, refusal))
        else:
            answer = Answer(each.equipment, each.is_cellular, each.is_priority)
            given.append(_Given(each.line, who.id, answer, told, each.asked_on is not None))
    return given, problems


def _refused(listed: ListedAnswer, refusal: Refusal) -> Problem:
    return Problem(listed.line, refusal.sentence, refusal.facts)


def _rolls(session: Session, listed: Sequence[ListedAnswer], only: str | None) -> _Rolls:
    """Return the pupils whom the lines may name, in a few queries."""
    base = session.base
    holders = rolls.holders(base, {each.ine for each in listed if each.ine})
    by_id = {pupil.id: pupil for pupil in rolls.pupils_with_ids(base, set(holders.values()))}
    by_ine = {ine: by_id[pupil_id] for ine, pupil_id in holders.items()}
    uais = {each.school or only or "" for each in listed if each.ine not in by_ine}
    found = _Rolls(only, by_ine, rolls.school_ids(base, uais - {""}))
    for school_id in found.schools.values():
        found.of_school[school_id] = [
            (identity(pupil.family_name, pupil.usage_name, pupil.given_name, pupil.birth_date), pupil)
            for pupil in rolls.pupils_of(base, school_id)
        ]
    return found


def _pupil(found: _Rolls, listed: ListedAnswer) -> KnownPupil | Problem:
    """Return the pupil whom a line names, or why it is nobody sure."""
    if found.only is not None and listed.school not in ("", found.only):
        return Problem(listed.line, _ANOTHER_SCHOOL, {"school": listed.school})
    who = identity(listed.family_name, "", listed.given_name, listed.birth_date)
    is_named = bool(listed.family_name and listed.given_name)
    if listed.ine and (pupil := found.by_ine.get(listed.ine)) is not None:
        own = identity(pupil.family_name, pupil.usage_name, pupil.given_name, pupil.birth_date)
        is_other = is_named and not is_same_name(who, own)
        return Problem(listed.line, _OTHER_NAMES, {"ine": listed.ine}) if is_other else pupil
    if not is_named:
        return Problem(listed.line, _UNKNOWN_INE, {"ine": listed.ine})
    if not (uai := listed.school or found.only):
        return Problem(listed.line, _NO_SCHOOL)
    if uai not in found.schools:
        return Problem(listed.line, _UNKNOWN_SCHOOL, {"school": uai})
    alike = [pupil for own, pupil in found.of_school[found.schools[uai]] if is_same_name(who, own)]
    return _one_of(listed, alike)


def _one_of(listed: ListedAnswer, alike: Sequence[KnownPupil]) -> KnownPupil | Problem:
    """Return the only namesake whom nothing on the line tells apart: INE, birth date, class, and who is still there."""
    ours = [
        pupil
        for pupil in alike
        if (not listed.ine or pupil.ine in (None, listed.ine))
        and (not listed.birth_date or pupil.birth_date in (None, listed.birth_date))
    ]
    for is_nearer in (
        lambda pupil: pupil.left_on is None,
        lambda pupil: listed.birth_date is not None and pupil.birth_date == listed.birth_date,
        lambda pupil: listed.class_name and need_rules.is_same_class(pupil.class_name, listed.class_name),
    ):
        if len(ours) > 1 and (nearer := [pupil for pupil in ours if is_nearer(pupil)]):
            ours = nearer
    if len(ours) == 1:
        return ours[0]
    return Problem(listed.line, _SEVERAL if ours else _NOBODY)
