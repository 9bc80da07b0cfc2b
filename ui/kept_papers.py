"""Papers on their way to a printer or a preview: a folder of this person's own, gone with the program."""

import os
import re
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

_PREFIX: Final = "tablet-loans-papers-"
_OWNED: Final = re.compile(rf"{_PREFIX}(\d+)-\w+")
_ABOUT_S: Final = 60
"""By how much the time a program began may differ from its files' times."""


class KeptPapers:
    """A folder made when a first paper asks for it, for nobody else to read."""

    def __init__(self) -> None:
        self.folder: Path | None = None

    def place(self, name: str) -> Path:
        """Return where a paper of this name may be written."""
        if self.folder is None:
            self.folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
        return self.folder / name

    def throw_away(self) -> None:
        """Remove the folder and all that is in it."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None


def sweep() -> None:
    """Remove the agreements of this person's that a program left behind when it was ended by force."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if _is_left(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_left(folder: Path) -> bool:
    """Tell whether a folder is of this program and person, and its program is gone."""
    seen, owned = folder.lstat(), _OWNED.fullmatch(folder.name)
    if owned is None or folder.is_symlink() or not folder.is_dir():
        return False
    if hasattr(os, "getuid") and seen.st_uid != os.getuid():
        return False
    import psutil

    try:
        began = psutil.Process(int(owned[1])).create_time()
    except (psutil.NoSuchProcess, OverflowError):
        return True
    except psutil.Error:
        return False
    return began > seen.st_mtime + _ABOUT_S
