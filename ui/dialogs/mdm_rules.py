"""What is done about tablets that no MDM sees, or that still have an owner in one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCompleter,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.mdm_rule import CAUTION_WORDS, OWNER_WORDS, Caution, OwnerStyle
from tablet_loans.services import connecting_mdm, minding_mdm
from tablet_loans.services.minding_mdm import Ruled
from tablet_loans.services.session import Session
from tablet_loans.text import tr
from ui.jobs import Jobs, Lane
from ui.widgets.banner import Banner
from ui.widgets.choice import Choice
from ui.widgets.device_words import capital
from ui.widgets.number_field import NumberField
from ui.widgets.record_parts import label

_WIDTH: Final = 680
_HEIGHT: Final = 620
_DAYS_WIDTH: Final = 120
_MOST_DAYS: Final = 365
_LONGEST_GROUP: Final = 120


class MdmRulesDialog(QDialog):
    """Four settings, the group of each campaign, and a button."""

    def __init__(self, session: Session, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._jobs = session, jobs
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.days, self.groups = NumberField(), dict[str, QLineEdit]()
        self.days.setMaximumWidth(_DAYS_WIDTH)
        self.days.textChanged.connect(lambda _text: self._offer())
        self.at_counter, self.at_return = _choice(CAUTION_WORDS), _choice(CAUTION_WORDS)
        self.owner = _choice(OWNER_WORDS)
        self._build()
        self._jobs.run(
            partial(minding_mdm.rules, session), done=self.show_rules, refused=self._on_failed, failed=self._on_failed,
            lane=Lane.READING,
        )  # fmt: skip

    def show_rules(self, ruled: Ruled) -> None:
        """Show the settings as they are kept now, and the campaigns whose tablets may want a group."""
        self._session, chosen = replace(self._session, settings=ruled.settings), ruled.settings
        self.days.setText(str(chosen.mdm_stale_days))
        for field, value in (
            (self.at_counter, chosen.mdm_at_counter), (self.at_return, chosen.mdm_at_return),
            (self.owner, chosen.mdm_owner),
        ):  # fmt: skip
            field.setCurrentIndex(field.findData(str(value)))
        for name in ruled.campaigns:
            self._add_group(name, chosen.mdm_groups.get(name, ""), ruled.groups)
        self._grouped.setVisible(bool(ruled.campaigns))
        self.body.setEnabled(True)
        self._offer()
        around = self.sizeHint().height() - self.body.sizeHint().height()
        self.resize(self.width(), min(around + self._inside.sizeHint().height(), self._highest()))
        self.days.setFocus()
        self.days.selectAll()

    def _build(self) -> None:
        title = tr("Settings of the MDMs")
        self.setWindowTitle(title)
        self.banner, self.body, self._inside = Banner(), QScrollArea(), QWidget()
        self._inside.setObjectName("plain")
        self._form = QFormLayout(self._inside)
        self._form.setContentsMargins(2, 2, 12, 2)
        self._form.setHorizontalSpacing(16)
        self._form.setVerticalSpacing(8)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        for said, field in (
            (tr("Days without news until a lent tablet is listed"), self.days),
            (tr("At the counter, a tablet that is not enrolled"), self.at_counter),
            (tr("Made ready, a tablet that still has an owner"), self.at_return),
            (tr("Whom an MDM is told to be the owner"), self.owner),
        ):
            self._add(said, field)
        self._grouped = label(tr("MDM group that a campaign’s tablets are in"), "cardTitle", is_selectable=False)
        self._form.addRow(self._grouped)
        self._grouped.hide()
        self.body.setWidgetResizable(True)
        self.body.setFrameShape(QScrollArea.Shape.NoFrame)
        self.body.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body.setWidget(self._inside)
        self.body.setEnabled(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        layout.addWidget(label(title, "title", is_selectable=False))
        layout.addWidget(self.banner)
        layout.addWidget(self.body, 1)
        layout.addLayout(self._buttons())
        parent = self.parentWidget()
        self.resize(_WIDTH if parent is None else min(_WIDTH, parent.window().width()), self._highest() // 2)

    def _buttons(self) -> QHBoxLayout:
        cancel, self.go = QPushButton(tr("Cancel")), QPushButton(tr("Save"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.go.setObjectName("primary")
        self.go.setDefault(True)
        self.go.setEnabled(False)
        self.go.clicked.connect(self._on_go)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.go)
        return buttons

    def _add(self, said: str, field: QWidget) -> None:
        name = label(said, "soft", is_selectable=False)
        name.setWordWrap(False)
        name.setMinimumHeight(32)
        name.setBuddy(field)
        field.setAccessibleName(said)
        self._form.addRow(name, field)
        name.show()  # at once, for the dialog is as high as they need
        field.show()

    def _add_group(self, campaign: str, group: str, known: Sequence[str]) -> None:
        """Ask for a group, completed by those that MDMs tell of; none is wanted where it is empty."""
        field = self.groups[campaign] = QLineEdit(group)
        completer = QCompleter(list(known), field)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        field.setCompleter(completer)
        field.setMaxLength(_LONGEST_GROUP)
        field.setPlaceholderText(tr("any group"))
        self._add(campaign, field)

    def _highest(self) -> int:
        parent = self.parentWidget()
        return _HEIGHT if parent is None else min(_HEIGHT, parent.window().height())

    def _offer(self) -> None:
        self.go.setEnabled(self.body.isEnabled() and 1 <= self.days.number(0) <= _MOST_DAYS)

    def _on_go(self) -> None:
        self.go.setEnabled(False)
        call = partial(
            connecting_mdm.rule, self._session, at_counter=Caution(self.at_counter.currentData()),
            at_return=Caution(self.at_return.currentData()), stale_days=self.days.number(0),
            owner=OwnerStyle(self.owner.currentData()),
            groups=self._changed_groups(),
        )  # fmt: skip
        self._jobs.run(call, done=self._on_kept, refused=self._on_failed, failed=self._on_failed)

    def _on_kept(self, _receipt: object) -> None:
        self.accept()

    def _changed_groups(self) -> dict[str, str]:
        kept = self._session.settings.mdm_groups
        typed = {name: field.text().strip() for name, field in self.groups.items()}
        return {name: group for name, group in typed.items() if group != kept.get(name, "")}

    def _on_failed(self, error: TabletLoansError) -> None:
        self.banner.say(error)
        self._offer()


def _choice(said: Mapping[str, str]) -> Choice:
    made = Choice()
    for value, name in said.items():
        made.addItem(capital(tr(name)), str(value))
    return made
