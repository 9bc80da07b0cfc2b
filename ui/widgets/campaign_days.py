"""The dates of a campaign as one types them: its first day, the last day for needs, the day devices are due."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QLineEdit, QWidget

from tablet_loans.text import N_, tr
from ui import theme, words
from ui.theme import Tone
from ui.widgets.record_parts import label

_TITLES: Final = {
    "starts_on": N_("First day"),
    "needs_until": N_("Needs until"),
    "due_on": N_("Devices back by"),
}
_WIDE: Final = 150


class CampaignDays(QWidget):
    """A field a day; that on which devices are due is needed."""

    written = Signal()

    def __init__(self, today: date, names: Sequence[str] = tuple(_TITLES), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plain")
        self._today = today
        self.fields: dict[str, QLineEdit] = {}
        self._wrong = label("", "notes")
        self._wrong.setStyleSheet(f"color: {theme.ink(Tone.BAD).name()}")
        self._wrong.setWordWrap(False)
        self._wrong.hide()
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        shape_form(form)
        for name in names:
            field = QLineEdit()
            field.setPlaceholderText(tr("day/month/year"))
            field.setFixedWidth(_WIDE)
            field.textEdited.connect(lambda _text: self._on_written())
            field.editingFinished.connect(partial(self._on_left, field))
            self.fields[name] = field
            add_row(form, tr(_TITLES[name]), field)
        form.addRow("", self._wrong)

    def show_days(self, days: Mapping[str, date | None]) -> None:
        """Show these days."""
        for name, day in days.items():
            self.fields[name].setText(words.numeric_date(day) if day is not None else "")

    def day(self, name: str) -> date | None:
        """Return the day typed in a field, None where it is empty or no day."""
        return words.typed_day(self.fields[name].text(), self._today)

    def is_whole(self) -> bool:
        """Say whether what is typed are days, the last one among them."""
        return not self._wrongs() and self.day("due_on") is not None

    def _wrongs(self) -> list[QLineEdit]:
        return [field for name, field in self.fields.items() if field.text().strip() and self.day(name) is None]

    def _on_written(self) -> None:
        is_wrong = bool(self._wrongs())
        self._wrong.setText(tr("Not a date: write day/month/year.") if is_wrong else "")
        self._wrong.setVisible(is_wrong)
        self.written.emit()

    def _on_left(self, field: QLineEdit) -> None:
        """Write out in full the day that 3/7 means, so that the year is seen before it counts."""
        if (day := words.typed_day(field.text(), self._today)) is not None:
            field.setText(words.numeric_date(day))


def shape_form(form: QFormLayout) -> None:
    """Give a form the spaces of the house."""
    form.setHorizontalSpacing(16)
    form.setVerticalSpacing(8)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)


def add_row(form: QFormLayout, title: str, widget: QWidget) -> None:
    """Add a field under its soft name, which is read aloud with it."""
    name = label(title, "soft", is_selectable=False)
    name.setFixedWidth(128)
    name.setMinimumHeight(32)
    widget.setAccessibleName(title)
    form.addRow(name, widget)
