"""What is done about tablets that no MDM sees, or that still have an owner in one."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.mdm_rule import CAUTION_WORDS, OWNER_WORDS, Caution, OwnerStyle
from tablet_loans.services import connecting_mdm
from tablet_loans.services.session import Session
from tablet_loans.text import tr
from ui.jobs import Jobs
from ui.widgets.banner import Banner
from ui.widgets.choice import Choice
from ui.widgets.device_words import capital
from ui.widgets.number_field import NumberField
from ui.widgets.record_parts import label

_WIDTH: Final = 660
_MOST_DAYS: Final = 365


class MdmRulesDialog(QDialog):
    """Four settings and a button; `kept` once they are."""

    kept = Signal()

    def __init__(self, session: Session, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._jobs = session, jobs
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chosen = session.settings
        self.days = NumberField()
        self.days.setMaximumWidth(120)
        self.days.setText(str(chosen.mdm_stale_days))
        self.days.textChanged.connect(lambda _text: self._offer())
        self.at_counter = _choice(CAUTION_WORDS, chosen.mdm_at_counter)
        self.at_return = _choice(CAUTION_WORDS, chosen.mdm_at_return)
        self.owner = _choice(OWNER_WORDS, chosen.mdm_owner)
        self._build()

    def _build(self) -> None:
        title = tr("Settings of the MDMs")
        self.setWindowTitle(title)
        self.setMinimumWidth(_WIDTH)
        self.banner = Banner()
        form, layout = QFormLayout(), QVBoxLayout(self)
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        for said, field in (
            (tr("Days without news until a lent tablet is listed"), self.days),
            (tr("At the counter, a tablet that is not enrolled"), self.at_counter),
            (tr("Made ready, a tablet that still has an owner"), self.at_return),
            (tr("Whom an MDM is told to be the owner"), self.owner),
        ):
            name = QLabel(said)
            name.setObjectName("soft")
            name.setMinimumHeight(32)
            field.setAccessibleName(said)
            form.addRow(name, field)
        cancel, self.go = QPushButton(tr("Cancel")), QPushButton(tr("Save"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.go.setObjectName("primary")
        self.go.setDefault(True)
        self.go.clicked.connect(self._on_go)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.go)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        later = tr("The counter follows once the program is opened again.")
        layout.addWidget(label(title, "title", is_selectable=False))
        layout.addWidget(self.banner)
        layout.addLayout(form)
        layout.addWidget(label(later, "soft"))
        layout.addLayout(buttons)

    def _offer(self) -> None:
        self.go.setEnabled(1 <= self.days.number(0) <= _MOST_DAYS)

    def _on_go(self) -> None:
        self.go.setEnabled(False)
        call = partial(
            connecting_mdm.rule, self._session, at_counter=Caution(self.at_counter.currentData()),
            at_return=Caution(self.at_return.currentData()), stale_days=self.days.number(0),
            owner=OwnerStyle(self.owner.currentData()),
        )  # fmt: skip
        self._jobs.run(call, done=self._on_kept, refused=self._on_failed, failed=self._on_failed)

    def _on_kept(self, _receipt: object) -> None:
        self.kept.emit()
        self.accept()

    def _on_failed(self, error: TabletLoansError) -> None:
        self.banner.say(error)
        self._offer()


def _choice(said: Mapping[str, str], chosen: str) -> Choice:
    made = Choice()
    for value, name in said.items():
        made.addItem(capital(tr(name)), str(value))
    made.setCurrentIndex(made.findData(str(chosen)))
    return made
