"""A bug: a crash window that says what to do, and a log without a person's name."""

import sys
import traceback
from types import TracebackType
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tablet_loans import logs
from tablet_loans.text import tr

_NAME: Final = "crash"


def crash(error: BaseException) -> None:
    """Log where a bug happened and tell the person, in one window at a time; what she did before is kept.

    The window does not take the focus: the next scan must not be typed into it.
    """
    logs.LOG.error("bug", exc_info=(type(error), error, error.__traceback__))
    if QApplication.instance() is None or _is_told():
        return
    from ui.message import Message

    working = QApplication.activeWindow()
    window = Message(
        tr("Something unexpected happened"),
        tr("What was recorded before is kept. Close this window and look at the last act before going on."),
        details=places(error),
        parent=working,
    )
    window.setObjectName(_NAME)
    window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    window.show()
    if working is not None:
        working.activateWindow()  # not every system heeds the attribute


def _is_told() -> bool:
    return any(window.objectName() == _NAME and window.isVisible() for window in QApplication.topLevelWidgets())


def places(error: BaseException) -> str:
    """Return where the error went through and its type: its message may hold a name and is left out."""
    frames = traceback.extract_tb(error.__traceback__)
    return "\n".join([*(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames), type(error).__name__])


def install() -> None:
    """Hear of every bug that nothing else caught, from slots too."""
    sys.excepthook = _on_uncaught


def _on_uncaught(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    if isinstance(error, KeyboardInterrupt):
        QApplication.quit()
    else:
        crash(error)
