"""Answering: a survey's file, or a school's own list, brings answers; each line finds its pupil or says why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Final

from tablet_loans.domain import need as need_rules
from tablet_loans.domain.act import Action, LedgerId, Subject
from tablet_loans.domain.errors import Refusal
from tablet_loans.domain.likeness import Identity, identity, is_same_name
from tablet_loans.domain.need import MOST_OF_A_FILE, Answer, Heard, Told
from tablet_loans.domain.need import Source as ToldBy
from tablet_loans.domain.problem import ImportReport, Problem
from tablet_loans.domain.recognition import KnownPupil
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.school_return import SEVERAL_ANSWERS
from tablet_loans.domain.survey import ListedAnswer
from tablet_loans.services.asking import TOPICS, asking_campaign
from tablet_loans.services.importers import answers as answer_tables
from tablet_loans.services.importing import Meter, Source, opened, split, unwritten
from tablet_loans.services.locating import known_school
from tablet_loans.services.session import Progress, Receipt, Session, settled
from tablet_loans.storage import needs, rolls, surveys
from tablet_loans.storage.campaigns import FoundCampaign
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.text import N_

_UNKNOWN_INE: Final = N_("No pupil has the INE {ine}.")
_OTHER_NAMES: Final = N_("The INE {ine} is that of another pupil than the one named here; the line is not taken.")
_NO_SCHOOL: Final = N_("The line has no INE and says no school: name the school by its UAI.")
_UNKNOWN_SCHOOL: Final = N_("No school bears the UAI {school}.")
_ANOTHER_SCHOOL: Final = N_("The line is of another school: {school}.")
_NOBODY: Final = N_("Nobody of this school bears these names.")
_SEVERAL: Final = N_("Several pupils bear these names: an INE, a birth date or a class must say which.")


@dataclass(frozen=True, slots=True)
class _Given:
    """An answer whose pupil is found; `is_dated` says that the line itself said when.

    One that the same file brought before, by an act that stands, `is_known`.
    """

    line: int
    pupil_id: int
    answer: Answer
    told: Told
    is_dated: bool
    is_known: bool = False


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

    A line without a date was asked today; it changes nothing when it says what counts already, and a file that was
    taken before, and not undone, tells nothing new of the same pupils. All or none: a file is one act. Only one of
    more than `MOST_OF_A_FILE` answers is several, the first of which can be cancelled and the last of which is the
    receipt's; were it stopped between two, the same file brings in the rest.

    Raises: NotPermitted, UnknownCampaign, NoOpenCampaign, SeveralOpenCampaigns, CampaignNotOpen, NeedsClosed,
    InvalidUai, UnknownSchool, FileMissing, FileUnreadable, WrongFile, FileTooLarge, MissingColumns, UnknownField,
    BaseTrouble, Cancelled.
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
        matched, unmatched = _matched(session, running, listed, only)
        agreed, repeated, contradicted = _agreed(matched)
        given = _known_or_not(session, running, source, agreed)
        fates = _foreseen(session, running, given)
    every = [*problems, *unmatched, *contradicted]
    if is_dry_run or all(fate is Heard.SAME for fate in fates):
        return unwritten(_report(lines, fates, repeated, every))
    done = _written(session, running.name, source, given, meter)
    return Receipt(_report(lines, done.value, repeated, every), done.ledger_id, done.topics)


def _report(lines: int, fates: Sequence[Heard], repeated: int, problems: Sequence[Problem]) -> ImportReport:
    first, changed = fates.count(Heard.FIRST), fates.count(Heard.CHANGED)
    by_line = tuple(sorted(problems, key=lambda problem: problem.line))
    return ImportReport(lines, first, changed, len(fates) + repeated - first - changed, 0, by_line)


def _written(
    session: Session, campaign: str, source: Source, given: Sequence[_Given], meter: Meter
) -> Receipt[list[Heard]]:
    """Keep the answers, all of a school's file at once, and return what became of each. Raises: Cancelled."""
    last, fates = Receipt(list[Heard](), LedgerId(""), frozenset()), list[Heard]()
    meter.progress.step(meter.done, meter.total)
    for start in range(0, len(given), MOST_OF_A_FILE):
        session.base.precedence.let_pass()
        receipt = _kept(session, campaign, source, given[start : start + MOST_OF_A_FILE])
        fates += receipt.value
        last = receipt if receipt.ledger_id else last
        meter.progress.report(min(meter.done + len(fates), meter.total), meter.total)
    meter.finish()
    return Receipt(fates, last.ledger_id, last.topics)


@settled
def _kept(session: Session, campaign: str, source: Source, given: Sequence[_Given]) -> Receipt[list[Heard]]:
    """Keep answers as one act, none when they say nothing new; what is known by then is told apart within it."""
    with session.transaction() as act:
        running = asking_campaign(session, campaign)
        now = _as_counting(session, running, _known_or_not(session, running, source, given))
        new = [each for each in now if not each.is_known]
        heard = needs.replace_many(
            session.base, act, running.id, [(each.pupil_id, each.answer, each.told) for each in new]
        )
        remaining = iter(heard)
        fates = [Heard.SAME if each.is_known else next(remaining) for each in now]
        about = {each.pupil_id for each, fate in zip(now, fates, strict=True) if fate is not Heard.SAME}
        if not about:
            return Receipt(fates, LedgerId(""), frozenset())
        return act(
            Action.ANSWERED,
            fates,
            topics=TOPICS,
            about=[(Subject.PUPIL, pupil) for pupil in sorted(about)],
            campaign=running.id,
            source=ToldBy.SURVEY.value,
            file=source.path.name,
            sha256=source.sha256,
            answers=len(about),
            known=sorted({each.pupil_id for each in now} - about),
        )


def _known_or_not(session: Session, running: FoundCampaign, source: Source, given: Sequence[_Given]) -> list[_Given]:
    """Return the answers, those marked that the same bytes brought before."""
    told = surveys.told_already(session.base, running.id, source.sha256, {each.pupil_id for each in given})
    return [replace(each, is_known=each.pupil_id in told) for each in given]


def _as_counting(session: Session, running: FoundCampaign, given: Sequence[_Given]) -> list[_Given]:
    """Return the answers, each without a date that says what counts dated as that is: it tells nothing new."""
    counts = needs.current(session.base, running.id, [each.pupil_id for each in given])
    return [
        replace(each, told=replace(each.told, asked_on=counts[each.pupil_id].told.asked_on))
        if not each.is_dated and each.pupil_id in counts and counts[each.pupil_id].answer == each.answer
        else each
        for each in given
    ]


def _foreseen(session: Session, running: FoundCampaign, given: Sequence[_Given]) -> list[Heard]:
    """Return what becomes of the answers, one after the other."""
    now = _as_counting(session, running, given)
    new = [(each.pupil_id, each.answer, each.told) for each in now if not each.is_known]
    fates = iter(needs.foreseen(session.base, running.id, new))
    return [Heard.SAME if each.is_known else next(fates) for each in now]


def _agreed(given: Sequence[_Given]) -> tuple[list[_Given], int, list[Problem]]:
    """Return the answers by pupil and day, how many lines only repeat one, and those that contradict each other.

    Two lines of a pupil that say when, on two days, are two answers of which the later counts; without a day, or on
    one, different answers leave nobody sure.
    """
    by_pupil: dict[int, list[_Given]] = {}
    for each in given:
        by_pupil.setdefault(each.pupil_id, []).append(each)
    agreed, problems = list[_Given](), list[Problem]()
    for lines in by_pupil.values():
        by_day = _by_day(lines)
        if any(len({each.answer for each in same}) > 1 for same in by_day):
            problems += [Problem(each.line, SEVERAL_ANSWERS) for each in lines]
        else:
            agreed += [same[0] for same in by_day]
    return agreed, len(given) - len(agreed) - len(problems), problems


def _by_day(lines: Sequence[_Given]) -> list[list[_Given]]:
    """Return a pupil's lines by day, in order; all together when one does not say when, those that do first."""
    in_order = sorted(lines, key=lambda each: (each.is_dated, each.told.asked_on), reverse=True)
    if not in_order[-1].is_dated:
        return [in_order]
    return [list(same) for _, same in groupby(reversed(in_order), key=lambda each: each.told.asked_on)]


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
        if (here := known[who.id]).school != (only or here.school):
            problems.append(Problem(each.line, _ANOTHER_SCHOOL, {"school": here.school}))
            continue
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
