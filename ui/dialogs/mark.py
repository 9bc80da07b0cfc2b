"""Deciding by hand for one pupil: pinned, set aside, taken back, promise released; never without saying why."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.mark import LONGEST_NOTE, MarkKind
from tablet_loans.domain.plan import PupilChoice
from tablet_loans.services import marking, releasing
from tablet_loans.services.session import Receipt, Session
from tablet_loans.text import N_, tr
from ui.jobs import Jobs
from ui.widgets.banner import Banner
from ui.widgets.plan_words import MarkAct, name_said
from ui.widgets.record_parts import label

_WIDTH: Final = 480


_WORDS: Final[Mapping[MarkAct, tuple[str, str, str]]] = {
    MarkAct.PIN: (
        N_("Pin a pupil"), N_("Served before all others in the plans to come, as far as a device suits."), N_("Pin")
    ),
    MarkAct.SET_ASIDE: (
        N_("Set a pupil aside"),
        N_("Receives nothing in the plans to come; a promise held now is released."),
        N_("Set aside"),
    ),
    MarkAct.TAKE_BACK: (
        N_("Take a decision back"), N_("The plans to come rank this pupil by the rules again."), N_("Take back")
    ),
    MarkAct.RELEASE: (
        N_("Promise refused"),
        N_("The family does not want the device: it goes to the next one who waits, in the next plan."),
        N_("Release the promise"),
    ),
}  # fmt: skip


class Mark(QDialog):
    """A note and one button; `decided` gives the receipt once it is kept."""

    decided = Signal(object)

    def __init__(
        self, session: Session, jobs: Jobs, campaign: str, act: MarkAct, row: PupilChoice,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._session, self._jobs, self._campaign, self._act = session, jobs, campaign, act
        self._pupil = str(row.choice.pupil)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._build(name_said(row))
        self.note.setFocus()

    def _build(self, name: str) -> None:
        title, comes_of_it, does = (tr(said) for said in _WORDS[self._act])
        self.setWindowTitle(title)
        self.setMinimumWidth(_WIDTH)
        head = label(name, "title", is_selectable=False)
        self.banner, self.note = Banner(), QLineEdit()
        self.note.setMaxLength(LONGEST_NOTE)
        self.note.setPlaceholderText(tr("Why, without a name: it stays listed"))
        self.note.setAccessibleName(tr("Why"))
        self.note.textChanged.connect(self._on_written)
        asked = QLabel(tr("Why"))
        asked.setObjectName("soft")
        asked.setBuddy(self.note)
        cancel, self.go = QPushButton(tr("Cancel")), QPushButton(does)
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.go.setObjectName("primary")
        self.go.setDefault(True)
        self.go.setEnabled(False)
        self.go.clicked.connect(self._on_go)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.go)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(10)
        published = tr("The note is published in the public report: write nothing by which somebody is known.")
        for widget in (head, label(comes_of_it, "soft"), self.banner, asked, self.note, label(published, "soft")):
            layout.addWidget(widget)
        layout.addSpacing(8)
        layout.addLayout(buttons)

    def _on_written(self) -> None:
        self.go.setEnabled(bool(self.note.text().strip()))

    def _on_go(self) -> None:
        self.go.setEnabled(False)
        self._jobs.run(self._call(), done=self._on_done, refused=self._on_failed, failed=self._on_failed)

    def _call(self) -> Callable[[], object]:
        note, known = self.note.text().strip(), (self._session, self._campaign, self._pupil)
        match self._act:
            case MarkAct.PIN:
                return partial(marking.mark, *known, MarkKind.PINNED, note)
            case MarkAct.SET_ASIDE:
                return partial(marking.mark, *known, MarkKind.EXCLUDED, note)
            case MarkAct.TAKE_BACK:
                return partial(marking.unmark, *known, note)
            case MarkAct.RELEASE:
                return partial(releasing.release, *known, note)

    def _on_done(self, receipt: Receipt[object]) -> None:
        self.decided.emit(receipt)
        self.accept()

    def _on_failed(self, error: TabletLoansError) -> None:
        self.banner.say(error)
        self._on_written()
