"""Labelling: the codes that the counter scans, printed."""

from dataclasses import dataclass
from pathlib import Path

from tablet_loans.domain.roles import Permission
from tablet_loans.services.documents.commands import write_commands
from tablet_loans.services.session import Session
from tablet_loans.storage import kits
from tablet_loans.storage.database import troubles_spoken


@dataclass(frozen=True, slots=True)
class PrintedCommands:
    """What was printed: the accessories that have a code of their own, the pages, the file."""

    accessories: int
    pages: int
    file: str


def print_commands(session: Session, out: Path) -> PrintedCommands:
    """Write the counter's command codes, with one for each accessory of the models here, into a PDF.

    Raises: NotPermitted, FontLacks, FileTrouble, BaseTrouble.
    """
    session.require(Permission.LEND)
    with troubles_spoken(session.base):
        items = kits.accessories(session.base)
    pages = write_commands(items, out, session.now())
    return PrintedCommands(len(items), pages, str(out))
