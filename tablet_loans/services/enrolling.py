"""Enrolling: what an MDM tells is read, matched and kept, and compared with the register; no device is created."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tablet_loans.domain.finding import Finding, FindingFilter
from tablet_loans.domain.mdm_task import NoDevicesTold, UnknownMdm
from tablet_loans.domain.reconciliation import reconcile
from tablet_loans.domain.roles import Permission
from tablet_loans.services.mdm import Connector
from tablet_loans.services.session import Progress, Receipt, Session, Topic
from tablet_loans.services.sync_run import SyncReport, begun, rules_of, undisturbed
from tablet_loans.storage import enrolments, mdm_accounts, mdm_tasks
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.mdm_accounts import Account

_TOPICS: Final = {Topic.MDM, Topic.DEVICES}


@dataclass(frozen=True, slots=True)
class Findings:
    """How the MDMs and the register differ: those let through, and how many there are of each kind."""

    rows: tuple[Finding, ...]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class EnrolmentCounts:
    """How the fleet stands: MDMs connected, devices by enrolment (stale as of today), and what waits."""

    mdms: int
    devices: Mapping[str, int]
    lent: int
    lent_enrolled: int
    not_in_register: int
    tasks_waiting: int


def sync(
    session: Session,
    account: Account,
    connector: Connector,
    *,
    is_dry_run: bool = False,
    believes_empty: bool = False,
    progress: Progress | None = None,
) -> Receipt[SyncReport]:
    """Read what an MDM tells and keep what differs from what it told before; what is told no more is marked gone.

    What was read before a trouble is kept, and the next sync goes on from there; only one that came to its end says
    what is gone. One that finds nothing new writes nothing. Raises: NotPermitted, UnknownMdm, NoDevicesTold,
    MdmTrouble, Cancelled.
    """
    session.require(Permission.STOCK)
    with troubles_spoken(session.base), undisturbed():
        mdm_accounts.must_be_here(session.base)
        account = _as_it_is(session, account)
        run = begun(session, account, progress or Progress(), is_dry_run=is_dry_run)
        run.read(connector)
        if run.error is not None:
            run.stop()
            raise run.error
        here = sum(not each.is_gone for each in run.known.values())
        if here and not (run.seen or run.unread or believes_empty):
            raise NoDevicesTold(mdm=account.name, count=here)
        run.mark_gone()
        ledger_id = run.end()
        report = run.report()
    return Receipt(report, ledger_id, frozenset(_TOPICS if ledger_id else ()))


def _as_it_is(session: Session, account: Account) -> Account:
    """Return an MDM as it stands: it may have been read, or disconnected, since. Raises: UnknownMdm."""
    now = mdm_accounts.find(session.base, account.name)
    if now is None or now.closed_at is not None:
        raise UnknownMdm(mdm=account.name)
    return now


def findings(session: Session, chosen: FindingFilter = FindingFilter()) -> Findings:  # noqa: B008 - it is frozen
    """Return how the MDMs and the register differ, what matters most first. Raises: NotPermitted, BaseTrouble."""
    session.require(Permission.STOCK)
    with troubles_spoken(session.base):
        mdm_accounts.must_be_here(session.base)
        every = reconcile(
            enrolments.registered(session.base),
            enrolments.seen(session.base),
            rules_of(session),
            session.now(),
            is_all_read=enrolments.are_all_read(session.base),
        )
    rows = tuple(each for each in every if chosen.lets(each))
    return Findings(rows, Counter(each.kind.value for each in every))


def counts(session: Session) -> EnrolmentCounts:
    """Return how the fleet stands in the MDMs. Raises: NotPermitted, BaseTrouble."""
    session.require(Permission.STOCK)
    base = session.base
    silent_since = session.now() - timedelta(days=session.settings.mdm_stale_days)
    with troubles_spoken(base):
        if not mdm_accounts.are_here(base):
            return EnrolmentCounts(0, {}, 0, 0, 0, 0)
        states, loose = mdm_tasks.states(base, silent_since)
        lent, enrolled = mdm_tasks.lent(base)
        waiting = mdm_tasks.waiting(base)
        return EnrolmentCounts(len(mdm_accounts.opened(base)), states, lent, enrolled, loose, waiting)
