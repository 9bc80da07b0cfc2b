"""Where things lie: the program's resources, and the user's data and log folders."""

import os
import sys
from pathlib import Path

import platformdirs

_APPLICATION = "tablet-loans"


def resources() -> Path:
    """Return the folder of catalogues, sounds, themes and clause texts, also in a frozen program."""
    root = Path(getattr(sys, "_MEIPASS", Path(__file__).parent.parent))
    return root / "resources"


def catalogues() -> Path:
    """Return the folder of the gettext catalogues."""
    return resources() / "locale"


def agreements() -> Path:
    """Return the folder of the usual clauses of the loan agreement, one folder a language."""
    return resources() / "agreements"


def data_folder() -> Path:
    """Return the user's data folder; it may not exist yet."""
    return Path(platformdirs.user_data_dir(_APPLICATION, appauthor=False))


def log_folder() -> Path:
    """Return the user's log folder; it may not exist yet."""
    return Path(platformdirs.user_log_dir(_APPLICATION, appauthor=False))


def default_database() -> str:
    """Return $TABLET_LOANS_DATABASE, else the base in the user's data folder."""
    return os.environ.get("TABLET_LOANS_DATABASE") or str(data_folder() / "tablet-loans.sqlite")
