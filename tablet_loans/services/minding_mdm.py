"""Minding the MDMs: the board of differences, both sides of one of them, and many acts asked at a time."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from tablet_loans.domain.barcode import pupil_card
from tablet_loans.domain.campaign import CampaignStatus
from tablet_loans.domain.device import DeviceId, DeviceRow
from tablet_loans.domain.enrolment import MdmAct, Provider, Reach, Secret, TaskState
from tablet_loans.domain.errors import Refusal, TabletLoansError
from tablet_loans.domain.finding import Finding, FindingKind
from tablet_loans.domain.mdm_task import TaskRow
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.record_seen import RecordSeen
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.settings import Settings
from tablet_loans.services import commanding, connecting_mdm, enrolling, reporting
from tablet_loans.services.commanding import Words
from tablet_loans.services.exporters.difference_list import DIFFERENCE_LIST, ListedDifference
from tablet_loans.services.reporting import Export
from tablet_loans.services.session import Progress, Receipt, Session, Topic
from tablet_loans.services.sync_run import SyncReport
from tablet_loans.storage import campaigns, devices, mdm_accounts, mdm_board, mdm_tasks, pupils, settings
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.mdm_board import OfDevice
from tablet_loans.text import N_, sort_key, tr

_OPEN = frozenset({TaskState.ASKED, TaskState.ACCEPTED})
_SINCE_LENT = frozenset({FindingKind.NEVER_ENROLLED})
_SINCE_TOLD = frozenset({FindingKind.NOT_IN_REGISTER, FindingKind.NO_SERIAL})


@dataclass(frozen=True, slots=True)
class Mdm:
    """An MDM that is connected: how many devices it tells of, when it last told something new, and how far it is.

    `columns` are those of a file that a person named; `read_at` is when this computer last read it to its end.
    """

    name: str
    provider: Provider
    devices: int
    changed_at: datetime | None
    is_read: bool
    is_unfinished: bool
    reach: Reach
    columns: Mapping[str, str] = field(default_factory=dict)
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A finding with the device's model, its school's name, and since when it is so, as far as that is known."""

    finding: Finding
    model: str = ""
    school: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """The MDMs, how they and the register differ, and how many acts wait for an answer."""

    mdms: tuple[Mdm, ...]
    rows: tuple[Difference, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class Sides:
    """One device as the register has it and as MDMs told it; the records told now come first."""

    row: DeviceRow | None
    owner: str = ""
    owner_code: str = ""
    records: tuple[RecordSeen, ...] = ()
    tasks: tuple[TaskRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Errand:
    """An act to be asked of one MDM for some devices, by their tags."""

    mdm: str
    act: MdmAct
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ruled:
    """The settings of the MDMs, the campaigns that may want a group, and the groups that MDMs tell of."""

    settings: Settings
    campaigns: tuple[str, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """What would come of an errand: the tags it is asked for, and by tag why it is not asked for the others."""

    errand: Errand
    refused: tuple[tuple[str, Refusal], ...] = ()


@dataclass(frozen=True, slots=True)
class Answers:
    """What MDMs answered, and the errands that met trouble."""

    tasks: tuple[TaskRow, ...] = ()
    troubles: tuple[tuple[Errand, TabletLoansError], ...] = ()
    topics: frozenset[Topic] = field(default_factory=frozenset)


def board(session: Session) -> Board:
    """Return how the MDMs and the register differ, what matters most first. Raises: NotPermitted, BaseTrouble."""
    session.require(Permission.STOCK)
    base = session.base
    with troubles_spoken(base):
        if not mdm_accounts.are_here(base) or not (accounts := mdm_accounts.opened(base)):
            return Board((), (), 0)
        found = enrolling.findings(session).rows
        read = connecting_mdm.last_read(session)
        told = mdm_board.accounts(base)
        of_devices = mdm_board.of_devices(base, (each.device_id for each in found if each.device_id is not None))
        records = mdm_board.of_records(base, (each.external_id for each in found if each.external_id))
        schools = mdm_board.school_names(base, (each.school for each in found if each.school))
        waiting = mdm_tasks.waiting(base)
    mdms = []
    for each in accounts:
        of = told.get(each.name)
        mdms.append(
            Mdm(
                each.name, each.provider, of.devices if of else 0, of.changed_at if of else None,
                each.first_synced_at is not None, each.unfinished is not None,
                each.reach, each.columns, read.get(each.name),
            )
        )  # fmt: skip
    rows = (
        _difference(each, of_devices.get(each.device_id or 0), records.get((each.mdm, each.external_id)), schools)
        for each in found
    )
    return Board(tuple(mdms), tuple(rows), waiting)


def _difference(
    finding: Finding, device: OfDevice | None, record: RecordSeen | None, schools: Mapping[str, str]
) -> Difference:
    model = device.model if device else record.model if record else ""
    since = record.changed_at if record else None
    if finding.kind in _SINCE_LENT:
        since = device.lent_at if device else None
    elif finding.kind is FindingKind.NOT_SEEN:
        since = record.last_seen_at if record else None
    elif finding.kind in _SINCE_TOLD:
        since = record.first_told_at if record else None
    return Difference(finding, model, schools.get(finding.school, ""), since)


def sides(session: Session, finding: Finding) -> Sides:
    """Return both sides of a finding. Raises: NotPermitted, BaseTrouble."""
    session.require(Permission.STOCK)
    base = session.base
    with troubles_spoken(base):
        if finding.device_id is not None:
            return _of_device(session, DeviceId(finding.device_id))
        if finding.serial:
            return Sides(None, records=tuple(mdm_board.of_serial(base, finding.serial)))
        one = mdm_board.of_records(base, [finding.external_id]).get((finding.mdm, finding.external_id))
        return Sides(None, records=(one,) if one else ())


def sides_of(session: Session, tag: str) -> Sides:
    """Return both sides of a device, whether they differ or not. Raises: NotPermitted, BaseTrouble."""
    session.require(Permission.STOCK)
    with troubles_spoken(session.base):
        found = devices.find(session.base, tag)
        return Sides(None) if found is None else _of_device(session, found.id)


def _of_device(session: Session, device_id: DeviceId) -> Sides:
    base = session.base
    row = devices.row(device_id)
    owner, code = "", ""
    found = None if row is None else devices.find(base, row.tag)
    if found is not None and found.holder_id is not None and session.actor.may(Permission.READ_PUPILS):
        pupil_id = PupilId(found.holder_id)
        pupil = pupils.row(pupil_id)
        owner, code = pupil.name if pupil else "", pupil_card(pupil_id)
    records = tuple(mdm_board.of_device(base, device_id))
    return Sides(row, owner, code, records, tuple(mdm_board.tasks_of(base, device_id)))


def export(session: Session, rows: Sequence[Difference], out: Path) -> Export:
    """Write differences, as they are listed, into a .csv or .xlsx file. Raises: NotPermitted, FileTrouble, DiskFull."""
    session.require(Permission.STOCK)
    listed = [
        ListedDifference(
            row.finding.sentence, row.finding.tag, row.finding.serial, row.model, row.school or row.finding.school,
            row.since.astimezone().date() if row.since else None, row.finding.proposal, row.finding.mdm,
        )
        for row in rows
    ]  # fmt: skip
    return reporting.exported(session, out, "mdm-differences", DIFFERENCE_LIST, listed, tr(N_("Differences")))


def looked_at(session: Session, errands: Sequence[Errand], *, second: str = "") -> list[Looked]:
    """Say of each errand for which devices the MDM would be asked, without asking. Raises: NotPermitted, Refusal."""
    session.require(Permission.STOCK)
    looked = []
    for errand in errands:
        account = connecting_mdm.known_account(session, errand.mdm)
        seen = commanding.previewed(session, account, errand.act, errand.tags, second=second)
        looked.append(Looked(replace(errand, tags=tuple(each.tag for each in seen.asked)), seen.refused))
    return looked


def ask_all(
    session: Session, errands: Sequence[Errand], keys: Mapping[str, Secret], *, second: str = "",
    words: Words | None = None, progress: Progress | None = None,
) -> Answers:  # fmt: skip
    """Ask each MDM in turn; where one cannot be asked, the others are. `keys` are those typed, by MDM.

    Raises: NotPermitted, BaseTrouble.
    """
    session.require(Permission.STOCK)
    tasks: list[TaskRow] = []
    troubles: list[tuple[Errand, TabletLoansError]] = []
    done, total = 0, sum(len(errand.tags) for errand in errands)
    for errand in errands:
        far = Progress(partial(_further, progress or Progress(), done, total))
        try:
            account = connecting_mdm.known_account(session, errand.mdm)
            with connecting_mdm.reached(session, account, ask=partial(_given, keys)) as way:
                receipt = commanding.ask(
                    session, account, way, errand.act, errand.tags, second=second, words=words, progress=far
                )
            tasks += receipt.value
        except TabletLoansError as error:
            troubles.append((errand, error))
        done += len(errand.tags)
    return Answers(tuple(tasks), tuple(troubles), frozenset({Topic.MDM, Topic.DEVICES}))


def poll_all(session: Session) -> Answers:
    """Say what became of what was asked; an MDM is asked where the keyring has its key. Raises: NotPermitted."""
    session.require(Permission.STOCK)
    ended: list[TaskRow] = []
    topics: frozenset[Topic] = frozenset()
    for account in connecting_mdm.accounts(session):
        with troubles_spoken(session.base):
            waiting = [task.id for task in mdm_tasks.unanswered(session.base, account.id)]
        if not waiting:
            continue
        settled = commanding.settle(session, account)
        topics |= settled.topics
        if settled.value:
            with suppress(TabletLoansError), connecting_mdm.reached(session, account) as way:
                topics |= commanding.poll(session, account, way).topics  # in a minute again, where it could not be
        with troubles_spoken(session.base):
            ended += [task for task in mdm_tasks.of(session.base, waiting) if task.state not in _OPEN]
    return Answers(tuple(ended), (), topics)


def sync(
    session: Session, name: str, *, key: Secret | None = None, is_dry_run: bool = False, believes_empty: bool = False,
    progress: Progress | None = None,
) -> Receipt[SyncReport]:  # fmt: skip
    """Read an MDM, with the key that was typed where the keyring has none; it can be given to a process apart.

    Raises: what `connecting_mdm.sync_named` raises.
    """
    return connecting_mdm.sync_named(
        session, name, is_dry_run=is_dry_run, believes_empty=believes_empty, progress=progress,
        ask=partial(_given, {name: key} if key else {}),
    )  # fmt: skip


def rules(session: Session) -> Ruled:
    """Return the settings as they are kept now, and what they can name. Raises: NotPermitted, BaseTrouble."""
    session.require(Permission.STOCK)
    base = session.base
    with troubles_spoken(base):
        kept = settings.read(base)
        going = [each.name for each in campaigns.every(base) if each.status is not CampaignStatus.CLOSED]
        told = mdm_board.groups(base) if mdm_accounts.are_here(base) else []
    wanted = sorted({*going, *kept.mdm_groups}, key=sort_key)
    groups = {name.strip() for group in told for name in group.split(",")} - {""}
    return Ruled(kept, tuple(wanted), tuple(sorted(groups, key=sort_key)))


def _given(keys: Mapping[str, Secret], name: str) -> str:
    return keys[name].text if name in keys else connecting_mdm.nobody(name)


def _further(progress: Progress, before: int, total: int, done: int, _of: int) -> None:
    progress.report(before + done, total)
