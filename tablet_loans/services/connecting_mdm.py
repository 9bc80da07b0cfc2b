"""Connecting an MDM: how it is reached is kept in the base, its key in the system's keyring and nowhere else."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from tablet_loans.domain.act import Action, LedgerId, Subject
from tablet_loans.domain.enrolment import Connected, Provider, Reach, Secret
from tablet_loans.domain.mdm_rule import Caution, OwnerStyle
from tablet_loans.domain.mdm_task import MdmNameTaken, MdmNotSaid, PasswordInAddress, UnknownMdm
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.settings import Settings
from tablet_loans.domain.trouble import NoMdmKey, NoPlaceForSecret
from tablet_loans.services import enrolling
from tablet_loans.services.enrolling import SyncReport
from tablet_loans.services.mdm import Connector
from tablet_loans.services.mdm.making import connector
from tablet_loans.services.session import Cancelled, Progress, Receipt, Session, Topic
from tablet_loans.storage import enrolments, looked, mdm_accounts, mdm_tasks, rows, secrets, settings
from tablet_loans.storage.database import shown, troubles_spoken
from tablet_loans.storage.mdm_accounts import Account
from tablet_loans.storage.turns import in_turns

KEY_VARIABLE: Final = "TABLET_LOANS_MDM_KEY"
AskSecret = Callable[[str], str]
_FORGOTTEN: Final = 200


@dataclass(frozen=True, slots=True)
class MdmConnection:
    """An MDM that was connected, what its test found, and whether the keyring keeps its key."""

    account: Account
    found: Connected
    is_key_kept: bool


def nobody(_name: str) -> str:
    """Return no key: nobody is there to be asked. Raises: NoMdmKey."""
    raise NoMdmKey(mdm=_name, variable=KEY_VARIABLE)


def accounts(session: Session) -> list[Account]:
    """Return the MDMs that are connected, by name. Raises: NotPermitted, BaseTrouble."""
    session.require(Permission.STOCK)
    with troubles_spoken(session.base):
        return mdm_accounts.opened(session.base) if mdm_accounts.are_here(session.base) else []


def known_account(session: Session, name: str | None) -> Account:
    """Return the MDM of that name, or the only one. Raises: UnknownMdm, MdmNotSaid, UpgradeNeeded."""
    with troubles_spoken(session.base):
        mdm_accounts.must_be_here(session.base)
        every = mdm_accounts.opened(session.base)
    if name is None and len(every) > 1:
        raise MdmNotSaid(mdms=", ".join(account.name for account in every))
    found = next((account for account in every if name in (None, account.name)), None)
    if found is None:
        raise UnknownMdm(mdm=name or "?")
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
    nowhere. Raises: NotPermitted, PasswordInAddress, MdmNameTaken, NoMdmKey, MdmTrouble, BaseTrouble.
    """
    session.require(Permission.ADMINISTER)
    called = (name or provider.value).strip()[:60]
    reach = _bare(provider, reach)
    with troubles_spoken(session.base):
        mdm_accounts.must_be_here(session.base)
        before = mdm_accounts.find(session.base, called)
    if before is not None and before.provider is not provider:
        raise MdmNameTaken(mdm=called)
    secret = _given(provider, called, ask)
    way = connector(provider, reach, secret, columns=columns)
    try:
        found = way.check()
    finally:
        way.close()
    is_kept = provider is not Provider.FILE and _kept(session, called, secret)
    ledger_id, account = _written(session, before, called, provider, reach, columns or {})
    return Receipt(MdmConnection(account, found, is_kept), ledger_id, frozenset({Topic.MDM}))


def _bare(provider: Provider, reach: Reach) -> Reach:
    """Return how it is reached, a file by its whole path. Raises: PasswordInAddress."""
    if provider is Provider.FILE:
        return replace(reach, address=str(Path(reach.address).expanduser().absolute()))
    for address in (reach.address, reach.proxy):
        if "@" in urlsplit(address if "//" in address else f"//{address}").netloc:
            raise PasswordInAddress()
    return replace(reach, ca_file=str(Path(reach.ca_file).expanduser().absolute()) if reach.ca_file else "")


def _given(provider: Provider, called: str, ask: AskSecret) -> Secret:
    """Return the key that is given now, by the environment or by the person who is asked."""
    if provider is Provider.FILE:
        return Secret("")
    given = (os.environ.get(KEY_VARIABLE) or ask(called)).strip()
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
    way = mdm_accounts.reach_text(reach, columns)
    with session.transaction() as act:
        if before is None:
            values = {
                "name": called, "provider": provider.value, "reach": way, "connected_at": act.at,
                "connected_by": session.actor.name,
            }  # fmt: skip
            account_id = rows.insert(base, "mdm_account", {**values, "unfinished": ""})
        else:
            account_id = before.id
            mdm_tasks.update_account(base, account_id, {"reach": way, "closed_at": None, "unfinished": ""})
        about = [(Subject.MDM_ACCOUNT, account_id)]
        line = act(
            Action.MDM_CONNECTED, None, topics={Topic.MDM}, about=about, mdm=called, provider=provider.value
        ).ledger_id
    account = mdm_accounts.find(base, called)
    assert account is not None  # noqa: S101 - it was just written
    return line, account


def disconnect(session: Session, name: str) -> Receipt[Account]:
    """Forget an MDM: its key, and what it told; the story of devices and what was asked of it stay.

    Raises: NotPermitted, UnknownMdm, BaseTrouble.
    """
    session.require(Permission.ADMINISTER)
    account = known_account(session, name)
    base = session.base
    with troubles_spoken(base):
        with session.transaction() as act:
            values = {"closed_at": act.at, "unfinished": "", "first_synced_at": None}
            mdm_tasks.update_account(base, account.id, values)
            about = [(Subject.MDM_ACCOUNT, account.id)]
            receipt = act(Action.MDM_DISCONNECTED, account, topics={Topic.MDM}, about=about, mdm=account.name)
        ids = enrolments.records_of(base, account.id)
        bites = (ids[start : start + _FORGOTTEN] for start in range(0, len(ids), _FORGOTTEN))
        for _ in in_turns(base, bites, partial(enrolments.forget, base)):
            pass
    secrets.forget_secret(_place(session), _name(account.name))
    return receipt


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

    Raises: what `enrolling.sync` raises, UnknownMdm, MdmNotSaid, NoMdmKey.
    """
    session.require(Permission.STOCK)
    account = known_account(session, name)
    with reached(session, account, ask=ask, progress=progress) as way:
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
    Raises: NotPermitted, BaseTrouble.
    """
    session.require(Permission.ADMINISTER)
    known = session.settings.mdm_groups
    asked: dict[str, object] = {
        "mdm_at_counter": at_counter, "mdm_at_return": at_return, "mdm_stale_days": stale_days, "mdm_owner": owner,
        "mdm_groups": None if groups is None else {name: each for name, each in {**known, **groups}.items() if each},
    }  # fmt: skip
    changed = {name: value for name, value in asked.items() if value not in (None, getattr(session.settings, name))}
    if not changed:
        return Receipt(session.settings, LedgerId(""), frozenset())
    with session.transaction() as act:
        settings.write(session.base, **changed)
        line = act(Action.MDM_RULED, None, topics={Topic.MDM, Topic.DEVICES}, rules=changed).ledger_id
    return Receipt(settings.read(session.base), line, frozenset({Topic.MDM, Topic.DEVICES}))


def _heard(progress: Progress) -> None:
    if progress.is_cancelled():
        raise Cancelled


def _place(session: Session) -> str:
    """Return the base's address, under which the keyring keeps its secrets."""
    return str(session.base.path.absolute()) if session.base.path is not None else shown(session.base.url)


def _name(called: str) -> str:
    return f"mdm {called}"
