"""The public report: what a campaign decides and by which rules, for anyone to read and check; it names no pupil."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Final

from tablet_loans.domain.mark import MarkKind
from tablet_loans.domain.masking import Counts, Mask, added, masks
from tablet_loans.domain.plan import PlanHead, PlanState, SchoolShare
from tablet_loans.domain.ranking import Criterion
from tablet_loans.domain.rule_change import RuleChange
from tablet_loans.domain.rules import Rules
from tablet_loans.text import N_, sort_key, tr, trn

_CRITERIA: Final[Mapping[Criterion, str]] = {
    Criterion.EQUIPMENT: N_("Equipment at home: first who has none, then who has a phone only, then who shares."),
    Criterion.PRIORITY: N_("Priority: first those for whom their school asks it, without saying why."),
    Criterion.EXAM_YEAR: N_(
        "Exam year: first the classes or levels that begin with {classes}, the nursery school apart."
    ),
    Criterion.HOUSEHOLD: N_("Home: the first device of a home before a second one."),
}
_LOT: Final = "SEED|pupil|NUMBER"
_ALWAYS: Final = (
    N_(
        "Schools in turn: the next pupil comes from the school with the largest n / (2k + 1), where n is its pupils"
        " in need in the whole campaign and k those of them equipped or ranked already (method of Sainte-Laguë): each"
        " school advances as its numbers do."
    ),
    N_("Within a school: the earlier request first."),
    N_("Then by lot, which nobody chooses and anyone can draw again: the smallest SHA-256 of “{lot}”."),
)
_SERVED: Final = (
    N_(
        "In the order of the ranks, each pupil receives a device that has what she or he needs, whenever one can be"
        " found without taking any from a pupil who comes before. Among such plans, the one is kept that gives away"
        " the fewest features nobody asked for, then moves the fewest devices."
    ),
    N_("A person may put a pupil before all others, or set one aside, and says why; each time is listed below."),
)
_CHECKS: Final = (
    N_("SHA-256 of the seed, fixed when the campaign was created: {hash}"),
    N_("Seed: {seed}"),
    N_("The seed is published once the needs are closed or a plan is applied; its hash proves that it did not change."),
    N_("SHA-256 of the dossier from which the plan was made: {digest}"),
    N_(
        "Whoever holds the dossier (needs without names, devices, rules, seed) can check it: its SHA-256 is the one"
        " above, and the program makes the same plan of it on any machine (“allocate --verify”). Each lot is the"
        " SHA-256 of “{lot}”, in which SEED is the seed and NUMBER the pupil's own in the program."
    ),
)


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """A school, a commune or all: how many are in need, how many of them equipped, and what of it is masked."""

    name: str
    counts: Counts
    mask: Mask


@dataclass(frozen=True, slots=True)
class CommuneCoverage:
    """A commune and its schools."""

    line: CoverageLine
    schools: tuple[CoverageLine, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Who is equipped before the plan and by it, commune after commune, with what is masked."""

    total: CoverageLine
    communes: tuple[CommuneCoverage, ...]

    @property
    def schools(self) -> int:
        """Return how many schools it tells."""
        return sum(len(each.schools) for each in self.communes)


@dataclass(frozen=True, slots=True)
class HandMade:
    """A pupil pinned or set aside by a person, without any name; the note is empty where it is not published."""

    kind: MarkKind
    at: datetime
    note: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What a public report says; `seed` is empty until it may be known, `plan` None where none is applied.

    It tells what was so at the moment `as_of`: when the plan was applied, else when the base last changed; the
    coverage is the plan's, or without one that of this moment.
    """

    authority: str
    campaign: str
    as_of: datetime
    starts_on: date | None
    due_on: date
    needs_until: date | None
    needs_closed_at: datetime | None
    seed_hash: str
    seed: str
    rules: Rules
    plan: PlanHead | None
    plans: tuple[PlanHead, ...]
    marks: tuple[HandMade, ...]
    changes: tuple[RuleChange, ...]
    coverage: Coverage | None


def coverage_of(shares: Sequence[SchoolShare]) -> Coverage:
    """Return a plan's coverage by commune and school, each in the order of names, with what is masked."""
    by_commune = groupby(sorted(shares, key=_place), key=lambda each: each.commune)
    groups = [(commune, list(schools)) for commune, schools in by_commune]
    counts = [[_counts(each) for each in schools] for _, schools in groups]
    masked = masks(counts)
    communes = tuple(
        CommuneCoverage(
            CoverageLine(commune, added(lines), mask),
            tuple(
                CoverageLine(f"{school.name} ({school.uai})", line, own)
                for school, line, own in zip(schools, lines, inner, strict=True)
            ),
        )
        for (commune, schools), lines, mask, inner in zip(groups, counts, masked.groups, masked.lines, strict=True)
    )
    total = added(each.line.counts for each in communes)
    return Coverage(CoverageLine("", total, masked.total), communes)


def _place(share: SchoolShare) -> tuple[str, str, str, str]:
    return sort_key(share.commune), share.commune, sort_key(share.name), share.uai


def _counts(share: SchoolShare) -> Counts:
    return Counts(share.equipped, share.served, max(0, share.in_need - share.equipped - share.served))


def published_seed(seed: str, needs_closed_at: datetime | None, plans: Iterable[PlanHead]) -> str:
    """Return the seed once the needs are closed or a plan was applied, and nothing before: nobody can use it then."""
    is_out = needs_closed_at is not None or any(each.applied_at is not None for each in plans)
    return seed if is_out else ""


def told_plan(plans: Sequence[PlanHead]) -> PlanHead | None:
    """Return the plan that a report tells: the last one applied that was not withdrawn since."""
    applied = [each for each in plans if each.state is PlanState.APPLIED]
    return max(applied, key=lambda each: (each.applied_at or each.made_at, each.id), default=None)


def withdrawn_since(plan: PlanHead, plans: Iterable[PlanHead]) -> list[PlanHead]:
    """Return the plans withdrawn since this one was made, which counts their promises among those made before."""
    return [
        each
        for each in plans
        if each.applied_at is not None and each.applied_at < plan.made_at
        if each.withdrawn_at is not None and each.withdrawn_at > plan.made_at
    ]


def order_told(rules: Rules) -> list[str]:
    """Return the rules that rank, in their order, in the language in use."""
    either = tr("or")
    classes = f" {either} ".join(tr("“{text}”").format(text=each) for each in rules.exam_classes)
    said = [tr(_CRITERIA[each]).format(classes=classes) for each in rules.criteria]
    return said + [tr(each).format(lot=_LOT) for each in _ALWAYS]


def bounds_told(rules: Rules) -> list[str]:
    """Return what bounds the rules and how devices are given, in the language in use."""
    return [_cap_told(rules.priority_cap_percent), *_reserves_told(rules), *map(tr, _SERVED)]


def _cap_told(percent: int) -> str:
    if percent >= 100:
        return tr("Priorities are not capped.")
    said = tr(
        "At most {percent} percent of a school's pupils in need count as a priority, those equipped already included:"
        " the earlier requests, then by lot. Those beyond keep their request, without the priority."
    )
    return said.format(percent=percent)


def _reserves_told(rules: Rules) -> list[str]:
    said = []
    if rules.reserve:
        text = trn("{count} device is held back for breakdowns.", "{count} devices are held back for breakdowns.",
                   rules.reserve)  # fmt: skip
        said.append(text.format(count=rules.reserve))
    if rules.school_reserves:
        count = sum(reserve for _, reserve in rules.school_reserves)
        text = tr("Besides, schools hold back {count} device(s) of their own: {schools}.")
        schools = ", ".join(f"{uai} ({reserve})" for uai, reserve in sorted(rules.school_reserves))
        said.append(text.format(count=count, schools=schools))
    return said or [tr("No device is held back.")]


def checks_told(facts: ReportFacts) -> list[str]:
    """Return how anyone can check, in the language in use."""
    hashed, seed, until, digest, how = map(tr, _CHECKS)
    said = [hashed.format(hash=facts.seed_hash), seed.format(seed=facts.seed) if facts.seed else until]
    return said if facts.plan is None else [*said, digest.format(digest=facts.plan.digest), how.format(lot=_LOT)]
