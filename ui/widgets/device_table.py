"""The table of devices: its columns, which of them are shown, and the one that orders the list."""

from collections.abc import Iterable
from functools import partial
from typing import Final

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from tablet_loans.domain.device import KIND_WORDS, DeviceId, DeviceRow
from tablet_loans.domain.enrolment import Enrolment
from tablet_loans.domain.paging import Place, Sort
from tablet_loans.text import N_, tr
from ui.columns import Column, Style
from ui.tables import BlockModel
from ui.theme import Tone
from ui.widgets.data_table import DataTable
from ui.widgets.device_words import STATE_TONES, capital, enrolment_words, model_words, place_words, state_words


def _state_tone(row: DeviceRow) -> Tone:
    return STATE_TONES[row.state]


def _enrolment_tone(row: DeviceRow) -> Tone:
    return Tone.SOFT if row.enrolment == Enrolment.ENROLLED else Tone.WARN


def _soft(_row: DeviceRow) -> Tone:
    return Tone.SOFT


_MDM: Final = N_("MDM")
COLUMNS: Final = (
    Column(N_("Tag"), lambda row: row.tag, 100, style=Style.CODE, sort="tag"),
    Column(N_("Serial"), lambda row: row.serial or "", 106, 1, style=Style.CODE, sort="serial"),
    Column(N_("Model"), model_words, 150, 5, sort="model"),
    Column(N_("Kind"), lambda row: capital(tr(KIND_WORDS[row.kind])), 84, 1, sort="kind"),
    Column(N_("State"), lambda row: state_words(row.state), 118, style=Style.CHIP, tone=_state_tone, sort="state"),
    Column(N_("Place"), lambda row: capital(place_words(row)), 84, 1, tone=_soft, sort="school"),
    Column(N_("Loan"), lambda row: row.loan or "", 106, style=Style.CODE),
    Column(_MDM, lambda row: enrolment_words(row.enrolment), 164, tone=_enrolment_tone),
)
_MOST_SEEN: Final = 4_800
_SPARED: Final = ("Kind", "Loan", "Place", _MDM, "Serial")  # the story beside the list tells them all


class DeviceTable(DataTable):
    """Devices in rows; a click on a title orders them, a right click on one chooses what is shown.

    Rows are selected by place, devices are meant: once another device stands in a place, none stays selected, and
    `let_go` tells the tag of the one that was current.
    """

    arranged = Signal()
    let_go = Signal(str)

    def __init__(self, model: BlockModel, parent: QWidget | None = None) -> None:
        super().__init__(tr("Devices"), parent=parent)
        self._marked = 0, Qt.SortOrder.AscendingOrder
        self._chosen = self._unknown = frozenset[str]()
        self._rows = model
        self._seen: dict[int, DeviceRow] = {}
        self._at: DeviceRow | None = None
        model.rowsAboutToBeRemoved.connect(self._on_going)  # before Qt moves the current row to another device
        self.show_model(model, COLUMNS, _SPARED)
        self.know_mdm(False)
        model.dataChanged.connect(self._on_read)
        model.modelReset.connect(self._on_reset)
        self.selectionModel().selectionChanged.connect(self._note)
        self.selectionModel().currentRowChanged.connect(self._on_current)
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSortIndicator(*self._marked)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setSortingEnabled(True)
        header.sortIndicatorChanged.connect(self._on_sorted)
        header.customContextMenuRequested.connect(self._on_column_menu)

    def know_mdm(self, has_mdm: bool) -> None:
        """Tell where the devices stand in the MDMs, once one was read."""
        self._unknown = frozenset() if has_mdm else frozenset({_MDM})
        self.hide_columns(self._chosen)

    def columns(self) -> list[Column]:
        """Return the columns there are, hidden or not."""
        return [column for column in COLUMNS if column.title not in self._unknown]

    def hide_columns(self, titles: Iterable[str]) -> None:
        self._chosen = frozenset(titles)
        super().hide_columns(self._chosen | self._unknown)

    def hidden_columns(self) -> frozenset[str]:
        return self._chosen

    def chosen_ids(self) -> tuple[DeviceId, ...]:
        """Return the devices seen in the rows selected; none where a row was selected unseen."""
        count = sum(place.size for place in self.chosen_places())
        return tuple(self._seen[at].id for at in sorted(self._seen)) if len(self._seen) == count else ()

    def order(self) -> Sort:
        """Return the column that orders the list."""
        place, order = self._marked
        return Sort(COLUMNS[place].sort, order is Qt.SortOrder.DescendingOrder)

    def order_by(self, column: str, *, is_descending: bool) -> None:
        """Order the list by the column of that name; by the tag when there is none."""
        place = next((at for at, each in enumerate(COLUMNS) if each.sort and each.sort == column), 0)
        order = Qt.SortOrder.DescendingOrder if is_descending else Qt.SortOrder.AscendingOrder
        self.sortByColumn(place, order)

    def _note(self) -> None:
        """Remember the devices that stand in the rows selected; the one seen first in a row counts."""
        places = self.chosen_places()
        kept = {at: row for at, row in self._seen.items() if any(at in _range(place) for place in places)}
        self._seen = kept if len(kept) >= _MOST_SEEN else self._rows.known(places) | kept

    def _on_current(self, current: QModelIndex) -> None:
        self._at = self._rows.row_at(current.row()) if current.isValid() else None

    def _on_read(self) -> None:
        """Look whether the rows that came are the devices chosen."""
        place = self.currentIndex().row()
        is_moved = self._at is not None and self._is_other(place, self._at)
        if is_moved or any(self._is_other(at, row) for at, row in self._seen.items()):
            self._leave()
            return
        self._note()
        if self._at is None and place >= 0:
            self._at = self._rows.row_at(place)

    def _is_other(self, place: int, row: DeviceRow) -> bool:
        now = self._rows.row_at(place)
        return self._rows.is_read(place) and (now is None or now.id != row.id)

    def _on_going(self, _parent: QModelIndex, first: int) -> None:
        if self.currentIndex().row() >= first or any(at >= first for at in self._seen):
            self._leave()

    def _on_reset(self) -> None:
        self._seen, self._at = {}, None

    def _leave(self) -> None:
        self.let_go.emit(self._at.tag if self._at is not None else "")
        self.clearSelection()
        self.setCurrentIndex(QModelIndex())

    def _on_sorted(self, place: int, order: Qt.SortOrder) -> None:
        """Keep the mark on the column that orders the list: a loan's number does not."""
        if COLUMNS[place].sort:
            self._marked = place, order
            self.arranged.emit()
        else:
            self.horizontalHeader().setSortIndicator(*self._marked)

    def _on_column_menu(self, place: QPoint) -> None:
        """Choose which columns are shown; the tag always is."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for column in self.columns()[1:]:
            action = menu.addAction(tr(column.title), partial(self.toggle, column.title))
            action.setCheckable(True)
            action.setChecked(column.title not in self.hidden_columns())
        menu.popup(self.horizontalHeader().mapToGlobal(place))

    def toggle(self, title: str) -> None:
        """Show a column that is hidden, or hide it."""
        self.hide_columns(self.hidden_columns() ^ {title})
        self.arranged.emit()


def _range(place: Place) -> range:
    return range(place.start, place.start + place.size)
