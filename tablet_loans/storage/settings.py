"""The settings that differ from their defaults."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import Any, Final

from tablet_loans.domain.device import DeviceState
from tablet_loans.domain.mail import MailServer, Security
from tablet_loans.domain.mdm_rule import Caution, OwnerStyle
from tablet_loans.domain.settings import Settings
from tablet_loans.storage.database import Base

_MAIL_SERVER: Final = "mail_server"
_KINDS: Final[Mapping[str, Callable[[Any], object]]] = {
    "arrival_state": DeviceState,
    "mdm_at_counter": Caution,
    "mdm_at_return": Caution,
    "mdm_owner": OwnerStyle,
}


def read(base: Base) -> Settings:
    """Return the base's settings."""
    known = {setting.name for setting in fields(Settings)}
    rows = base.execute("SELECT name, value FROM setting").fetchall()
    values: dict[str, Any] = {name: json.loads(value) for name, value in rows if name in known}
    values.update({name: kind(values[name]) for name, kind in _KINDS.items() if name in values})
    return Settings(**values)


def write(base: Base, **values: object) -> None:
    """Write these settings, by name."""
    for name, value in values.items():
        base.execute("DELETE FROM setting WHERE name = ?", (name,))
        base.execute("INSERT INTO setting (name, value) VALUES (?, ?)", (name, json.dumps(value)))


def mail_server(base: Base) -> MailServer | None:
    """Return the server that takes the authority's mails, or None; its password is in no base."""
    row = base.execute("SELECT value FROM setting WHERE name = ?", (_MAIL_SERVER,)).fetchone()
    if row is None:
        return None
    said = json.loads(row[0])
    return MailServer(**{**said, "security": Security(said["security"])})


def keep_mail_server(base: Base, server: MailServer | None) -> None:
    """Keep the server that takes the authority's mails, or forget it."""
    if server is None:
        base.execute("DELETE FROM setting WHERE name = ?", (_MAIL_SERVER,))
    else:
        write(base, mail_server=asdict(server))
