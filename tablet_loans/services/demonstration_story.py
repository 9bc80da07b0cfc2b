"""The story of the demonstration: its plan played scene by scene, with the ledger lines the counter would write."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from random import Random
from typing import Final

from tablet_loans.domain import campaign as campaign_rules
from tablet_loans.domain import device as device_rules
from tablet_loans.domain import loan as loan_rules
from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.agreement import AgreementState
from tablet_loans.domain.campaign import CampaignEvent, CampaignStatus
from tablet_loans.domain.device import Condition, DeviceEvent, DeviceState, Place
from tablet_loans.domain.label import LabelState
from tablet_loans.domain.loan import LoanEvent, LoanNumber, LoanState, ReceivedBy
from tablet_loans.services.demonstration_cast import MODELS, DevicePlayed, ModelPlayed
from tablet_loans.services.demonstration_papers import PAGES, Agreement, Fate, Papers, labelled
from tablet_loans.services.demonstration_plan import Calendar, Plan, Scene, Step
from tablet_loans.services.labelling import USUAL_STOCK
from tablet_loans.services.session import Progress, Recorder, Session
from tablet_loans.storage import ledger
from tablet_loans.storage.ledger import Entry, Link
from tablet_loans.storage.stations import StationHead

CAMPAIGN: Final = "Continuité pédagogique"
EARLIER: Final = "Premier équipement"

_EARLIER_ID, _CAMPAIGN_ID = 1, 2
_OPENS_AT: Final = time(8, 0)
_DAY_S: Final = 10 * 3600
_PREPARED_TOGETHER: Final = 40
_LENDS: Final = {Step.LEND_EARLIER: _EARLIER_ID, Step.LEND: _CAMPAIGN_ID}
_MORNING: Final = timedelta(hours=1)
_EVENING: Final = timedelta(seconds=_DAY_S)
_LABELS_AT: Final = timedelta(hours=2)
_NEXT: Final = timedelta(milliseconds=100)
_STICKS: Final = timedelta(seconds=9)
_REPORTED: Final = 1_000


@dataclass(slots=True)
class Tally:
    """Counts what is made, and says so from time to time."""

    progress: Progress
    total: int
    done: int = 0

    def one(self) -> None:
        """Count one more. Raises: Cancelled."""
        self.done += 1
        if self.done % _REPORTED == 0 or self.done == self.total:
            self.progress.step(self.done, self.total)


@dataclass(slots=True)
class Device:
    """A device on the stage; `school` is the place of the school that has it in custody."""

    model: ModelPlayed
    state: DeviceState
    school: int | None
    place: Place
    condition: Condition = Condition.GOOD
    missing: tuple[str, ...] = ()
    loan_id: int = 0

    @property
    def home(self) -> Place:
        """Return where it is kept when nobody has it."""
        return Place.DEPOT if self.school is None else Place.SCHOOL

    def values(self) -> dict[str, object]:
        """Return what a return changes of it, as stored."""
        return {
            "state": self.state.value, "place": self.place.value, "condition": self.condition.value,
            "missing_kit": self.missing,
        }  # fmt: skip


def arrived(stock: Sequence[DevicePlayed], planned: Plan) -> list[Device]:
    """Return the devices as they arrive."""
    pairs = zip(stock, planned.arrivals, planned.custody, strict=True)
    return [
        Device(MODELS[device.model], state, school, Place.DEPOT if school is None else Place.SCHOOL)
        for device, state, school in pairs
    ]


@dataclass(slots=True)
class Loan:
    """A loan as its row will be."""

    number: LoanNumber
    device_id: int
    pupil_id: int
    campaign_id: int
    kind: str
    opened_at: datetime
    due_on: date
    received_by: ReceivedBy
    state: LoanState = LoanState.OPEN
    closed_at: datetime | None = None
    condition_in: str | None = None
    missing: tuple[str, ...] = ()


@dataclass(slots=True)
class Story:
    """What happens to devices, scene after scene, and the ledger lines that say so."""

    session: Session
    rng: Random
    days: Calendar
    head: StationHead
    devices: list[Device]
    arrivals: dict[str, object]
    papers: Papers
    links: list[Link] = field(default_factory=list)
    loans: list[Loan] = field(default_factory=list)
    campaigns: dict[int, tuple[str, CampaignStatus, date, datetime]] = field(default_factory=dict)

    def tell(self, scenes: Sequence[Scene], tally: Tally) -> None:
        """Play the scenes, each day's spread over its hours."""
        for day, of_day in groupby(scenes, lambda scene: scene.day):
            whole = list(of_day)
            start = datetime.combine(day, _OPENS_AT).astimezone(UTC)
            self._print_sheets(whole, start - _MORNING)
            preparing: list[Scene] = []
            for place, scene in enumerate(whole):
                at = start + timedelta(milliseconds=1000 * _DAY_S * place // len(whole))
                tally.one()
                if scene.step is not Step.PREPARE:
                    self._play(scene, at)
                    continue
                preparing.append(scene)
                if len(preparing) == _PREPARED_TOGETHER or scene is whole[-1]:
                    self._prepare(preparing, at)
                    preparing = []
            self._sign_late(whole, start + _EVENING)
        self._label(datetime.combine(self.days.days[-1], _OPENS_AT).astimezone(UTC) + _EVENING + _LABELS_AT)

    def _play(self, scene: Scene, at: datetime) -> None:
        act = self._act(at)
        match scene.step:
            case Step.RECEIVE:
                self._keep(act, act.entry(Action.IMPORTED, (), None, **self.arrivals))
            case Step.BEGIN_EARLIER:
                self._begin(act, _EARLIER_ID, f"{EARLIER} {at.year}", self.days.earlier_due_on)
            case Step.BEGIN:
                self._begin(act, _CAMPAIGN_ID, CAMPAIGN, self.days.due_on)
            case Step.CLOSE_EARLIER:
                self._close(act)
            case Step.LEND_EARLIER:
                self._lend(act, scene, _EARLIER_ID, self.days.earlier_due_on)
            case Step.LEND:
                self._lend(act, scene, _CAMPAIGN_ID, self.days.due_on)
            case Step.RENEW:
                self._renew(act, scene)
            case _:
                self._take_back(act, scene)

    def _act(self, at: datetime) -> Recorder:
        return Recorder(replace(self.session, clock=lambda: at), at, self.head)

    def _keep(self, act: Recorder, entry: Entry, chance: Random | None = None) -> None:
        """Chain what the act says; its id and salt are drawn, so that the seed decides them."""
        drawn = chance or self.rng
        line_id = ledger.id_at(act.at, drawn.getrandbits(74))
        made = ledger.link(act.head, entry, line_id, f"{drawn.getrandbits(128):032x}")
        self.links.append(made)
        self.head = ledger.head_after(act.head, made)

    def _begin(self, act: Recorder, campaign_id: int, name: str, due_on: date) -> None:
        self.campaigns[campaign_id] = (name, CampaignStatus.OPEN, due_on, act.at)
        act.created(Subject.CAMPAIGN, campaign_id, status=CampaignStatus.OPEN.value)
        self._keep(act, act.entry(Action.CAMPAIGN_CREATED, name=name))

    def _close(self, act: Recorder) -> None:
        name, status, due_on, created_at = self.campaigns[_EARLIER_ID]
        is_out = any(loan.state is LoanState.OPEN for loan in self.loans)
        reached = campaign_rules.step(status, CampaignEvent.CLOSING_BEGAN if is_out else CampaignEvent.CLOSED)
        self.campaigns[_EARLIER_ID] = (name, reached, due_on, created_at)
        act.changed(Subject.CAMPAIGN, _EARLIER_ID, {"status": status.value}, {"status": reached.value})
        self._keep(act, act.entry(Action.CAMPAIGN_CHANGED))

    def _lend(self, act: Recorder, scene: Scene, campaign_id: int, due_on: date) -> None:
        device, device_id, pupil_id = self.devices[scene.device], scene.device + 1, scene.pupil + 1
        by_guardian = self.rng.random() < 0.25
        self.loans.append(
            Loan(
                act.next_loan_number(), device_id, pupil_id, campaign_id, device.model.kind.value, act.at, due_on,
                ReceivedBy.GUARDIAN if by_guardian else ReceivedBy.PUPIL,
            )
        )  # fmt: skip
        device.loan_id = len(self.loans)
        before = {"state": device.state.value, "place": device.place.value}
        device.state, device.place = device_rules.step(device.state, DeviceEvent.CHECKED_OUT), Place.PUPIL
        act.created(Subject.LOAN, device.loan_id, state=LoanState.OPEN.value)
        if self.papers.fates.get(scene.pupil) is Fate.BROUGHT:
            self._sign(act, device.loan_id)
        act.changed(Subject.DEVICE, device_id, before, {"state": device.state.value, "place": device.place.value})
        self._keep(act, act.entry(Action.CHECKED_OUT, [(Subject.PUPIL, pupil_id)]))

    def _take_back(self, act: Recorder, scene: Scene) -> None:
        device = self.devices[scene.device]
        loan, before = self.loans[device.loan_id - 1], device.values()
        device.condition = self.rng.choices(list(Condition), (80, 15, 5))[0]
        device.missing = (self.rng.choice(device.model.kit),) if self.rng.random() < 0.08 else ()
        device.state, device.place = device_rules.step(device.state, DeviceEvent.CHECKED_IN), device.home
        loan.state, loan.closed_at = loan_rules.step(loan.state, LoanEvent.CHECKED_IN), act.at
        loan.condition_in, loan.missing = device.condition.value, device.missing
        act.changed(
            Subject.LOAN,
            device.loan_id,
            {"state": LoanState.OPEN.value, "closed_at": None, "condition_in": None, "missing_kit": ()},
            {
                "state": loan.state.value, "closed_at": loan.closed_at, "condition_in": loan.condition_in,
                "missing_kit": loan.missing,
            },
        )  # fmt: skip
        act.changed(Subject.DEVICE, loan.device_id, before, device.values())
        self._keep(act, act.entry(Action.CHECKED_IN, [(Subject.PUPIL, loan.pupil_id)]))

    def _renew(self, act: Recorder, scene: Scene) -> None:
        loan_id = self.devices[scene.device].loan_id
        loan = self.loans[loan_id - 1]
        before, loan.due_on = {"due_on": loan.due_on}, self.days.renewed_due_on
        act.changed(Subject.LOAN, loan_id, before, {"due_on": loan.due_on})
        about = [(Subject.DEVICE, loan.device_id), (Subject.PUPIL, loan.pupil_id)]
        self._keep(act, act.entry(Action.RENEWED, about))

    def _prepare(self, scenes: Sequence[Scene], at: datetime) -> None:
        act = self._act(at)
        for scene in scenes:
            device = self.devices[scene.device]
            before = {"state": device.state.value}
            device.state = device_rules.step(device.state, DeviceEvent.PREPARED)
            act.changed(Subject.DEVICE, scene.device + 1, before, {"state": device.state.value})
        self._keep(act, act.entry(Action.PREPARED))

    def _print_sheets(self, scenes: Sequence[Scene], at: datetime) -> None:
        """Print the agreements that pupils bring signed, school by school, before the first tablet of the day."""
        lending = [scene for scene in scenes if scene.step in _LENDS]
        self.papers.draw(scene.pupil for scene in lending)
        bring = (Fate.BROUGHT, Fate.LATER)
        for printed in _by_school([scene for scene in lending if self.papers.fates[scene.pupil] in bring]):
            campaign_id, pupils = _LENDS[printed[0].step], [(Subject.PUPIL, scene.pupil + 1) for scene in printed]
            self._tell_printed([(Subject.CAMPAIGN, campaign_id), *pupils], campaign_id, printed, at)
            at += _NEXT

    def _sign_late(self, scenes: Sequence[Scene], at: datetime) -> None:
        """Close what came back signed since, and print in the evening what was lent without an agreement."""
        for loan_id in self.papers.coming:
            act, loan = self._act(at), self.loans[loan_id - 1]
            self._sign(act, loan_id)
            about = [(Subject.LOAN, loan_id), (Subject.DEVICE, loan.device_id), (Subject.PUPIL, loan.pupil_id)]
            self._keep(act, act.entry(Action.AGREEMENT_SIGNED, about, pages=0), self.papers.chance)
            at += _NEXT
        lent = [scene for scene in scenes if scene.step in _LENDS]
        fates = self.papers.fates
        self.papers.coming = self._loans_of([scene for scene in lent if fates[scene.pupil] is Fate.LATER])
        for printed in _by_school([scene for scene in lent if fates[scene.pupil] is Fate.PRINTED]):
            campaign_id, loans = _LENDS[printed[0].step], self._loans_of(printed)
            for loan_id in loans:
                self.papers.add(Agreement(loan_id, campaign_id, printed_at=at))
            self._tell_printed([(Subject.LOAN, loan_id) for loan_id in loans], campaign_id, printed, at)
            at += _NEXT

    def _loans_of(self, scenes: Sequence[Scene]) -> list[int]:
        return [self.devices[scene.device].loan_id for scene in scenes]

    def _tell_printed(
        self, about: Sequence[tuple[Subject, int]], campaign_id: int, printed: Sequence[Scene], at: datetime
    ) -> None:
        self.papers.printed(campaign_id, at)
        act, file = self._act(at), f"conventions-{printed[0].day}-{printed[0].school + 1}.pdf"
        count = len(printed)
        entry = act.entry(Action.AGREEMENTS_PRINTED, about, agreements=count, pages=PAGES * count, file=file)
        self._keep(act, entry, self.papers.chance)

    def _sign(self, act: Recorder, loan_id: int) -> None:
        agreement = Agreement(loan_id, self.loans[loan_id - 1].campaign_id, AgreementState.SIGNED, signed_at=act.at)
        before = {"state": AgreementState.PRINTED.value, "signed_at": None}
        after = {"state": agreement.state.value, "signed_at": agreement.signed_at}
        act.changed(Subject.AGREEMENT, self.papers.add(agreement), before, after)

    def _label(self, at: datetime) -> None:
        """Label the last tablets that are ready in a depot, and scan most of the labels back."""
        ready = [
            place for place, device in enumerate(self.devices, start=1)
            if device.state is DeviceState.READY and device.place is Place.DEPOT
        ]  # fmt: skip
        for sheet, settled in labelled(ready):
            if not sheet:
                return
            ids, act = self.papers.print_labels(sheet, at), self._act(at)
            about = [(Subject.DEVICE, device) for device in sheet]
            told = act.entry(Action.LABELS_PRINTED, about, labels=len(sheet), stock=USUAL_STOCK, file="etiquettes.pdf")
            self._keep(act, told, self.papers.chance)
            for label_id, device in zip(ids, sheet, strict=True):
                at += _STICKS
                if device in settled:
                    self._settle(label_id, device, settled[device], at)

    def _settle(self, label_id: int, device: int, state: LabelState, at: datetime) -> None:
        act, label = self._act(at), self.papers.labels[label_id - 1]
        label.state, label.settled_at = state, at
        before = {"state": LabelState.PRINTED.value, "settled_at": None}
        act.changed(Subject.LABEL_PRINT, label_id, before, {"state": state.value, "settled_at": at})
        about = [(Subject.DEVICE, device)]
        self._keep(act, act.entry(Action.LABEL_SETTLED, about, what=state.value), self.papers.chance)


def _by_school(scenes: Sequence[Scene]) -> list[list[Scene]]:
    found: dict[tuple[Step, int], list[Scene]] = {}
    for scene in scenes:
        found.setdefault((scene.step, scene.school), []).append(scene)
    return list(found.values())
