"""A person corrects a pupil by hand: what she writes here is not undone by the school's next file."""

import re
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.pupil import PupilId, PupilRecord
from tablet_loans.domain.roster import LONGEST
from tablet_loans.domain.school import SchoolRow
from tablet_loans.services import correcting, serving
from tablet_loans.services.session import Receipt, Session
from tablet_loans.text import N_, tr
from ui import theme, words
from ui.jobs import Jobs, Lane
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.picker import Option, Picker
from ui.widgets.record_parts import label

_FIELDS: Final = (
    ("family_name", N_("Family name")),
    ("usage_name", N_("Usage name")),
    ("given_name", N_("Given name")),
    ("birth_date", N_("Birth date")),
    ("class_name", N_("Class")),
    ("ine", N_("INE")),
    ("phone", N_("Phone")),
)
_LONGEST_CODE: Final = 11
_SIZE: Final = QSize(480, 560)
_ROOM_UNDER: Final = 12


class CorrectPupil(QDialog):
    """What is known of a pupil, to be written anew; `corrected` gives the receipt of the correction."""

    corrected = Signal(object)

    def __init__(self, session: Session, jobs: Jobs, record: PupilRecord, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._jobs, self._record = session, jobs, record
        self._school = record.row.school
        self._picker: Picker | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._build()
        self.fields["family_name"].setFocus()

    def changes(self) -> dict[str, str | date | None] | None:
        """Return what was written otherwise than it is known, None when the birth date is not a day."""
        row, written = self._record.row, {name: field.text().strip() for name, field in self.fields.items()}
        born = _day(written["birth_date"])
        if written["birth_date"] and born is None:
            return None
        known: dict[str, str | date | None] = {
            "family_name": row.family_name, "usage_name": row.usage_name, "given_name": row.given_name,
            "birth_date": row.birth_date, "class_name": row.class_name, "ine": row.ine, "phone": self._record.phone,
            "school": row.school,
        }  # fmt: skip
        now: dict[str, str | date | None] = {
            **written, "birth_date": born, "ine": written["ine"] or None, "school": self._school
        }  # fmt: skip
        return {name: value for name, value in now.items() if value != known[name]}

    def _build(self) -> None:
        self.setWindowTitle(tr("Correct a pupil"))
        title, why = QLabel(self._record.row.name), QLabel(tr("The school's next file leaves what you write here."))
        title.setObjectName("title")
        title.setTextFormat(Qt.TextFormat.PlainText)
        why.setObjectName("soft")
        why.setWordWrap(True)
        self.banner = Banner()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        for widget in (title, why, self.banner):
            layout.addWidget(widget)
        layout.addWidget(self._scrolled(), 1)
        layout.addLayout(self._buttons())
        self.resize(_SIZE)
        if (parent := self.parentWidget()) is not None:
            self.resize(_SIZE.boundedTo(parent.window().size()))

    def _scrolled(self) -> QScrollArea:
        """Return the form in a place of its own: the buttons stay in sight where the window is low."""
        inside, scroll = QWidget(), QScrollArea()
        inside.setObjectName("plain")
        form = self._form()
        form.setContentsMargins(2, 2, 12, 2)
        inside.setLayout(form)
        scroll.setAccessibleName(tr("Correct a pupil"))
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        self._scroll = scroll
        return scroll

    def _form(self) -> QFormLayout:
        row = self._record.row
        known = {
            "family_name": row.family_name, "usage_name": row.usage_name, "given_name": row.given_name,
            "birth_date": words.numeric_date(row.birth_date) if row.birth_date else "", "class_name": row.class_name,
            "ine": row.ine or "", "phone": self._record.phone,
        }  # fmt: skip
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._not_a_day = label("", "notes")
        self._not_a_day.setStyleSheet(f"color: {theme.ink(Tone.BAD).name()}")
        self._not_a_day.hide()
        self.fields: dict[str, QLineEdit] = {}
        for name, title in _FIELDS:
            field = QLineEdit(known[name])
            field.setMaxLength(LONGEST.get(name, _LONGEST_CODE))
            field.textEdited.connect(lambda _text: self._on_written())
            self.fields[name] = field
            self._add(form, title, field)
            if name == "birth_date":
                field.setPlaceholderText(tr("day/month/year"))
                form.addRow("", self._not_a_day)
        self.school = QPushButton(f"{row.school_name} · {row.school}")
        self.school.setAutoDefault(False)
        self.school.setStyleSheet("text-align: left; padding-left: 10px")
        self.school.clicked.connect(self._on_school)
        self._add(form, N_("School"), self.school)
        return form

    def _add(self, form: QFormLayout, title: str, widget: QWidget) -> None:
        name = QLabel(tr(title))
        name.setObjectName("soft")
        name.setMinimumHeight(32)
        widget.setAccessibleName(tr(title))
        form.addRow(name, widget)

    def _buttons(self) -> QHBoxLayout:
        cancel, self.go = QPushButton(tr("Cancel")), QPushButton(tr("Correct"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.go.setObjectName("primary")
        self.go.setDefault(True)
        self.go.setEnabled(False)
        self.go.clicked.connect(self._on_go)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.go)
        return row

    def _on_written(self) -> None:
        """Let the button say whether there is something to correct."""
        changes = self.changes()
        self.go.setEnabled(bool(changes))
        is_day = changes is not None
        self._not_a_day.setText("" if is_day else tr("Not a date: write day/month/year."))
        self._not_a_day.setVisible(not is_day)
        if not is_day:
            QTimer.singleShot(0, self, self._show_not_a_day)

    def _show_not_a_day(self) -> None:
        self._scroll.ensureWidgetVisible(self._not_a_day, 0, _ROOM_UNDER)

    def _on_school(self) -> None:
        self._picker = Picker(tr("School"), self)
        self._picker.destroyed.connect(self._on_picker_gone)
        self._picker.typed.connect(self._on_school_typed)
        self._picker.picked.connect(self._on_school_picked)
        self._picker.ask_under(self.school)

    def _on_picker_gone(self) -> None:
        self._picker = None

    def _on_school_typed(self, text: str) -> None:
        call = partial(serving.schools_like, self._session, text)
        self._jobs.run(call, done=self._on_schools, failed=self.banner.say, lane=Lane.READING)

    def _on_schools(self, schools: Sequence[SchoolRow]) -> None:
        if self._picker is not None:
            options = [Option(f"{each.name} · {each.commune}", each.uai) for each in schools]
            self._picker.offer(options, is_narrowed=True)

    def _on_school_picked(self, option: Option) -> None:
        self._school = option.value
        self.school.setText(f"{option.words} · {option.value}")
        self._on_written()

    def _on_go(self) -> None:
        if changes := self.changes():
            self.go.setEnabled(False)
            self._jobs.run(
                partial(correcting.correct, self._session, self._record.row.id, changes),
                done=self._on_corrected,
                refused=self._on_failed,
                failed=self._on_failed,
            )

    def _on_corrected(self, receipt: Receipt[PupilId]) -> None:
        self.corrected.emit(receipt)
        self.accept()

    def _on_failed(self, error: TabletLoansError) -> None:
        self.banner.say(error)
        self.go.setEnabled(True)


def _day(typed: str) -> date | None:
    """Return the day of birth that 14/3/2008 or 14.03.2008 means, or None."""
    parts = re.fullmatch(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})", typed)
    if parts is None:
        return None
    try:
        return date(int(parts[3]), int(parts[2]), int(parts[1]))
    except ValueError:
        return None
