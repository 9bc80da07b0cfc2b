"""Rehearsing: a whole campaign gone through in a copy of the base, step by step, through the services of every day."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic, perf_counter
from typing import Final

from tablet_loans.domain.campaign import CampaignStatus
from tablet_loans.domain.drill import DrillStep, NoReadyTablet, Promised, Rehearsal, StepDone, Wrong, paired
from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.pupil import PupilId
from tablet_loans.services import agreeing, allocating, campaigning, checking, launching, lending, stocking
from tablet_loans.services.session import Progress, Session
from tablet_loans.storage import readiness as counts

_SHEETS: Final = 300
_RETURNED: Final = 200
_WEEKS: Final = 13
_ALL: Final = 1_000
_ENDS: Final = {
    DrillStep.OPEN: 20, DrillStep.CONFIRM: 40, DrillStep.DRAFT: 150, DrillStep.APPLY: 220, DrillStep.VERIFY: 240,
    DrillStep.PRINT: 280, DrillStep.LEND: 880, DrillStep.RETURN: 900, DrillStep.PREPARE: 920, DrillStep.CLOSE: 930,
    DrillStep.CHECK: _ALL,
}  # fmt: skip


def rehearse(
    session: Session, *, campaign: str, moment: datetime, folder: Path, budget_s: float, progress: Progress
) -> Rehearsal:
    """Go through the campaign in the session's base, a copy, as if it were `moment`, and return what came of it.

    Lending ends after `budget_s`; files go into `folder`. What a rule or the world refuses is told, and the steps after
    it go on. Raises: Cancelled.
    """
    started = monotonic()
    as_of = replace(session, clock=lambda: moment + timedelta(seconds=monotonic() - started))
    run = _Run(as_of, campaign, folder, budget_s, progress)
    run.prepare()
    run.allocate()
    run.lend()
    run.end()
    progress.report(_ALL, _ALL)
    return Rehearsal(tuple(run.steps), run.eligible, len(run.promises))


@dataclass(slots=True)
class _Tally:
    """A step under way: what was done of what there is, and what went wrong."""

    count: int = 0
    total: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def refuse(self, error: TabletLoansError) -> None:
        """Count what went wrong."""
        kind = type(error).__name__
        self.kinds[kind] += 1
        self.examples.setdefault(kind, error.spoken())

    def wrong(self) -> tuple[Wrong, ...]:
        """Return what went wrong, the most frequent first."""
        return tuple(Wrong(kind, count, self.examples[kind]) for kind, count in self.kinds.most_common())


@dataclass(slots=True)
class _Run:
    """The steps of one rehearsal, in order; each leaves its figures."""

    session: Session
    campaign: str
    folder: Path
    budget_s: float
    progress: Progress
    steps: list[StepDone] = field(default_factory=list)
    eligible: int = 0
    promises: list[Promised] = field(default_factory=list)
    _lent: list[str] = field(default_factory=list)
    _before: int = 0

    def prepare(self) -> None:
        """Open the campaign, or launch it again where it is over, and let its needs stand as they are."""
        with self._step(DrillStep.OPEN) as (done, meter):
            view = campaigning.shown(self.session, self.campaign)
            if view.status == CampaignStatus.CLOSED or view.due < self.session.today():
                self._launch_again(meter)
            elif view.status != CampaignStatus.OPEN:
                campaigning.open_campaign(self.session, self.campaign)
            done.count = done.total = 1
        with self._step(DrillStep.CONFIRM) as (done, meter):
            if total := campaigning.shown(self.session, self.campaign).needs_to_confirm:
                done.total = total
                done.count = campaigning.confirm_needs(self.session, self.campaign, progress=meter).value

    def _launch_again(self, meter: Progress) -> None:
        new_name = f"{self.campaign[: launching.LONGEST_NAME - 8]} (drill)"
        due_on = self.session.today() + timedelta(weeks=_WEEKS)
        launching.relaunch(self.session, self.campaign, new_name=new_name, due_on=due_on, is_open=True, progress=meter)
        self.campaign = new_name

    def allocate(self) -> None:
        """Make a plan, its promises, and the plan again."""
        with self._step(DrillStep.DRAFT) as (done, meter):
            head = allocating.draft(self.session, self.campaign, progress=meter).value
            self.eligible = done.count = done.total = head.eligible
        with self._step(DrillStep.APPLY) as (done, meter):
            done.count = done.total = allocating.apply(self.session, self.campaign, progress=meter).value.served
        with self._step(DrillStep.VERIFY) as (done, _):
            verified = allocating.verify(self.session, self.campaign)
            done.count, done.total = verified.choices if verified.is_same else 0, verified.choices

    def lend(self) -> None:
        """Print what families sign, lend as many of the devices promised as the time allows, take some back."""
        running = lending.chosen_campaign(self.session, self.campaign)
        self.promises = counts.promised(self.session.base, running.id, allocating.KIND)
        with self._step(DrillStep.PRINT) as (done, meter):
            done.total = len(self.promises)
            if some := [promise.pupil for promise in self.promises[:_SHEETS]]:
                done.count = self._printed(some, meter)
        with self._step(DrillStep.LEND) as (done, meter):
            self._lend(done, meter)
        some_lent = self._lent[: min(_RETURNED, max(len(self._lent) // 10, 1))]
        with self._step(DrillStep.RETURN) as (done, meter):
            self._each(some_lent, done, meter, lambda tag: lending.check_in(self.session, code=tag))
        with self._step(DrillStep.PREPARE) as (done, meter):
            self._each(some_lent, done, meter, lambda tag: stocking.prepare(self.session, [tag]))

    def _printed(self, pupils: list[PupilId], meter: Progress) -> int:
        """Print sheets, which are thrown away at once: they hold names."""
        out = self.folder / "sheets.pdf"
        try:
            printed = agreeing.print_sheets(
                self.session, campaign=self.campaign, pupils=pupils, out=out, progress=meter
            )
            return printed.value.agreements
        finally:
            out.unlink(missing_ok=True)

    def _lend(self, done: _Tally, meter: Progress) -> None:
        done.total = len(self.promises)
        until = monotonic() + self.budget_s
        for pupil, tag in paired(self.promises, counts.ready_tags(self.session.base, allocating.KIND)):
            meter.step(done.count, done.total)
            if monotonic() > until:
                return
            try:
                if tag is None:
                    raise NoReadyTablet()
                lending.check_out(self.session, code=tag, pupil_id=pupil, campaign=self.campaign)
            except TabletLoansError as error:
                done.refuse(error)
            else:
                self._lent.append(tag)
                done.count += 1

    def _each(self, tags: list[str], done: _Tally, meter: Progress, act: Callable[[str], object]) -> None:
        done.total = len(tags)
        for tag in tags:
            meter.step(done.count, done.total)
            try:
                act(tag)
            except TabletLoansError as error:
                done.refuse(error)
            else:
                done.count += 1

    def end(self) -> None:
        """Close the campaign, and verify the whole base."""
        with self._step(DrillStep.CLOSE) as (done, _):
            campaigning.close(self.session, self.campaign)
            done.count = done.total = campaigning.shown(self.session, self.campaign).open_loans
        with self._step(DrillStep.CHECK) as (done, meter):
            done.count = done.total = checking.check(self.session, meter).lines

    @contextmanager
    def _step(self, step: DrillStep) -> Iterator[tuple[_Tally, Progress]]:
        """Give a step's figures and its part of the way; what is refused within is told, and the next step comes."""
        done, begin, end = _Tally(), self._before, _ENDS[step]

        def report(some: int, total: int) -> None:
            self.progress.report(begin + (end - begin) * min(some, total) // max(total, 1), _ALL)

        self.progress.step(begin, _ALL)
        began = perf_counter()
        try:
            yield done, Progress(report, self.progress.is_cancelled)
        except TabletLoansError as error:
            done.refuse(error)
        self.steps.append(StepDone(step, done.count, done.total, perf_counter() - began, done.wrong()))
        self._before = end
