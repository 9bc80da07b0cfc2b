"""Filters as chips that read as a sentence: tablets that are ready · model Galaxy Tab A8 · at depot Vaise."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QWidget

from tablet_loans.domain.device import (
    CONDITION_WORDS,
    KIND_WORDS,
    PLACE_WORDS,
    STATE_WORDS,
    Condition,
    DeviceFilter,
    DeviceKind,
    DeviceState,
    InMdm,
    Place,
)
from tablet_loans.domain.enrolment import ENROLMENT_WORDS, Enrolment
from tablet_loans.domain.mdm_rule import NOT_ENROLLED
from tablet_loans.services.stocking import Choices
from tablet_loans.text import N_, tr
from ui import icons
from ui.theme import Tone
from ui.widgets.device_words import capital
from ui.widgets.flow import Flow
from ui.widgets.picker import Option, Picker

_KINDS: Final[Mapping[str, str]] = {
    DeviceKind.TABLET: N_("Tablets"),
    DeviceKind.LAPTOP: N_("Laptops"),
    DeviceKind.KEY_4G: N_("4G keys"),
}
_STATES: Final[Mapping[str, str]] = {
    DeviceState.TO_PREPARE: N_("to be prepared"),
    DeviceState.READY: N_("that are ready"),
    DeviceState.ON_LOAN: N_("that are lent"),
    DeviceState.IN_REPAIR: N_("being repaired"),
    DeviceState.LOST: N_("that are lost"),
    DeviceState.STOLEN: N_("that were stolen"),
    DeviceState.RETIRED: N_("out of use"),
}
_PLACES: Final[Mapping[str, str]] = {
    Place.DEPOT: N_("at a depot"),
    Place.SCHOOL: N_("at a school"),
    Place.PUPIL: N_("with a pupil"),
}
_CONDITIONS: Final[Mapping[str, str]] = {
    Condition.GOOD: N_("in good condition"),
    Condition.WORN: N_("that are worn"),
    Condition.DAMAGED: N_("that are damaged"),
}
_IN_MDM: Final[Mapping[str, str]] = {
    InMdm.ENROLLED: N_("that are enrolled"),
    InMdm.SILENT: N_("not seen lately"),
    InMdm.MISSING: N_("that are not enrolled"),
}
_IN_MDM_WORDS: Final[Mapping[str, str]] = {
    InMdm.ENROLLED: ENROLMENT_WORDS[Enrolment.ENROLLED],
    InMdm.SILENT: ENROLMENT_WORDS[Enrolment.STALE],
    InMdm.MISSING: NOT_ENROLLED,
}
_NOTHING: Final[Mapping[str, object]] = {
    "kind": None, "state": None, "model": "", "place": None, "depot": "", "school": None, "condition": None,
    "in_mdm": None,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of the sentence: what its menu calls it, and how it reads."""

    title: str
    reads: Callable[[str], str]
    words: Mapping[str, str] | None = None  # None: picked from a list that the base gives


_PARTS: Final[Mapping[str, _Part]] = {
    "kind": _Part(N_("Kind"), lambda value: tr(_KINDS[value]), KIND_WORDS),
    "state": _Part(N_("State"), lambda value: tr(_STATES[value]), STATE_WORDS),
    "model": _Part(N_("Model"), lambda value: tr("model {model}").format(model=value)),
    "place": _Part(N_("Place"), lambda value: tr(_PLACES[value]), PLACE_WORDS),
    "depot": _Part(N_("Depot"), lambda value: tr("at depot {depot}").format(depot=value)),
    "school": _Part(N_("School"), lambda value: tr("at school {school}").format(school=value)),
    "condition": _Part(N_("Condition"), lambda value: tr(_CONDITIONS[value]), CONDITION_WORDS),
    "in_mdm": _Part(N_("MDM"), lambda value: tr(_IN_MDM[value]), _IN_MDM_WORDS),
}


class FilterChip(QPushButton):
    """One filter, and the way to be rid of it: a click, Delete or Backspace."""

    def __init__(self, words: str, parent: QWidget) -> None:
        super().__init__(icons.icon("x", Tone.ACCENT), words, parent)
        self.setObjectName("filterChip")
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        said = tr("Remove the filter: {filter}").format(filter=words)
        self.setAccessibleName(said)
        self.setToolTip(said)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class FilterBar(QWidget):
    """The sentence of a list of devices; each chip goes by a click, the menu adds another."""

    changed = Signal(object)
    typed_school = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chosen = DeviceFilter()
        self.school_name = ""
        self._choices = Choices((), ())
        self._picker: Picker | None = None
        self._chips: list[QWidget] = []
        self._lead = QLabel(self)
        self._lead.setObjectName("filterLead")
        self.menu = QMenu(self)
        self.add = QPushButton(icons.icon("funnel"), tr("Filter"))
        self.add.setObjectName("filterAdd")
        self.add.setToolTip(tr("Add a filter ({keys})").format(keys="Ctrl+Shift+F"))
        self.add.clicked.connect(self.open_menu)
        self._clear = QPushButton(tr("Clear"))
        self._clear.setObjectName("quiet")
        self._clear.setToolTip(tr("Remove all filters"))
        self._clear.clicked.connect(lambda: self._change(DeviceFilter(search=self.chosen.search)))
        self._flow = Flow(8, self)
        self._flow.setContentsMargins(0, 0, 0, 0)
        self._fill_menu()
        self._read()

    def show_filter(self, chosen: DeviceFilter, school_name: str = "") -> None:
        """Read this filter aloud, without telling anybody."""
        self.chosen, self.school_name = chosen, school_name
        self._read()

    def kept(self) -> dict[str, Any]:
        """Return the filter as it is remembered: without what was searched for."""
        return {**asdict(self.chosen), "search": "", "school_name": self.school_name}

    def recall(self, kept: Mapping[str, Any]) -> None:
        """Take up a filter that was remembered; one that is no longer understood is let go."""
        fields = {name: value for name, value in kept.items() if name != "school_name"}
        if fields.keys() <= asdict(DeviceFilter()).keys():
            self.show_filter(_known(DeviceFilter(**fields)), str(kept.get("school_name", "")))

    def know(self, choices: Choices) -> None:
        """Take in what models and depots there are, and whether an MDM tells of them."""
        self._choices = choices
        self._mdm.setVisible(choices.has_mdm)
        if self.chosen.in_mdm is not None and not choices.has_mdm:
            self.set_part("in_mdm", None)

    def open_menu(self) -> None:
        """Ask which filter to add."""
        self.menu.popup(self.add.mapToGlobal(self.add.rect().bottomLeft()))
        self.menu.setActiveAction(self.menu.actions()[0])

    def offer_schools(self, options: Sequence[Option]) -> None:
        """Offer the schools that match what was typed."""
        if self._picker is not None:
            self._picker.offer(options, is_narrowed=True)

    def set_part(self, name: str, value: Any) -> None:
        """Narrow the list by one part, or no longer when the value is None or ""."""
        self._change(replace(self.chosen, **{name: value}))

    def _fill_menu(self) -> None:
        for name, part in _PARTS.items():
            if part.words is None:
                self.menu.addAction(f"{tr(part.title)}…", partial(self._pick, name))
                continue
            under = self.menu.addMenu(tr(part.title))
            if name == "in_mdm":
                self._mdm = under.menuAction()
                self._mdm.setVisible(False)
            for value, words in part.words.items():
                under.addAction(capital(tr(words)), partial(self.set_part, name, value))

    def _pick(self, name: str) -> None:
        """Ask for a model, a depot or a school by typing its beginning."""
        self._picker = Picker(tr(_PARTS[name].title), self)
        self._picker.destroyed.connect(self._on_picker_gone)
        self._picker.picked.connect(partial(self._on_picked, name))
        if name == "school":
            self._picker.typed.connect(self.typed_school)
            self.typed_school.emit("")
        else:
            models = sorted({model.name for model in self._choices.models})
            values = models if name == "model" else self._choices.depots
            self._picker.offer([Option(value, value) for value in values])
        self._picker.ask_under(self.add)

    def _on_picker_gone(self) -> None:
        self._picker = None

    def _on_picked(self, name: str, option: Option) -> None:
        if name == "school":
            self.school_name = option.words
        self.set_part(name, option.value)

    def _change(self, chosen: DeviceFilter) -> None:
        self.chosen = _known(chosen)
        self._read()
        self.changed.emit(self.chosen)

    def _read(self) -> None:
        """Write the sentence anew."""
        had_focus = any(chip.hasFocus() for chip in self._chips)
        while self._flow.takeAt(0) is not None:
            pass
        for chip in self._chips:
            chip.hide()
            chip.deleteLater()
        self._chips = []
        for name, part in _PARTS.items():
            if value := getattr(self.chosen, name):
                words = self.school_name if name == "school" and self.school_name else str(value)
                chip = FilterChip(part.reads(words), self)
                chip.clicked.connect(partial(self.set_part, name, _NOTHING[name]))
                self._chips.append(chip)
        self._lead.setText(tr("All devices") if not self._chips else tr("Devices"))
        self._lead.setVisible(not self.chosen.kind)
        self._clear.setVisible(len(self._chips) > 1)
        for widget in (self._lead, *self._chips, self.add, self._clear):
            self._flow.addWidget(widget)
        for chip in self._chips:
            chip.show()
        if had_focus:
            self.add.setFocus()
        self._flow.invalidate()
        self.updateGeometry()

    def sentence(self) -> str:
        """Return the chips as they read, in one line."""
        lead = [] if self.chosen.kind else [self._lead.text()]
        return " · ".join([*lead, *(chip.text() for chip in self._chips if isinstance(chip, FilterChip))])


def _known(chosen: DeviceFilter) -> DeviceFilter:
    """Return the filter without a state, or a standing in the MDMs, that there is not."""
    state = next((each for each in DeviceState if each == chosen.state), None)
    in_mdm = next((each for each in InMdm if each == chosen.in_mdm), None)
    return replace(chosen, state=state, in_mdm=in_mdm)
