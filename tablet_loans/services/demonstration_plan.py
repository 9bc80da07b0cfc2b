"""The plan of the demonstration: what each device lives through, and on which working day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from random import Random
from typing import Final

from tablet_loans.domain.device import DeviceKind, DeviceState


class Step(StrEnum):
    """What happens in a scene."""

    RECEIVE = "A"
    BEGIN_EARLIER = "B"
    LEND_EARLIER = "E"
    RENEW = "W"
    RETURN = "R"
    PREPARE = "P"
    CLOSE_EARLIER = "C"
    BEGIN = "D"
    LEND = "N"


_LIVES: Final = (
    (160, "", DeviceState.READY),
    (40, "E", DeviceState.READY),
    (10, "EW", DeviceState.READY),
    (50, "ER", DeviceState.READY),
    (60, "ERP", DeviceState.READY),
    (130, "ERPN", DeviceState.READY),
    (400, "N", DeviceState.READY),
    (50, "NR", DeviceState.READY),
    (50, "NRP", DeviceState.READY),
    (25, "", DeviceState.IN_REPAIR),
    (15, "", DeviceState.LOST),
    (5, "", DeviceState.STOLEN),
    (5, "", DeviceState.RETIRED),
)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of the two campaigns, as seen from today: working days alone."""

    today: date
    school_year: int
    due_on: date
    earlier_due_on: date
    renewed_due_on: date
    earlier_days: tuple[date, ...]
    earlier_returns: tuple[date, ...]
    preparing: date
    renewing: date
    closing: date
    days: tuple[date, ...]


def calendar(today: date) -> Calendar:
    """Return the calendar of a campaign that opened three weeks ago and ends on the next 3 July."""
    due_on = date(today.year + (today > date(today.year, 7, 3)), 7, 3)
    between = _working_days(today, 43, 36)
    return Calendar(
        today=today,
        school_year=due_on.year - 1,
        due_on=due_on,
        earlier_due_on=_working_days(today, 34, 30)[0],
        renewed_due_on=_working_days(today, 12, 5)[0],
        earlier_days=_working_days(today, 170, 120),
        earlier_returns=_working_days(today, 70, 44),
        preparing=between[0],
        renewing=between[1],
        closing=_working_days(today, 29, 23)[0],
        days=_working_days(today, 22, 1),
    )


def _working_days(today: date, first: int, last: int) -> tuple[date, ...]:
    """Return the days from Monday to Friday between `first` and `last` days ago, the oldest first."""
    days = (today - timedelta(ago) for ago in range(first, last - 1, -1))
    return tuple(day for day in days if day.weekday() < 5)


@dataclass(frozen=True, slots=True, order=True)
class Scene:
    """One thing that happens on a day, to a device and a pupil by their places (-1 where none takes part)."""

    day: date
    rank: int
    school: int
    device: int
    step: Step
    pupil: int = -1


@dataclass(frozen=True, slots=True)
class Plan:
    """All scenes in order; and each device's state and school when it arrives, by place."""

    scenes: list[Scene]
    arrivals: list[DeviceState]
    custody: list[int | None]


def plan(rng: Random, days: Calendar, kinds: Sequence[DeviceKind], school_of: Sequence[int], schools: int) -> Plan:
    """Return what happens to devices of these kinds; `school_of` gives each pupil's school, -1 when gone."""
    rounds = _Rounds(rng, days, school_of, schools)
    made = Plan(_frame(days), [DeviceState.READY] * len(kinds), [None] * len(kinds))
    order = rng.sample(range(len(kinds)), len(kinds))
    for turn, device in enumerate(order):
        steps, made.arrivals[device] = _life(1_000 * turn // len(order))
        lived = list(rounds.scenes(device, kinds[device], steps))
        made.scenes.extend(lived)
        made.custody[device] = rounds.custodian(lived)
    made.scenes.sort()
    return made


def _frame(days: Calendar) -> list[Scene]:
    """Return the acts without a device: what is received, and the campaigns."""
    return [
        Scene(days.earlier_days[0], -2, -1, -1, Step.RECEIVE),
        Scene(days.earlier_days[0], -1, -1, -1, Step.BEGIN_EARLIER),
        Scene(days.closing, 9, -1, -1, Step.CLOSE_EARLIER),
        Scene(days.days[0], -1, -1, -1, Step.BEGIN),
    ]


def _life(place: int) -> tuple[str, DeviceState]:
    """Return the steps and the first state of the device at this place in a thousand."""
    passed = 0
    for share, steps, state in _LIVES:
        passed += share
        if place < passed:
            return steps, state
    return "", DeviceState.READY


class _Rounds:
    """The rounds of the schools: on which days devices are lent in each, and to whom."""

    def __init__(self, rng: Random, days: Calendar, school_of: Sequence[int], schools: int) -> None:
        self._rng, self._days, self._school_of, self._schools = rng, days, school_of, schools
        self._visits = {
            Step.LEND_EARLIER: [rng.sample(days.earlier_days, 2) for _ in range(schools)],
            Step.LEND: [rng.sample(days.days[:-3], 2) for _ in range(schools)],
        }
        present = [pupil for pupil, school in enumerate(school_of) if school >= 0]
        self._waiting = {kind: rng.sample(present, len(present)) for kind in DeviceKind}

    def scenes(self, device: int, kind: DeviceKind, steps: str) -> Iterator[Scene]:
        """Yield what a device lives through, as long as pupils of its kind wait."""
        day, pupil, school = self._days.earlier_days[0], -1, -1
        for step in map(Step, steps):
            if step in self._visits:
                if not self._waiting[kind]:
                    return
                pupil = self._waiting[kind].pop()
                school = self._school_of[pupil]
            day = self._day(step, school, day)
            yield Scene(day, int(step is Step.PREPARE), school, device, step, pupil)

    def _day(self, step: Step, school: int, after: date) -> date:
        if step in self._visits:
            return self._rng.choice(self._visits[step][school])
        if after in self._days.days:
            left = self._days.days[self._days.days.index(after) + 1 :]
            return left[0] if step is Step.PREPARE else self._rng.choice(left[:-1])
        if step is Step.RETURN:
            return self._rng.choice(self._days.earlier_returns)
        return self._days.preparing if step is Step.PREPARE else self._days.renewing

    def custodian(self, lived: Sequence[Scene]) -> int | None:
        """Return the school to which a device was given, for some of them: that of its last pupil if any."""
        if self._rng.random() > 0.35:
            return None
        return lived[-1].school if lived else self._rng.randrange(self._schools)
