"""Opening a base: created, unlocked, brought to this version, copied, and given to a session."""

import getpass
import hmac
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tablet_loans import logs, paths
from tablet_loans.domain.act import Action
from tablet_loans.domain.errors import WrongRecoveryPhrase
from tablet_loans.domain.roles import Actor, Permission, Role
from tablet_loans.domain.trouble import (
    BaseExists,
    BaseMissing,
    BaseTrouble,
    FileTrouble,
    KeyMissing,
    NoKeyring,
    NotABase,
    reason_of,
)
from tablet_loans.services import importing
from tablet_loans.services.session import Progress, Session
from tablet_loans.storage import database, schema, secrets, settings, snapshot, stations
from tablet_loans.storage.database import Base
from tablet_loans.storage.driver import is_server_url
from tablet_loans.text import language

AskKey = Callable[[], str]


@dataclass(frozen=True, slots=True)
class NewBase:
    """A base just created; `phrase` must be written down and typed back."""

    path: str
    is_encrypted: bool
    phrase: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What an upgrade went through, and the copy made first."""

    versions: tuple[str, ...]
    copy: str | None


def create_base(url: str, *, is_encrypted: bool = True, keeps_key: bool = True) -> NewBase:
    """Create the base at `url`; an SQLite one is encrypted unless told otherwise.

    The key is $TABLET_LOANS_KEY's, else a new one kept in the keyring (unless `keeps_key` is false: then
    the phrase is its only trace). Raises: BaseExists, NoKeyring, BaseTrouble.
    """
    if is_server_url(url):
        return _create_on_server(url)
    path = _path_of(url)
    if path.exists():
        raise BaseExists(path=str(path))
    given = os.environ.get("TABLET_LOANS_KEY") if is_encrypted else None
    key, phrase = _new_key(given, keeps_key=keeps_key) if is_encrypted else (None, None)
    _fill_new_file(path, key, is_confirmed=phrase is None)
    if key is not None and given is None and keeps_key:
        _keep_or_take_back(path, key)
    logs.LOG.info("base created, encrypted=%s", is_encrypted)
    return NewBase(str(path), is_encrypted, phrase)


def _keep_or_take_back(path: Path, key: str) -> None:
    """Keep the key of a new base; a keyring that says no leaves no base that nobody could open. Raises: NoKeyring."""
    try:
        secrets.keep(str(path), key)
    except NoKeyring:
        path.unlink()
        raise


def _path_of(url: str) -> Path:
    """Return the path of a base in a file. Raises: NotABase for the address of something else."""
    if "://" in url:
        raise NotABase(path=url)
    return Path(url).expanduser().absolute()


def _new_key(given: str | None, *, keeps_key: bool) -> tuple[str, str | None]:
    """Return the key given, or a new one with its phrase. Raises: BadKey, NoKeyring."""
    if given:
        return secrets.key_from(given), None
    if keeps_key:
        secrets.must_have_keyring()
    made = secrets.new_key(language())
    return made.key, made.phrase


def _fill_new_file(path: Path, key: str | None, *, is_confirmed: bool) -> None:
    """Make the whole base under another name first: a killed process leaves no half base."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        base = database.open_database(str(unfinished), key, create=True)
        schema.upgrade(base)
        with base.atomic():
            settings.write(base, is_recovery_confirmed=is_confirmed)
        base.close()
        unfinished.rename(path)
    except OSError as error:
        raise FileTrouble(path=str(path), reason=reason_of(error)) from error


def _create_on_server(url: str) -> NewBase:
    base = database.open_database(url, create=True)
    if schema.version(base):
        raise BaseExists(path=database.shown(url))
    schema.upgrade(base)
    base.close()
    return NewBase(database.shown(url), False, None)


def open_session(
    url: str, *, user: str | None = None, key: str | None = None, ask_key: AskKey | None = None
) -> Session:
    """Return the session of `user` (default: the system's) at this station.

    The key of an encrypted base is `key`'s, $TABLET_LOANS_KEY's, the keyring's, else `ask_key`'s.
    Raises: BaseTrouble.
    """
    base = _opened(url, key, ask_key)
    schema.must_be_usable(base)
    with database.troubles_spoken(base):
        session = _session(base, user)
    importing.finish_decided(session)
    return session


def _opened(url: str, key: str | None, ask_key: AskKey | None) -> Base:
    if is_server_url(url):
        return database.open_database(url)
    path = _path_of(url)
    if database.is_plain(path):
        return database.open_database(url)
    return database.open_database(url, _found_key(path, key, ask_key))


def _found_key(path: Path, key: str | None, ask_key: AskKey | None) -> str | None:
    """Return the key of what may be an encrypted base; None lets the opening say what it is."""
    if given := key or os.environ.get("TABLET_LOANS_KEY"):
        return secrets.key_from(given)
    if kept := secrets.recall(str(path)):
        return kept
    if ask_key is None:
        return None
    try:
        return database.open_database(str(path)).key
    except KeyMissing:
        if typed := ask_key().strip():
            return secrets.key_from(typed)
        raise


def _session(base: Base, user: str | None) -> Session:
    station = stations.registered(base, _machine())
    actor = Actor((user or getpass.getuser())[:80], Role.ADMINISTRATOR)
    return Session(base, actor, station, settings.read(base))


def _machine() -> str:
    """Return this computer's own number, drawn once for this user."""
    file = paths.data_folder() / "machine"
    try:
        return file.read_text("utf-8").strip()
    except FileNotFoundError:
        file.parent.mkdir(parents=True, exist_ok=True)
        drawn = uuid.uuid4().hex
        try:
            with file.open("x", encoding="utf-8") as written:
                written.write(drawn)
        except FileExistsError:
            return file.read_text("utf-8").strip()
        return drawn


def confirm_recovery(session: Session, phrase: str) -> None:
    """Accept real data from now on, the phrase having been typed back. Raises: WrongRecoveryPhrase, BadKey."""
    session.require(Permission.ADMINISTER)
    key = session.base.key
    if key is not None and not hmac.compare_digest(secrets.key_from(phrase), key):
        raise WrongRecoveryPhrase()
    with session.base.atomic():
        settings.write(session.base, is_recovery_confirmed=True)


def upgrade(
    url: str, *, user: str | None = None, ask_key: AskKey | None = None, copy_is_plain: bool = False,
    progress: Progress | None = None,
) -> Upgraded:  # fmt: skip
    """Bring the base to this program's version; a verified copy is made first.

    Raises: NotPermitted, BaseNewer, SnapshotFailed, BaseTrouble.
    """
    base = _opened(url, None, ask_key)
    try:
        if not schema.pending(base):
            schema.must_be_usable(base)
            return Upgraded((), None)
        return _upgraded(base, user, is_plain=copy_is_plain, progress=progress or Progress())
    finally:
        base.close()


def _upgraded(base: Base, user: str | None, *, is_plain: bool, progress: Progress) -> Upgraded:
    session = _session(base, user)
    session.require(Permission.ADMINISTER)
    missing, copy = schema.pending(base), _copy_place(base)
    _write_copy(base, copy, is_plain=is_plain, progress=progress)
    schema.upgrade(base)
    with session.transaction() as act:
        act(Action.UPGRADED, None, topics=set(), versions=missing)
    return Upgraded(tuple(missing), str(copy))


def _copy_place(base: Base) -> Path:
    """Return a free path for the copy made before an upgrade: beside the base, else in the data folder."""
    folder = base.path.parent if base.path else paths.data_folder()
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{base.path.stem if base.path else 'server'}.before-upgrade-of-{schema.version(base)}"
    places = (folder / f"{stem}{f'-{turn}' if turn else ''}.sqlite" for turn in range(1_000))
    return next(place for place in places if not place.exists())


def back_up(session: Session, out: Path, *, is_plain: bool = False, progress: Progress | None = None) -> int:
    """Copy the base into the new file `out`, verified, and return its number of rows.

    A copy is encrypted as its base is; one of a server's base with $TABLET_LOANS_KEY or a key of the
    keyring. Raises: BaseExists, NoKeyring, SnapshotFailed, BaseTrouble.
    """
    session.require(Permission.ADMINISTER)
    is_plain = is_plain or session.settings.is_demonstration
    rows = _write_copy(session.base, out, is_plain=is_plain, progress=progress or Progress())
    with suppress(BaseTrouble), session.base.atomic():  # a base that cannot be written is copied all the same
        settings.write(session.base, backed_up_at=session.now().isoformat())
    return rows


def _write_copy(base: Base, out: Path, *, is_plain: bool, progress: Progress) -> int:
    key = base.key
    if base.is_server and not is_plain:
        key = _key_of_copies(base)
    out.parent.mkdir(parents=True, exist_ok=True)
    return snapshot.write(base, out.expanduser().absolute(), key, progress.step)


def _key_of_copies(base: Base) -> str:
    """Return the key with which a server's base is copied; a new one goes into the keyring."""
    address = database.shown(base.url)
    if given := os.environ.get("TABLET_LOANS_KEY"):
        return secrets.key_from(given)
    if kept := secrets.recall(address):
        return kept
    made = secrets.new_key(language()).key
    secrets.keep(address, made)
    return made


def restore(url: str, source: Path, *, ask_key: AskKey | None = None, progress: Progress | None = None) -> int:
    """Make the base at `url`, where there is none yet, from a copy; return its number of rows.

    An encrypted copy makes an encrypted file with the same key. Raises: BaseExists, BaseTrouble.
    """
    copy, report = _opened(str(source), None, ask_key), (progress or Progress()).step
    schema.must_be_usable(copy)
    try:
        if is_server_url(url):
            return _restore_to_server(copy, url, report)
        path = _path_of(url)
        count = snapshot.write(copy, path, copy.key, report)
    finally:
        copy.close()
    if copy.key is not None and not os.environ.get("TABLET_LOANS_KEY"):
        _keep_if_possible(path, copy.key)
    return count


def _restore_to_server(copy: Base, url: str, report: snapshot.Report) -> int:
    """Fill a server's base that is new, or was left empty by a restore that did not end. Raises: BaseExists."""
    target = database.open_database(url, create=True, bind=False)
    version = schema.version(target)
    if version and version != schema.version(copy):
        raise BaseExists(path=database.shown(url))
    try:
        schema.upgrade(target, schema.version(copy))
        return snapshot.fill(copy, target, report)
    finally:
        target.close()


def shown(url: str) -> str:
    """Return the base's address without a password, as it may be read aloud."""
    return database.shown(url)


def _keep_if_possible(path: Path, key: str) -> None:
    try:
        secrets.keep(str(path), key)
    except NoKeyring:
        logs.LOG.warning("no keyring: the key of the restored base is asked for each time")


def demonstration_session(url: str, user: str | None = None) -> Session:
    """Return a session in a new plain base for the demonstration, or in an existing one."""
    try:
        return open_session(url, user=user)
    except (BaseMissing, NotABase):
        create_base(url, is_encrypted=False)
    return open_session(url, user=user)


@contextmanager
def closing(session: Session) -> Iterator[Session]:
    """Give the session and close its base at the end; the engine's errors are spoken as Trouble."""
    try:
        with database.troubles_spoken(session.base):
            yield session
    finally:
        session.base.close()
