"""How a room opens the letters to families: one window a room, the one whose mails still leave rather than another."""

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget

from tablet_loans.services.session import Session
from ui.dialogs.write_letters import WriteLetters
from ui.jobs import Jobs


def open_letters(
    session: Session,
    jobs: Jobs,
    campaign: str,
    *,
    school: str | None = None,
    parent: QWidget,
    memory: QSettings | None = None,
) -> WriteLetters:
    """Open the letters of a campaign over a room, and return their window."""
    window = parent.findChild(WriteLetters)
    if window is None:
        window = WriteLetters(session, jobs, campaign, school=school, parent=parent, memory=memory)
    window.show()
    window.raise_()
    window.activateWindow()
    return window
