"""The table of the differences between MDMs and register: whole in memory, narrowed, sorted by any column."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from tablet_loans.domain.finding import FINDING_NAMES, FindingFilter, FindingKind
from tablet_loans.services.minding_mdm import Difference
from tablet_loans.text import N_, search_key, sort_key, tr
from ui.columns import Column, Style
from ui.lists import ListModel
from ui.theme import Tone
from ui.widgets.device_words import capital
from ui.widgets.mdm_words import FINDING_TONES, act_words, day
from ui.widgets.ordered_table import OrderedTable

_ORDER: Final = {kind: place for place, kind in enumerate(FindingKind)}


def _what_tone(row: Difference) -> Tone:
    return FINDING_TONES.get(row.finding.kind, Tone.PLAIN)


def _soft(_row: Difference) -> Tone:
    return Tone.SOFT


def _device(row: Difference) -> str:
    return row.finding.tag or row.finding.serial or row.finding.external_id


def _school(row: Difference) -> str:
    return row.school or row.finding.school


def _to_do(row: Difference) -> str:
    """Return what is proposed, the act before the place: where the room ends, the place is what one can do without."""
    finding = row.finding
    if finding.act is None or finding.is_offered:
        return capital(finding.proposal)
    return tr("{act}, in its own console").format(act=act_words(finding.act))


COLUMNS: Final = (
    Column(N_("What differs"), lambda row: row.finding.sentence, 276, 4, tone=_what_tone, sort="kind"),
    Column(N_("Device"), _device, 118, style=Style.CODE, sort="device"),
    Column(N_("Model"), lambda row: row.model, 150, 2, tone=_soft, sort="model"),
    Column(N_("School"), _school, 140, 3, tone=_soft, sort="school"),
    Column(N_("Since"), lambda row: day(row.since), 100, style=Style.CODE, tone=_soft, sort="since"),
    Column(N_("To do"), _to_do, 256, 3, sort="act"),
    Column(N_("MDM"), lambda row: row.finding.mdm, 98, 1, tone=_soft, sort="mdm"),
)
_SPARED: Final = ("Model", "MDM", "School", "Since")
_KEYS: Final[Mapping[str, Callable[[Difference], Any]]] = {
    "kind": lambda row: _ORDER[row.finding.kind],
    "device": _device,
    "model": lambda row: sort_key(row.model),
    "school": lambda row: (not _school(row), sort_key(_school(row))),
    "since": lambda row: (row.since is None, row.since.timestamp() if row.since else 0.0),
    "act": lambda row: row.finding.proposal,
    "mdm": lambda row: row.finding.mdm,
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which differences are listed; `search` is a tag, a serial number, a school or a model."""

    search: str = ""
    let_through: FindingFilter = field(default_factory=FindingFilter)


class MdmModel(ListModel):
    """The differences; those let through, in order, are the rows."""

    def __init__(self) -> None:
        super().__init__(COLUMNS)
        self._every: Sequence[Difference] = ()
        self._chosen = Chosen()
        self._column, self._is_descending = 0, False

    def show_all(self, rows: Iterable[Difference]) -> None:
        """Take in all differences, and show those let through."""
        self._every = list(rows)
        self._arrange()

    def narrow(self, chosen: Chosen) -> None:
        """Show those that this lets through."""
        self._chosen = chosen
        self._arrange()

    def row_at(self, place: int) -> Difference | None:
        """Return a row, or None."""
        row = self.rows[place] if 0 <= place < len(self.rows) else None
        return row if isinstance(row, Difference) else None

    def place_of(self, key: tuple[str, ...]) -> int:
        """Return the row of a difference by its key, -1 when it is not shown."""
        return next((at for at, row in enumerate(self.rows) if isinstance(row, Difference) and key_of(row) == key), -1)

    def place_with(self, codes: Iterable[str]) -> int:
        """Return the first row about a device of one of these codes, -1 when none is shown."""
        wanted = set(codes)
        places = (at for at, row in enumerate(self.rows) if isinstance(row, Difference) and wanted & _codes(row))
        return next(places, -1)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order the rows by a column, what matters most first among equals."""
        self._column, self._is_descending = column, order is Qt.SortOrder.DescendingOrder
        self._arrange()

    def _arrange(self) -> None:
        typed = search_key(self._chosen.search).split()
        let = [row for row in self._every if self._chosen.let_through.lets(row.finding) and _has(row, typed)]
        key = _KEYS[COLUMNS[self._column].sort]
        ordered = sorted(let, key=key, reverse=self._is_descending)
        self.show(ordered)


def key_of(row: Difference) -> tuple[str, ...]:
    """Return what tells a difference from the others when the board is read again."""
    finding = row.finding
    return finding.kind, finding.tag, finding.mdm, finding.external_id, str(finding.facts.get("other", ""))


def name_of(kind: FindingKind) -> str:
    """Return how a chip calls a kind of difference."""
    return tr(FINDING_NAMES[kind])


def _codes(row: Difference) -> set[str]:
    return {row.finding.tag, row.finding.serial} - {""}


def _has(row: Difference, typed: Sequence[str]) -> bool:
    if not typed:
        return True
    finding = row.finding
    bare = finding.tag.replace("-", "")
    key = search_key(finding.tag, bare, finding.serial, finding.serial[-4:], finding.external_id, finding.school,
                     row.school, row.model)  # fmt: skip
    return all(f" {word}" in key for word in typed)


class MdmTable(OrderedTable):
    """Differences in rows; a click on a title orders them."""

    def __init__(self, model: MdmModel, parent: QWidget | None = None) -> None:
        super().__init__(tr("Differences"), model, _SPARED, parent)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def chosen_rows(self) -> list[Difference]:
        """Return the differences selected, from top to bottom."""
        model = self.model()
        assert isinstance(model, MdmModel)  # noqa: S101 - it was given
        places = (at for place in self.chosen_places() for at in range(place.start, place.start + place.size))
        return [row for at in places if (row := model.row_at(at)) is not None]
