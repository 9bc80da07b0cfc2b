"""A base whose loans are overdue, and the window of letters over it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pypdfium2
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tablet_loans.services import mailing
from tablet_loans.services.session import Session
from tests.builders import CAMPAIGN, World, ticking_clock
from tests.services.mailed import LATER, overdue
from ui.dialogs.paper_preview import PaperPreview
from ui.dialogs.write_letters import WriteLetters
from ui.jobs import Jobs

Opened = Callable[..., WriteLetters]


@dataclass
class Late:
    """Three loans that are overdue months later, one of a home without an address, one without a mail address."""

    world: World
    session: Session
    reached: str
    homeless: str
    mute: str


def late_loans(world: World) -> Late:
    """Lend to the three."""
    reached = overdue(world, "Benali", "benali@example.org")
    homeless = overdue(world, "Kaya", "kaya@example.org", address="")
    mute = overdue(world, "Roux", "")
    with world.base.atomic():  # what is done apart goes by the computer's clock
        world.base.execute("UPDATE loan SET due_on = '2024-07-03'")
    session = replace(world.session, clock=ticking_clock(LATER))
    return Late(world, session, reached, homeless, mute)


def open_window(qtbot: QtBot, jobs: Jobs, session: Session, memory: QSettings | None = None) -> WriteLetters:
    """Open the letters; at the end their mails are stopped and their papers removed."""
    dialog = WriteLetters(session, jobs, CAMPAIGN, memory=memory)

    def put_away(_dialog: object) -> None:
        dialog.work.stop()
        qtbot.waitUntil(lambda: not dialog.work.is_busy(), timeout=20_000)
        dialog.paper.throw_away()
        dialog.work.kept.throw_away()

    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog, before_close_func=put_away)
    dialog.resize(1280, 680)
    dialog.show()
    dialog.activateWindow()
    return dialog


def open_read(qtbot: QtBot, jobs: Jobs, session: Session) -> WriteLetters:
    """Open the letters, and wait until the first one is read."""
    dialog = open_window(qtbot, jobs, session)
    with qtbot.waitSignal(dialog.paper.shown, timeout=20_000):
        pass
    return dialog


def listed(dialog: WriteLetters) -> list[str]:
    """Return the loans listed."""
    return [row.loan for row in dialog.list.model.concerned()]


def ticked(dialog: WriteLetters) -> list[str]:
    """Return the loans ticked."""
    return [row.loan for row in dialog.list.model.ticked()]


def said_in(file: Path) -> str:
    """Return what a paper says, in small letters."""
    document = pypdfium2.PdfDocument(file.read_bytes())
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split()).lower()


def previews() -> list[PaperPreview]:
    """Return the papers shown."""
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, PaperPreview) and each.isVisible()]


def states(late: Late) -> list[tuple[str | None, str]]:
    """Return the loans of the journal and what became of their letters."""
    return [(row.loan, row.state) for row in mailing.journal(late.session)]
