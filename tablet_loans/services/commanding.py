"""Commanding: an MDM is asked to act on devices; each is a task, in the ledger, whose outcome is asked for later."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tablet_loans.domain.act import Action, LedgerId, Subject
from tablet_loans.domain.device import DeviceState
from tablet_loans.domain.enrolment import (
    KeyRefused,
    MdmAct,
    MdmBusy,
    MdmTrouble,
    Order,
    RightMissing,
    TaskState,
    Told,
)
from tablet_loans.domain.errors import Refusal, UnknownCode
from tablet_loans.domain.mdm_outcome import ABANDONED, HEARD_WITHIN, is_shown
from tablet_loans.domain.mdm_rule import owner_told
from tablet_loans.domain.mdm_task import (
    WIPED_WITHIN,
    Asked,
    NothingToSay,
    NothingToWipe,
    TaskId,
    TaskRow,
    step,
    why_not_ask,
)
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.reconciliation import Seen, newest
from tablet_loans.domain.roles import Permission
from tablet_loans.services import reporting
from tablet_loans.services.exporters.wipe_list import WIPE_LIST, ToWipe
from tablet_loans.services.mdm import Connector
from tablet_loans.services.reporting import Export
from tablet_loans.services.session import Cancelled, Progress, Receipt, Session, Topic
from tablet_loans.storage import devices, enrolments, mdm_accounts, mdm_tasks, pupils
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.devices import FoundDevice
from tablet_loans.storage.mdm_accounts import Account
from tablet_loans.text import N_, tr

_LONGEST_REASON: Final = 255
_LONGEST_REFERENCE: Final = 200
_TOPICS: Final = {Topic.MDM}
_NO_ANSWER: Final = Told(TaskState.FAILED, reason=N_("the MDM did not answer: look there whether it was done"))
_REFUSED: Final = Told(TaskState.FAILED, reason=N_("the MDM refuses it"))
_NOT_ASKED: Final = Told(TaskState.FAILED, reason=N_("it was not asked: the MDM did not answer before"))


@dataclass(frozen=True, slots=True)
class Words:
    """What lost mode says to whoever finds the device; it is sent, and kept nowhere."""

    message: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class AskPreview:
    """What an act would do: the devices it is asked for, and by tag why it is not asked for the others."""

    act: MdmAct
    asked: tuple[Asked, ...]
    refused: tuple[tuple[str, Refusal], ...]


def previewed(session: Session, account: Account, act: MdmAct, codes: Sequence[str], *, second: str = "") -> AskPreview:
    """Say for each device whether the MDM would be asked, without asking. Raises: NotPermitted, BaseTrouble."""
    session.require(Permission.STOCK)
    asked: list[Asked] = []
    refused: list[tuple[str, Refusal]] = []
    with troubles_spoken(session.base):
        mdm_accounts.must_be_here(session.base)
        for code in dict.fromkeys(codes):
            try:
                device = _asked(session, account, code)
            except UnknownCode as unknown:
                refused.append((code, unknown))
                continue
            why = why_not_ask(act, device, count=len(codes), asker=session.actor.name, second=second)
            if why is None:
                asked.append(device)
            else:
                refused.append((device.tag, why))
    return AskPreview(act, tuple(asked), tuple(refused))


def ask(
    session: Session,
    account: Account,
    connector: Connector,
    act: MdmAct,
    codes: Sequence[str],
    *,
    second: str = "",
    words: Words | None = None,
    progress: Progress | None = None,
) -> Receipt[list[TaskRow]]:
    """Ask an MDM to act on devices, all or none; each is kept as a task before it is asked, with who asked.

    What the MDM accepted cannot be undone in the ledger: lost mode is ended by asking for that, the rest is not taken
    back. A trouble on the way, or who gives up, leaves the tasks that were not asked as failed.
    Raises: NotPermitted, Refusal, MdmTrouble, Cancelled, BaseTrouble.
    """
    session.require(Permission.STOCK)
    said = words or Words()
    if act is MdmAct.LOST_MODE_ON and not (said.message.strip() or said.phone.strip()):
        raise NothingToSay()
    preview = previewed(session, account, act, codes, second=second)
    if preview.refused:
        raise preview.refused[0][1]
    with troubles_spoken(session.base):
        orders = [_order(session, act, device, said) for device in preview.asked]
        receipt = _kept(session, account, act, preview.asked, second)
    stopped: BaseException | None = None
    for place, (task, order) in enumerate(zip(receipt.value, orders, strict=True)):
        told, stopped = _passed_on(connector, order) if stopped is None else (_NOT_ASKED, stopped)
        _answer(session, task, TaskState.ASKED, told)
        if progress:
            progress.report(place + 1, len(orders))
    if stopped is not None:
        raise stopped
    with troubles_spoken(session.base):
        return Receipt(mdm_tasks.of(session.base, receipt.value), receipt.ledger_id, receipt.topics)


def _passed_on(connector: Connector, order: Order) -> tuple[Told, BaseException | None]:
    """Return what an MDM says to an order, with what keeps the next ones from being passed on."""
    try:
        return connector.ask(order), None
    except (KeyRefused, RightMissing, MdmBusy) as error:
        return _REFUSED, error
    except (MdmTrouble, Cancelled, KeyboardInterrupt) as error:
        return _NO_ANSWER, error


def settle(session: Session, account: Account) -> Receipt[list[TaskRow]]:
    """End the tasks whose outcome is known without asking the MDM, and return those it accepted that still wait.

    What was read of a device since may show that an act was done. What was asked by a program that stopped may have
    been heard: it ends as failed, and is asked again by nobody but a person. Raises: NotPermitted, BaseTrouble.
    """
    session.require(Permission.STOCK)
    base = session.base
    line = LedgerId("")
    with troubles_spoken(base):
        mdm_accounts.must_be_here(base)
        for task_id in mdm_tasks.abandoned(base, account.id, session.now() - HEARD_WITHIN):
            line = _answer(session, task_id, TaskState.ASKED, ABANDONED) or line
        waiting = []
        for task, told in mdm_tasks.accepted(base, account.id):
            if told is not None and is_shown(task.act, told):
                line = _answer(session, task.id, task.state, Told(TaskState.DONE, task.reference)) or line
            else:
                waiting.append(task)
    return Receipt(waiting, line, frozenset(_TOPICS if line else ()))


def poll(
    session: Session, account: Account, connector: Connector, progress: Progress | None = None
) -> Receipt[list[TaskRow]]:
    """Ask an MDM what became of what it accepted, and return its tasks, the newest first; a line for each that ended.

    Raises: NotPermitted, MdmTrouble, BaseTrouble.
    """
    settled = settle(session, account)
    line = settled.ledger_id
    for place, task in enumerate(settled.value):
        told = connector.outcome(Order(task.act, task.external_id), task.reference)
        if told.state in (TaskState.DONE, TaskState.FAILED):
            line = _answer(session, task.id, task.state, told) or line
        if progress:
            progress.step(place + 1, len(settled.value))
    return Receipt(tasks(session, account.name), line, frozenset(_TOPICS if line else ()))


def tasks(session: Session, mdm: str = "", *, start: int = 0, size: int = 200) -> list[TaskRow]:
    """Return a block of what was asked, the newest first, of one MDM or of all. Raises: NotPermitted, BaseTrouble."""
    session.require(Permission.STOCK)
    with troubles_spoken(session.base):
        is_here = mdm_accounts.are_here(session.base)
        return mdm_tasks.listed(session.base, mdm=mdm, start=start, size=size) if is_here else []


def wipe_list(session: Session, out: Path, codes: Sequence[str] = ()) -> Export:
    """Write the devices to be wiped, for the MDM's own console, into a .csv or .xlsx file; never a lent one.

    They are those named, else all that returned, are to be prepared, and are enrolled still.
    Raises: NotPermitted, UnknownCode, NothingToWipe, FileTrouble, DiskFull, BaseTrouble.
    """
    session.require(Permission.STOCK)
    with troubles_spoken(session.base):
        mdm_accounts.must_be_here(session.base)
        chosen = {_known(session, code).id for code in codes}
        here = {
            device.id: device
            for device in enrolments.registered(session.base, sorted(chosen) if codes else None)
            if (codes or device.state is DeviceState.TO_PREPARE) and device.state is not DeviceState.ON_LOAN
        }
        rows = [
            ToWipe(here[each.device_id].tag, each.record.serial, each.mdm, each.record.external_id)
            for each in enrolments.seen(session.base, device_ids=sorted(here))
            if each.device_id in here and each.record.is_enrolled
        ]
    if not rows:
        raise NothingToWipe()
    rows.sort(key=lambda row: (row.tag, row.mdm, row.external_id))
    return reporting.exported(session, out, "wipe-list", WIPE_LIST, rows, tr(N_("To wipe")))


def _known(session: Session, code: str) -> FoundDevice:
    if (found := devices.find(session.base, code)) is None:
        raise UnknownCode(code=code.strip())
    return found


def _asked(session: Session, account: Account, code: str) -> Asked:
    """Return a device as this MDM last told it; of two records the newest counts. Raises: UnknownCode."""
    device = _known(session, code)
    told: list[Seen] = [
        each for each in enrolments.seen(session.base, device_ids=[device.id]) if each.mdm == account.name
    ]
    if not told:
        return Asked(device.tag, device.id, device.state, account.name)
    record = newest(told)[0].record
    is_wiped_soon = mdm_tasks.is_wipe_waiting(session.base, device.id, session.now() - WIPED_WITHIN)
    return Asked(device.tag, device.id, device.state, account.name, record.external_id, record.acts, is_wiped_soon)


def _order(session: Session, act: MdmAct, device: Asked, said: Words) -> Order:
    if act is MdmAct.LOST_MODE_ON:
        return Order(act, device.external_id, message=said.message.strip(), phone=said.phone.strip())
    if act is not MdmAct.NAME:
        return Order(act, device.external_id)
    holder = _known(session, device.tag).holder_id
    pupil = None if holder is None else pupils.row(PupilId(holder))
    name = "" if pupil is None else f"{pupil.given_name} {pupil.family_name}"
    owner = owner_told(session.settings.mdm_owner, None if pupil is None else pupil.id, name)
    return Order(act, device.external_id, name=device.tag, asset_tag=device.tag, owner=owner)


def _kept(
    session: Session, account: Account, act: MdmAct, asked: Sequence[Asked], second: str
) -> Receipt[list[TaskId]]:
    """Keep the tasks before anything is asked, with one line for all."""
    with session.transaction() as recorder:
        made = []
        for device in asked:
            values = {
                "account_id": account.id, "device_id": device.device_id, "external_id": device.external_id,
                "act": act.value, "state": TaskState.ASKED.value, "asked_at": recorder.at,
                "asked_by": session.actor.name, "second_by": second.strip()[:80], "reference": "", "reason": "",
            }  # fmt: skip
            task = mdm_tasks.add(session.base, values)
            recorder.created(Subject.MDM_TASK, task, state=TaskState.ASKED.value)
            made.append(task)
        about = [(Subject.DEVICE, device.device_id) for device in asked]
        return recorder(
            Action.MDM_ASKED, made, topics=_TOPICS, about=about, mdm=account.name, act=act.value,
            second=second.strip()[:80],
        )  # fmt: skip


def _answer(session: Session, task: TaskId, before: TaskState, told: Told) -> LedgerId:
    """Keep what an MDM answered to a task, with its line, "" where another computer has done so already."""
    with session.transaction() as act:
        state, device_id = mdm_tasks.locked(session.base, task)
        if state is not before:
            return LedgerId("")
        state = step(before, told.state)
        act.change(Subject.MDM_TASK, task, {"state": before.value}, {"state": state.value, "told_at": act.at})
        mdm_tasks.keep_words(session.base, task, told.reference[:_LONGEST_REFERENCE], told.reason[:_LONGEST_REASON])
        about = [(Subject.DEVICE, device_id)]
        return act(Action.MDM_ANSWERED, None, topics=_TOPICS, about=about, state=state.value).ledger_id
