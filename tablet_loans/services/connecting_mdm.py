"""Connecting an MDM: how it is reached is kept in the base, its key in the system's keyring and nowhere else."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from tablet_loans.domain.act import Action, LedgerId, Subject
from tablet_loans.domain.enrolment import Connected, Provider, Reach, Secret, TaskState
from tablet_loans.domain.errors import ImportUnderWay, UnknownCampaign
from tablet_loans.domain.mdm_reach import bare, is_same_fleet, named, pasted
from tablet_loans.domain.mdm_rule import Caution, OwnerStyle
from tablet_loans.domain.mdm_task import MdmBeingRead, MdmNameTaken, MdmNotSaid, NoMdm, UnknownMdm, step
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.settings import Settings
from tablet_loans.domain.trouble import NoMdmKey, NoPlaceForSecret
from tablet_loans.services import enrolling
from tablet_loans.services.mdm import Connector
from tablet_loans.services.mdm.making import connector
from tablet_loans.services.session import Cancelled, Progress, Receipt, Recorder, Session, Topic
from tablet_loans.services.sync_run import SyncReport
from tablet_loans.storage import (
    batches,
    campaigns,
    enrolments,
    looked,
    mdm_accounts,
    mdm_tasks,
    rows,
    secrets,
    settings,
)
from tablet_loans.storage.database import shown, troubles_spoken
from tablet_loans.storage.mdm_accounts import Account
from tablet_loans.storage.searching import in_bites
from tablet_loans.storage.turns import in_turns
from tablet_loans.text import N_

KEY_VARIABLE: Final = "TABLET_LOANS_MDM_KEY"
AskSecret = Callable[[str], str]
_FORGOTTEN: Final = 200
_UNTOLD: Final = N_("the MDM was disconnected before it told: look there whether it was done")


@dataclass(frozen=True, slots=True)
class MdmForgotten:
    """An MDM that was disconnected, and whether the keyring still keeps its key, for it did not open."""

    account: Account
    is_key_kept: bool


@dataclass(frozen=True, slots=True)
class MdmConnection:
    """An MDM that was connected, what its test found, and whether the keyring keeps its key."""

    account: Account
    found: Connected
    is_key_kept: bool


def nobody(name: str) -> str:
    """Return no key: nobody is there to be asked. Raises: NoMdmKey."""
    raise NoMdmKey(mdm=name, variable=KEY_VARIABLE)


def accounts(session: Session) -> list[Account]:
    """Return the MDMs that are connected, by name. Raises: NotPermitted, BaseTrouble."""
    session.require(Permission.STOCK)
    with troubles_spoken(session.base):
        return mdm_accounts.opened(session.base) if mdm_accounts.are_here(session.base) else []


def known_account(session: Session, name: str | None) -> Account:
    """Return the MDM of that name, or the only one. Raises: NoMdm, UnknownMdm, MdmNotSaid, UpgradeNeeded."""
    with troubles_spoken(session.base):
        mdm_accounts.must_be_here(session.base)
        every = mdm_accounts.opened(session.base)
    if not every and name is None:
        raise NoMdm()
    if name is None and len(every) > 1:
        raise MdmNotSaid(mdms=", ".join(account.name for account in every))
    found = next((account for account in every if name in (None, account.name)), None)
    if found is None:
        raise UnknownMdm(mdm=name)
    return found


def connect(
    session: Session,
    provider: Provider,
    reach: Reach,
    *,
    name: str = "",
    columns: Mapping[str, str] | None = None,
    ask: AskSecret = nobody,
) -> Receipt[MdmConnection]:
    """Test the way to an MDM with the key that `ask` gives, and keep both: the way here, the key in the keyring.

    A test that finds a right missing keeps them too, and says which. Where there is no safe keyring the key is kept
    nowhere. Raises: NotPermitted, NotAnAddress, PasswordInAddress, MdmNameTaken, MdmBeingRead, NoMdmKey,
    MdmTrouble, BaseTrouble.
    """
    session.require(Permission.ADMINISTER)
    called, reach = named(name) or provider.value, _whole(provider, reach)
    with troubles_spoken(session.base):
        mdm_accounts.must_be_here(session.base)
        before = mdm_accounts.find(session.base, called)
    if before is not None and before.closed_at is None and not _is_same(before, provider, reach):
        raise MdmNameTaken(mdm=called)
    secret = _given(provider, called, ask)
    way = connector(provider, reach, secret, columns=columns)
    try:
        found = way.check()
    finally:
        way.close()
    if before is not None and before.closed_at is not None:  # by a disconnection that may have been stopped
        with troubles_spoken(session.base), _alone(session, before):
            _forget_told(session, before)
    is_kept = provider is not Provider.FILE and _kept(session, called, secret)
    ledger_id, account = _written(session, before, called, provider, reach, columns or {})
    return Receipt(MdmConnection(account, found, is_kept), ledger_id, frozenset({Topic.MDM}))


def _is_same(before: Account, provider: Provider, reach: Reach) -> bool:
    return before.provider is provider and is_same_fleet(provider, before.reach, reach)


def _whole(provider: Provider, reach: Reach) -> Reach:
    """Return how it is reached, files by their whole paths. Raises: NotAnAddress, PasswordInAddress."""
    if provider is Provider.FILE:
        return replace(reach, address=_path(reach.address))
    return replace(bare(provider, reach), ca_file=_path(reach.ca_file) if reach.ca_file else "")


def _path(typed: str) -> str:
    """Return a whole path; one of a home that is nobody's stays as it was typed, and is not found."""
    return str(Path(os.path.expanduser(typed)).absolute())  # noqa: PTH111 - Path's own raises for nobody's home


def _given(provider: Provider, called: str, ask: AskSecret) -> Secret:
    """Return the key that is given now, by the environment or by the person who is asked."""
    if provider is Provider.FILE:
        return Secret("")
    given = pasted(os.environ.get(KEY_VARIABLE) or ask(called))
    if not given:
        raise NoMdmKey(mdm=called, variable=KEY_VARIABLE)
    return Secret(given)


def _kept(session: Session, called: str, secret: Secret) -> bool:
    try:
        secrets.keep_secret(_place(session), _name(called), secret.text)
    except NoPlaceForSecret:
        return False
    return True


def _written(
    session: Session,
    before: Account | None,
    called: str,
    provider: Provider,
    reach: Reach,
    columns: Mapping[str, str],
) -> tuple[LedgerId, Account]:
    base = session.base
    with session.transaction() as act:
        values: dict[str, object] = {"reach": mdm_accounts.reach_text(reach, columns), "unfinished": ""}
        if before is None or before.closed_at is not None:
            values |= {"provider": provider.value, "connected_at": act.at, "connected_by": session.actor.name}
        if before is None:
            account_id = rows.insert(base, "mdm_account", {**values, "name": called})
        else:
            account_id = before.id
            mdm_tasks.update_account(base, account_id, {**values, "closed_at": None})
        about = [(Subject.MDM_ACCOUNT, account_id)]
        line = act(
            Action.MDM_CONNECTED, None, topics={Topic.MDM}, about=about, mdm=called, provider=provider.value
        ).ledger_id
    account = mdm_accounts.find(base, called)
    assert account is not None  # noqa: S101 - it was just written
    return line, account


def disconnect(session: Session, name: str) -> Receipt[MdmForgotten]:
    """Forget an MDM: its key, and what it told; the story of devices and what was asked of it stay.

    What it had not yet answered is not asked for any more. A disconnection that was stopped goes on when it is asked
    again. Raises: NotPermitted, UnknownMdm, MdmBeingRead, BaseTrouble.
    """
    session.require(Permission.ADMINISTER)
    base = session.base
    with troubles_spoken(base):
        mdm_accounts.must_be_here(base)
        account = mdm_accounts.find(base, name)
        if account is None or (account.closed_at is not None and not enrolments.records_of(base, account.id)):
            raise UnknownMdm(mdm=name)
        with _alone(session, account):
            receipt = _closed(session, account)
            is_gone = secrets.forget_secret(_place(session), _name(account.name))
            looked.forget(_place(session), account.name)
            _forget_told(session, account)
    return Receipt(MdmForgotten(account, not is_gone), receipt.ledger_id, receipt.topics)


def _forget_told(session: Session, account: Account) -> None:
    """Delete what an MDM told that is closed, if anything is left of it."""
    bites = in_bites(enrolments.records_of(session.base, account.id), _FORGOTTEN)
    for _ in in_turns(session.base, bites, partial(enrolments.forget, session.base)):
        pass


def _closed(session: Session, account: Account) -> Receipt[None]:
    """Close an account, and what it was asked and has not answered."""
    with session.transaction() as act:
        values = {"closed_at": act.at, "unfinished": "", "first_synced_at": None}
        mdm_tasks.update_account(session.base, account.id, values)
        _end_waiting(session, account, act)
        about = [(Subject.MDM_ACCOUNT, account.id)]
        return act(Action.MDM_DISCONNECTED, None, topics={Topic.MDM}, about=about, mdm=account.name)


def _end_waiting(session: Session, account: Account, act: Recorder) -> None:
    """End the tasks whose outcome nobody can ask for any more."""
    for task in mdm_tasks.unanswered(session.base, account.id):
        over = step(task.state, TaskState.FAILED).value
        after = {"state": over, "told_at": act.at, "reason": _UNTOLD}
        act.change(Subject.MDM_TASK, task.id, {"state": task.state.value}, after)


@contextmanager
def _alone(session: Session, account: Account) -> Iterator[None]:
    """Keep every other reading of this MDM out, from whichever computer. Raises: MdmBeingRead, BaseReadOnly."""
    with ExitStack() as held:
        try:
            held.enter_context(batches.alone(session.base, f"mdm-{account.id}"))
        except ImportUnderWay:
            raise MdmBeingRead(mdm=account.name) from None
        yield


@contextmanager
def reached(
    session: Session, account: Account, *, ask: AskSecret = nobody, progress: Progress | None = None
) -> Iterator[Connector]:
    """Give the way to an MDM, with its key from the keyring, $TABLET_LOANS_MDM_KEY, or whoever is asked.

    Raises: NoMdmKey, MdmTrouble.
    """
    secret = Secret("")
    if account.provider is not Provider.FILE:
        kept = secrets.secret(_place(session), _name(account.name))
        secret = Secret(kept) if kept else _given(account.provider, account.name, ask)
    way = connector(
        account.provider, account.reach, secret, cancelled=partial(_heard, progress or Progress()),
        columns=account.columns,
    )  # fmt: skip
    try:
        yield way
    finally:
        way.close()


def sync_named(
    session: Session,
    name: str | None = None,
    *,
    is_dry_run: bool = False,
    believes_empty: bool = False,
    ask: AskSecret = nobody,
    progress: Progress | None = None,
) -> Receipt[SyncReport]:
    """Read the MDM of that name, or the only one; without `ask` it can be given to a process apart.

    One reading at a time, on whichever computer: the second is told so at once; a dry run writes nothing, and waits
    for nobody. Raises: what `enrolling.sync` raises, NoMdm, UnknownMdm, MdmNotSaid, MdmBeingRead, NoMdmKey.
    """
    session.require(Permission.STOCK)
    account = known_account(session, name)
    with ExitStack() as held:
        way = held.enter_context(reached(session, account, ask=ask, progress=progress))
        if not is_dry_run:
            held.enter_context(_alone(session, account))
        receipt = enrolling.sync(
            session, account, way, is_dry_run=is_dry_run, believes_empty=believes_empty, progress=progress
        )
    if not is_dry_run:
        looked.note(_place(session), account.name, session.now())
    return receipt


def last_read(session: Session) -> dict[str, datetime]:
    """Return when each MDM was last read to its end from this computer, by name; it is not kept in the base."""
    session.require(Permission.STOCK)
    return looked.last(_place(session))


def rule(
    session: Session,
    *,
    at_counter: Caution | None = None,
    at_return: Caution | None = None,
    stale_days: int | None = None,
    owner: OwnerStyle | None = None,
    groups: Mapping[str, str] | None = None,
) -> Receipt[Settings]:
    """Change what is done about tablets that are not enrolled or not released; what is None stays.

    `groups` are MDM groups by campaign, "" for none any more.
    Raises: NotPermitted, UnknownCampaign, BaseTrouble.
    """
    session.require(Permission.ADMINISTER)
    _must_be_campaigns(session, [campaign for campaign, group in (groups or {}).items() if group])
    with troubles_spoken(session.base):
        kept = settings.read(session.base)  # the session's may be older: another computer rules too
    wanted = None if groups is None else {name: each for name, each in {**kept.mdm_groups, **groups}.items() if each}
    asked: dict[str, object] = {
        "mdm_at_counter": at_counter, "mdm_at_return": at_return, "mdm_stale_days": stale_days, "mdm_owner": owner,
        "mdm_groups": wanted,
    }  # fmt: skip
    changed = {name: value for name, value in asked.items() if value not in (None, getattr(kept, name))}
    if not changed:
        return Receipt(kept, LedgerId(""), frozenset())
    with session.transaction() as act:
        settings.write(session.base, **changed)
        line = act(Action.MDM_RULED, None, topics={Topic.MDM, Topic.DEVICES}, rules=changed).ledger_id
    return Receipt(settings.read(session.base), line, frozenset({Topic.MDM, Topic.DEVICES}))


def _must_be_campaigns(session: Session, names: Sequence[str]) -> None:
    with troubles_spoken(session.base):
        for name in names:
            if campaigns.find(session.base, name) is None:
                raise UnknownCampaign(campaign=name)


def _heard(progress: Progress) -> None:
    if progress.is_cancelled():
        raise Cancelled


def _place(session: Session) -> str:
    """Return the base's address, under which the keyring keeps its secrets."""
    return str(session.base.path.absolute()) if session.base.path is not None else shown(session.base.url)


def _name(called: str) -> str:
    return f"mdm {called}"
