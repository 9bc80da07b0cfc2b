"""Filters of the pupils as chips that read as a sentence: pupils · of Collège Les Iris · class 5e B."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QWidget

from tablet_loans.domain.pupil import PupilFilter
from tablet_loans.text import tr
from ui import icons
from ui.widgets.filters import FilterChip
from ui.widgets.flow import Flow
from ui.widgets.picker import Option, Picker


class PupilFilterBar(QWidget):
    """The sentence of a list of pupils; a class is one of a school, and goes with it."""

    changed = Signal(object)
    typed_school = Signal(str)
    asked_classes = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chosen = PupilFilter()
        self.school_name = ""
        self._picker: Picker | None = None
        self._chips: list[FilterChip] = []
        self._lead = QLabel()
        self._lead.setObjectName("filterLead")
        self._menu = QMenu(self)
        self._menu.addAction(tr("School") + "…", self.pick_school)
        self._class = self._menu.addAction(tr("Class") + "…", self.pick_class)
        self.add = QPushButton(icons.icon("funnel"), tr("Filter"))
        self.add.setToolTip(tr("Add a filter ({keys})").format(keys="Ctrl+Shift+F"))
        self.add.clicked.connect(self.open_menu)
        self._flow = Flow(8, self)
        self._flow.setContentsMargins(0, 0, 0, 0)
        self._read()

    def kept(self) -> dict[str, Any]:
        """Return the filter as it is remembered: without what was searched for."""
        return {"school": self.chosen.school, "class_name": self.chosen.class_name, "school_name": self.school_name}

    def recall(self, kept: Mapping[str, Any]) -> None:
        """Take up a filter that was remembered, without telling anybody."""
        self.chosen = PupilFilter(school=kept.get("school") or None, class_name=kept.get("class_name") or None)
        self.school_name = str(kept.get("school_name") or "")
        self._read()

    def open_menu(self) -> None:
        """Ask which filter to add."""
        self._class.setEnabled(self.chosen.school is not None)
        self._menu.popup(self.add.mapToGlobal(self.add.rect().bottomLeft()))
        self._menu.setActiveAction(self._menu.actions()[0])

    def pick_school(self) -> None:
        """Ask for a school by typing its beginning."""
        self._ask(tr("School"), self._on_school_picked)
        if self._picker is not None:
            self._picker.typed.connect(self.typed_school)
        self.typed_school.emit("")

    def pick_class(self) -> None:
        """Ask for a class of the school."""
        if self.chosen.school is not None:
            self._ask(tr("Class"), self._on_class_picked)
            self.asked_classes.emit(self.chosen.school)

    def offer(self, options: Sequence[Option], *, is_narrowed: bool) -> None:
        """Offer these schools or classes, while one is picked."""
        if self._picker is not None:
            self._picker.offer(options, is_narrowed=is_narrowed)

    def choose_school(self, uai: str | None, name: str = "") -> None:
        """Narrow the list to a school, or no longer."""
        self.school_name = name
        self._change(replace(self.chosen, school=uai, class_name=None))

    def choose_class(self, name: str | None) -> None:
        """Narrow the list to a class of the school, or no longer."""
        self._change(replace(self.chosen, class_name=name))

    def sentence(self) -> str:
        """Return the chips as they read, in one line."""
        return " · ".join([self._lead.text(), *(chip.text() for chip in self._chips)])

    def _ask(self, title: str, picked: Any) -> None:
        self._picker = Picker(title, self)
        self._picker.destroyed.connect(self._on_picker_gone)
        self._picker.picked.connect(picked)
        self._picker.ask_under(self.add)

    def _on_picker_gone(self) -> None:
        self._picker = None

    def _on_school_picked(self, option: Option) -> None:
        self.choose_school(option.value, option.words)

    def _on_class_picked(self, option: Option) -> None:
        self.choose_class(option.value)

    def _change(self, chosen: PupilFilter) -> None:
        self.chosen = chosen
        self._read()
        self.changed.emit(chosen)

    def _read(self) -> None:
        """Write the sentence anew."""
        had_focus = any(chip.hasFocus() for chip in self._chips)
        while self._flow.takeAt(0) is not None:
            pass
        for chip in self._chips:
            chip.hide()
            chip.deleteLater()
        self._chips = []
        if self.chosen.school is not None:
            said = tr("of school {school}").format(school=self.school_name or self.chosen.school)
            self._put(said, partial(self.choose_school, None))
        if self.chosen.class_name is not None:
            said = tr("class {class_name}").format(class_name=self.chosen.class_name)
            self._put(said, partial(self.choose_class, None))
        self._lead.setText(tr("Pupils") if self._chips else tr("All pupils"))
        for widget in (self._lead, *self._chips, self.add):
            self._flow.addWidget(widget)
            widget.show()
        if had_focus:
            self.add.setFocus()
        self._flow.invalidate()
        self.updateGeometry()

    def _put(self, said: str, remove: Any) -> None:
        chip = FilterChip(said, self)
        chip.clicked.connect(lambda _checked=False: remove())
        self._chips.append(chip)
