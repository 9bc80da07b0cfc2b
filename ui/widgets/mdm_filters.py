"""Which differences are listed, as a sentence: 42 lent, not enrolled · at school Les Iris · in Jamf School."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from itertools import pairwise
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QWidget

from tablet_loans.domain.finding import FindingFilter, FindingKind
from tablet_loans.services.minding_mdm import Difference
from tablet_loans.text import N_, tr, trn
from ui import icons, words
from ui.widgets.device_words import capital
from ui.widgets.filters import FilterChip
from ui.widgets.flow import Flow
from ui.widgets.mdm_table import name_of
from ui.widgets.picker import Option, Picker

_READS: Final = {"school": N_("at school {name}"), "campaign": N_("in campaign {name}"), "mdm": N_("in {name}")}
_HIGH: Final = 34


class MdmFilters(QWidget):
    """The kinds of difference there are, with how many; each is a click, the menu narrows further."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chosen = FindingFilter()
        self.kinds: dict[FindingKind, QPushButton] = {}
        self._rows: Sequence[Difference] = ()
        self._schools: dict[str, str] = {}
        self._chips: list[QWidget] = []
        self._is_short = False
        self.lead = QLabel(self)
        self.lead.setObjectName("filterLead")
        self.lead.setMinimumHeight(_HIGH)
        self.menu = QMenu(self)
        self.add = QPushButton(icons.icon("funnel"), tr("Filter"), self)
        self.add.setObjectName("filterAdd")
        self.add.setToolTip(tr("Add a filter ({keys})").format(keys="Ctrl+Shift+F"))
        self.add.clicked.connect(self.open_menu)
        self._flow = Flow(8, self)
        self._flow.setContentsMargins(0, 0, 0, 0)
        self._read()

    def know(self, rows: Sequence[Difference]) -> None:
        """Take in the differences there are; a kind that is gone narrows the list no longer."""
        self._rows = rows
        self._schools = {row.finding.school: row.school or row.finding.school for row in rows if row.finding.school}
        if self.chosen.kind is not None and not any(row.finding.kind is self.chosen.kind for row in rows):
            self._change(replace(self.chosen, kind=None))
        self._read()

    def shorten(self, *, is_short: bool) -> None:
        """Show the kinds in the menu alone, where the window is low."""
        if is_short != self._is_short:
            self._is_short = is_short
            self._read()

    def set_kind(self, kind: FindingKind | None) -> None:
        """List one kind alone, or all."""
        self._change(replace(self.chosen, kind=kind))

    def set_part(self, name: str, value: str) -> None:
        """Narrow the list to a school, a campaign or an MDM; "" for all."""
        changed = {"school": self.chosen.school, "campaign": self.chosen.campaign, "mdm": self.chosen.mdm, name: value}
        self._change(FindingFilter(self.chosen.kind, **changed))

    def kept(self) -> dict[str, str]:
        """Return what narrows the list, to be remembered."""
        return {name: str(value) for name, value in asdict(self.chosen).items() if value}

    def recall(self, kept: Mapping[str, str]) -> None:
        """Narrow the list as it was the last time."""
        kind = kept.get("kind")
        known = FindingKind(kind) if kind in set(FindingKind) else None
        self._change(FindingFilter(known, **{name: kept.get(name, "") for name in _READS}))

    def clear(self) -> None:
        """List all."""
        self._change(FindingFilter())

    def open_menu(self) -> None:
        """Ask which filter to add."""
        self._fill_menu()
        self.menu.popup(self.add.mapToGlobal(self.add.rect().bottomLeft()))
        self.menu.setActiveAction(self.menu.actions()[0])

    def _change(self, chosen: FindingFilter) -> None:
        self.chosen = chosen
        self._read()
        self.changed.emit(chosen)

    def _fill_menu(self) -> None:
        self.menu.clear()
        counts = Counter(row.finding.kind for row in self._rows)
        for kind in FindingKind:
            if counts[kind]:
                said = f"{capital(name_of(kind))} ({words.number(counts[kind])})"
                self.menu.addAction(said, partial(self.set_kind, kind))
        self.menu.addSeparator()
        self.menu.addAction(tr("School…"), self._pick_school).setEnabled(bool(self._schools))
        for name, title in (("campaign", tr("Campaign")), ("mdm", tr("MDM"))):
            under = self.menu.addMenu(title)
            there = sorted({str(getattr(row.finding, name)) for row in self._rows} - {""})
            for value in there:
                under.addAction(value, partial(self.set_part, name, value))
            under.setEnabled(bool(there))

    def _pick_school(self) -> None:
        picker = Picker(tr("School"), self)
        picker.offer([Option(name, uai, uai) for uai, name in sorted(self._schools.items(), key=lambda each: each[1])])
        picker.picked.connect(lambda option: self.set_part("school", option.value))
        picker.ask_under(self.add)

    def _read(self) -> None:
        """Write the sentence anew."""
        focused = next((kind for kind, button in self.kinds.items() if button.hasFocus()), None)
        while self._flow.takeAt(0) is not None:
            pass
        for chip in (*self._chips, *self.kinds.values()):
            chip.hide()
            chip.deleteLater()
        counts = Counter(row.finding.kind for row in self._rows)
        said = trn("{count} difference", "{count} differences", len(self._rows))
        self.lead.setText(said.format(count=words.number(len(self._rows))))
        self.kinds = {kind: self._kind(kind, counts[kind]) for kind in FindingKind if self._is_listed(kind, counts)}
        self._chips = [self._chip(name) for name in _READS if getattr(self.chosen, name)]
        for widget in (self.lead, *self.kinds.values(), *self._chips, self.add):
            self._flow.addWidget(widget)
            widget.show()
        chain = [self.add, *self.kinds.values(), *self._chips]  # first where the menu's button stands, then it last
        for one, other in pairwise([*chain, self.add] if len(chain) > 1 else []):
            self.setTabOrder(one, other)
        if focused in self.kinds:
            self.kinds[focused].setFocus()
        self._flow.invalidate()
        self.updateGeometry()

    def _is_listed(self, kind: FindingKind, counts: Counter[FindingKind]) -> bool:
        return kind is self.chosen.kind if self._is_short else counts[kind] > 0

    def _kind(self, kind: FindingKind, count: int) -> QPushButton:
        button = QPushButton(f"{name_of(kind)}  {words.number(count)}", self)
        button.setObjectName("segment")
        button.setCheckable(True)
        button.setChecked(kind is self.chosen.kind)
        button.clicked.connect(lambda is_on: self.set_kind(kind if is_on else None))
        return button

    def _chip(self, name: str) -> FilterChip:
        value = str(getattr(self.chosen, name))
        said = self._schools.get(value, value) if name == "school" else value
        chip = FilterChip(tr(_READS[name]).format(name=said), self)
        chip.clicked.connect(partial(self.set_part, name, ""))
        return chip
