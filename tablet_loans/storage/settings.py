"""The settings that differ from their defaults."""

import json
from dataclasses import fields
from typing import Any

from tablet_loans.domain.device import DeviceState
from tablet_loans.domain.settings import Settings
from tablet_loans.storage.database import Base


def read(base: Base) -> Settings:
    """Return the base's settings."""
    known = {setting.name for setting in fields(Settings)}
    rows = base.execute("SELECT name, value FROM setting").fetchall()
    values: dict[str, Any] = {name: json.loads(value) for name, value in rows if name in known}
    if "arrival_state" in values:
        values["arrival_state"] = DeviceState(values["arrival_state"])
    return Settings(**values)


def write(base: Base, **values: object) -> None:
    """Write these settings, by name."""
    for name, value in values.items():
        base.execute("DELETE FROM setting WHERE name = ?", (name,))
        base.execute("INSERT INTO setting (name, value) VALUES (?, ?)", (name, json.dumps(value)))
