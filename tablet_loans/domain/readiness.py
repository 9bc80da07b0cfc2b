"""Readiness: what would prevent lending on Monday, line by line, each with what to do about it and where."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tablet_loans.domain.concern import BLOCKING, MENDED, SAID, TO_DO, Concern
from tablet_loans.text import grouped, tr


@dataclass(frozen=True, slots=True)
class CampaignCounts:
    """The campaign as it stands: whether it lends, until when, and which of its texts are empty.

    `over` is the name of a campaign that is over and still holds `promises_left`.
    """

    name: str
    is_open: bool
    has_ended: bool
    open_campaigns: int
    are_needs_closed: bool
    empty_texts: int
    is_closed: bool = False
    over: str = ""
    promises_left: int = 0


@dataclass(frozen=True, slots=True)
class PeopleCounts:
    """The schools that take part and their pupils on the roll, and how far they answered.

    `doubtful_households` is None where nobody looked: that takes long.
    """

    schools: int = 0
    pupils: int = 0
    empty_schools: int = 0
    without_class: int = 0
    silent_schools: int = 0
    schools_with_few_answers: int = 0
    needs_to_confirm: int = 0
    doubtful_households: int | None = None


@dataclass(frozen=True, slots=True)
class DeviceCounts:
    """The devices of the kind that is lent, by what they wait for, and what was promised beyond them."""

    ready: int = 0
    to_prepare: int = 0
    in_repair: int = 0
    still_out: int = 0
    unsigned: int = 0
    promised: int = 0
    promised_in_vain: int = 0
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class PlanCounts:
    """The campaign's last plan, and whether one before it `is_promised` while this one is a draft.

    `is_outdated` says that what it was made from has changed since.
    """

    is_applied: bool
    is_promised: bool
    is_outdated: bool
    unmet_pins: int
    far_schools: int


@dataclass(frozen=True, slots=True)
class BaseCounts:
    """The base itself; `days_since_backup` is None when no copy of it is known."""

    is_of_this_version: bool = True
    is_recovery_confirmed: bool = True
    is_demonstration: bool = False
    days_since_backup: int | None = 0


@dataclass(frozen=True, slots=True)
class Circumstances:
    """All that decides whether a campaign can lend: counts, and never a name of a pupil."""

    campaign: CampaignCounts
    people: PeopleCounts = field(default_factory=PeopleCounts)
    devices: DeviceCounts = field(default_factory=DeviceCounts)
    plan: PlanCounts | None = None
    base: BaseCounts = field(default_factory=BaseCounts)


@dataclass(frozen=True, slots=True)
class ReadinessLine:
    """One thing to see to: how many, the room of the window and the command that mend it.

    `over` is the campaign that is over of which it speaks, if it speaks of one.
    """

    code: Concern
    count: int
    is_blocking: bool
    room: str
    command: str
    over: str = ""


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether the campaign can lend, and all there is to see to: what blocks comes first."""

    is_ready: bool
    lines: tuple[ReadinessLine, ...]


def readiness_in(now: Circumstances) -> Readiness:
    """Return what would prevent lending, what blocks first."""
    found = [_line(concern, count, now) for concern, count in _concerns(now) if count]
    lines = sorted(found, key=lambda line: not line.is_blocking)
    return Readiness(not any(line.is_blocking for line in lines), tuple(lines))


def _line(concern: Concern, count: int, now: Circumstances) -> ReadinessLine:
    room, command = MENDED[concern]
    over = now.campaign.over if concern is Concern.PROMISES_LEFT else ""
    said = command.format(name=_quoted(now.campaign.name), over=_quoted(over))
    return ReadinessLine(concern, count, _is_blocking(concern, count, now), room, said, over)


def _is_blocking(concern: Concern, count: int, now: Circumstances) -> bool:
    if concern is Concern.SILENT_SCHOOLS:
        return count == now.people.schools
    if concern is Concern.NOT_APPLIED:
        return not (now.plan and now.plan.is_promised)
    return concern in BLOCKING


def _quoted(name: str) -> str:
    """Return a campaign's name as a command line takes it."""
    return '"' + name.replace('"', '\\"') + '"'


def _concerns(now: Circumstances) -> Iterator[tuple[Concern, int]]:
    if not now.base.is_of_this_version:
        yield Concern.OLD_BASE, 1  # nothing else can be read of it
        return
    yield from _of_campaign(now.campaign)
    yield from _of_people(now)
    yield from _of_devices(now.devices)
    yield from _of_plan(now.plan)
    yield Concern.SHORT, now.devices.promised_in_vain
    yield Concern.PROMISES_LEFT, now.campaign.promises_left
    yield Concern.WORDING, now.campaign.empty_texts
    yield from _of_base(now.base)


def _of_campaign(campaign: CampaignCounts) -> Iterator[tuple[Concern, int]]:
    yield Concern.NOT_OPEN, int(not campaign.is_open and not campaign.is_closed)
    yield Concern.OVER, int(campaign.is_closed)
    yield Concern.ENDED, int(campaign.has_ended and not campaign.is_closed)
    yield Concern.SEVERAL_OPEN, campaign.open_campaigns if campaign.is_open and campaign.open_campaigns > 1 else 0


def _of_people(now: Circumstances) -> Iterator[tuple[Concern, int]]:
    people = now.people
    yield Concern.NO_PUPILS, int(people.pupils == 0)
    yield Concern.EMPTY_SCHOOLS, people.empty_schools
    yield Concern.NO_CLASS, people.without_class
    yield Concern.SILENT_SCHOOLS, people.silent_schools
    yield Concern.FEW_ANSWERS, people.schools_with_few_answers
    yield Concern.TO_CONFIRM, people.needs_to_confirm
    yield Concern.NEEDS_OPEN, int(not now.campaign.are_needs_closed)
    yield Concern.DOUBTFUL_HOUSEHOLDS, people.doubtful_households or 0


def _of_devices(devices: DeviceCounts) -> Iterator[tuple[Concern, int]]:
    yield Concern.NO_DEVICES, int(devices.ready == 0)
    yield Concern.TO_PREPARE, devices.to_prepare
    yield Concern.IN_REPAIR, devices.in_repair
    yield Concern.STILL_OUT, devices.still_out
    yield Concern.UNSIGNED, devices.unsigned
    free = max(devices.ready - devices.promised, 0)
    yield Concern.RESERVES, max(devices.reserved - free, 0) if free else 0


def _of_plan(plan: PlanCounts | None) -> Iterator[tuple[Concern, int]]:
    if plan is None:
        yield Concern.NO_PLAN, 1
        return
    is_draft = not plan.is_applied
    yield Concern.PLAN_OUTDATED, int(is_draft and plan.is_outdated and not plan.is_promised)
    yield Concern.NOT_APPLIED, int(is_draft and not plan.is_outdated)
    yield Concern.UNMET_PINS, plan.unmet_pins
    yield Concern.FAR_SCHOOLS, plan.far_schools


def _of_base(base: BaseCounts) -> Iterator[tuple[Concern, int]]:
    if not base.is_demonstration:
        yield Concern.NO_BACKUP, int(base.days_since_backup is None)
        yield Concern.OLD_BACKUP, base.days_since_backup or 0
    yield Concern.RECOVERY, int(not base.is_recovery_confirmed)


def sentence_of(line: ReadinessLine) -> str:
    """Return what stands in the way, in the language in use."""
    return SAID[line.code](line.count).format(count=grouped(line.count), over=line.over)


def action_of(line: ReadinessLine) -> str:
    """Return what to do about it, in the language in use."""
    return tr(TO_DO[line.code])
