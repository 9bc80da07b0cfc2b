"""When each MDM was last read from this computer: beside the base, for a sync that finds nothing new writes nothing."""

import json
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from tablet_loans import paths


def last(base: str) -> dict[str, datetime]:
    """Return when the MDMs of the base at this address were last read from here, by name."""
    return {name: datetime.fromisoformat(at) for name, at in _kept().get(base, {}).items()}


def note(base: str, name: str, at: datetime) -> None:
    """Note that an MDM was read; a folder that cannot be written stops nobody."""
    kept = _kept()
    kept.setdefault(base, {})[name] = at.isoformat()
    _keep(kept)


def forget(base: str, name: str) -> None:
    """Forget when an MDM was read that is not connected any more."""
    kept = _kept()
    if kept.get(base, {}).pop(name, None):
        _keep(kept)


def _keep(kept: dict[str, dict[str, str]]) -> None:
    with suppress(OSError):
        _file().parent.mkdir(parents=True, exist_ok=True)
        unfinished = _file().with_suffix(".unfinished")
        unfinished.write_text(json.dumps(kept), "utf-8")
        unfinished.replace(_file())


def _file() -> Path:
    return paths.data_folder() / "mdm-read.json"


def _kept() -> dict[str, dict[str, str]]:
    try:
        kept = json.loads(_file().read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}
