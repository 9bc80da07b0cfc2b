"""A stock of labels: its geometry in millimetres from the page's upper left corner, and what makes it impossible."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Final

from tablet_loans.domain.errors import Refusal
from tablet_loans.text import N_, search_key

PAPERS: Final[Mapping[str, tuple[float, float]]] = {"A4": (210.0, 297.0), "Letter": (215.9, 279.4)}
"""Source: ISO 216, ANSI/ASME Y14.1."""
ROLL: Final = "roll"
OWN_PAPER: Final = "own"
"""A sheet that has no name: its description says its width and its height."""
LONGEST_NAME: Final = 60
_TOLERANCE: Final = 0.05
"""What no printer hits: millimetres by which the last label may stand beyond the page."""
_MOST_LABELS: Final = 100
_MOST_MM: Final = 1_000.0
_LEAST_PAGE_MM: Final = 20.0
_DPI: Final = range(150, 2_401)
_NEAR: Final = 3


class StockRefused(Refusal):
    """The description of a stock is no stock's."""

    sentence = N_("The stock “{stock}” cannot be used.")


class StockNameless(StockRefused):
    """The stock has no name, or one too long."""

    sentence = N_("A stock needs a name of at most {most} characters.")


class StockFieldUnknown(StockRefused):
    """The description says something that no stock has."""

    sentence = N_("Stock “{stock}”: “{field}” is nothing that a stock has.")
    way_out = N_("It has: {known}.")


class StockFieldWrong(StockRefused):
    """A measure is missing, is no number, or is out of its bounds."""

    sentence = N_("Stock “{stock}”: “{field}” must be a number from {least} to {most}.")


class UnknownPaper(StockRefused):
    """The paper is none that the program knows."""

    sentence = N_("Stock “{stock}”: the paper “{paper}” is not known.")
    way_out = N_("Write one of: {known}.")


class LabelsOverlap(StockRefused):
    """Neighbours lie on each other."""

    sentence = N_("Stock “{stock}”: its labels overlap: {field} is {pitch_mm} mm and a label takes {label_mm} mm.")
    way_out = N_("Measure from one label's edge to the same edge of the next.")


class LabelsBeyondPage(StockRefused):
    """The last labels stand beyond the page."""

    sentence = N_("Stock “{stock}”: its labels need {needed_mm} mm and the page has {page_mm} mm.")
    way_out = N_("Check the margins, the distances and the number of labels.")


class UnknownStock(Refusal):
    """No stock has this name."""

    sentence = N_("No stock of labels is called “{stock}”. Near it: {near}.")
    way_out = N_("“labels stocks” lists them; “labels stock add” adds your own.")


class StartBeyondSheet(Refusal):
    """The sheet has fewer labels than the one to start at."""

    sentence = N_("A sheet of {stock} has {most} labels: it cannot start at label {start}.")


@dataclass(frozen=True, slots=True)
class LabelStock:
    """A stock of labels; on a roll each label is a page. `dpi` is the printer's, of which bars take whole dots."""

    name: str
    paper: str
    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    pitch_x: float
    pitch_y: float
    corner: float = 0.0
    dpi: int = 300
    is_cut: bool = False
    aliases: tuple[str, ...] = ()
    page_width: float = 0.0
    page_height: float = 0.0

    @property
    def count(self) -> int:
        """Return how many labels a page has."""
        return self.columns * self.rows

    @property
    def page(self) -> tuple[float, float]:
        """Return the width and height of a page."""
        if self.paper == OWN_PAPER:
            return self.page_width, self.page_height
        return PAPERS.get(self.paper, (self.width, self.height))

    def place(self, number: int) -> tuple[float, float]:
        """Return the left and upper edge of a page's label, from 0, row by row."""
        row, column = divmod(number, self.columns)
        return self.left + column * self.pitch_x, self.top + row * self.pitch_y


_FIELDS: Final = tuple(field.name for field in fields(LabelStock))


def stock_from(said: Mapping[str, object]) -> LabelStock:
    """Return the stock that a description says. Raises: StockRefused."""
    name, aliases = said.get("name"), said.get("aliases", [])
    if not isinstance(name, str) or not search_key(name) or len(name) > LONGEST_NAME:
        raise StockNameless(stock=str(name or "")[:LONGEST_NAME], most=LONGEST_NAME)
    if unknown := [field for field in said if field not in _FIELDS]:
        raise StockFieldUnknown(stock=name, field=str(unknown[0])[:40], known=", ".join(_FIELDS))
    paper = said.get("paper")
    if paper not in (ROLL, OWN_PAPER, *PAPERS):
        raise UnknownPaper(stock=name, paper=str(paper or "")[:40], known=", ".join([*PAPERS, ROLL, OWN_PAPER]))
    measure = _Measures(name, said)
    width, height = measure.length("width", least=5.0), measure.length("height", least=5.0)
    least = _LEAST_PAGE_MM if paper == OWN_PAPER else 0.0
    stock = LabelStock(
        name=name.strip(),
        paper=str(paper),
        columns=measure.whole("columns", 1, _MOST_LABELS, 1 if paper == ROLL else None),
        rows=measure.whole("rows", 1, _MOST_LABELS, 1 if paper == ROLL else None),
        width=width,
        height=height,
        left=measure.length("left", usual=0.0),
        top=measure.length("top", usual=0.0),
        pitch_x=measure.length("pitch_x", usual=width),
        pitch_y=measure.length("pitch_y", usual=height),
        corner=measure.length("corner", usual=0.0),
        dpi=measure.whole("dpi", _DPI.start, _DPI.stop - 1, 300),
        is_cut=said.get("is_cut") is True,
        aliases=tuple(str(each) for each in aliases) if isinstance(aliases, list | tuple) else (),
        page_width=measure.length("page_width", least=least, usual=0.0),
        page_height=measure.length("page_height", least=least, usual=0.0),
    )
    if refusal := why_not_stock(stock):
        raise refusal
    return stock


@dataclass(frozen=True, slots=True)
class _Measures:
    """The numbers of a description, each within its bounds."""

    stock: str
    said: Mapping[str, object]

    def length(self, field: str, *, least: float = 0.0, usual: float | None = None) -> float:
        value = self.said.get(field, usual)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= _MOST_MM:
            raise self._wrong(field, least, _MOST_MM)
        return float(value)

    def whole(self, field: str, least: int, most: int, usual: int | None = None) -> int:
        value = self.said.get(field, usual)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self._wrong(field, least, most)
        return value

    def _wrong(self, field: str, least: float, most: float) -> StockFieldWrong:
        return StockFieldWrong(stock=self.stock, field=field, least=f"{least:g}", most=f"{most:g}")


def why_not_stock(stock: LabelStock) -> StockRefused | None:
    """Return why labels cannot lie so on their page, or None."""
    page_width, page_height = stock.page
    for field, count, label, start, pitch, page in (
        ("pitch_x", stock.columns, stock.width, stock.left, stock.pitch_x, page_width),
        ("pitch_y", stock.rows, stock.height, stock.top, stock.pitch_y, page_height),
    ):
        if count > 1 and pitch < label - 0.001:
            return LabelsOverlap(stock=stock.name, field=field, pitch_mm=f"{pitch:g}", label_mm=f"{label:g}")
        needed = start + (count - 1) * pitch + label
        if needed > page + _TOLERANCE:
            return LabelsBeyondPage(stock=stock.name, needed_mm=f"{needed:.2f}", page_mm=f"{page:g}")
    if stock.corner > min(stock.width, stock.height) / 2:
        return StockFieldWrong(
            stock=stock.name, field="corner", least="0", most=f"{min(stock.width, stock.height) / 2:g}"
        )
    return None


def stock_said(stock: LabelStock) -> dict[str, object]:
    """Return the description from which `stock_from` makes the same stock."""
    return {
        field: list(value) if field == "aliases" else value for field in _FIELDS for value in [getattr(stock, field)]
    }


def chosen_stock(stocks: Iterable[LabelStock], name: str) -> LabelStock:
    """Return the stock with this name or alias, its case, spaces, dashes and maker left out. Raises: UnknownStock."""
    by_key: dict[str, LabelStock] = {}
    named: dict[str, str] = {}
    for stock in stocks:
        for each in (stock.name, *stock.aliases):
            for key in (_key(each), _key(each.partition(" ")[2])):
                if key:
                    by_key.setdefault(key, stock)
                    named.setdefault(key, each)
    if (found := by_key.get(_key(name))) is not None:
        return found
    near = get_close_matches(_key(name), list(by_key), n=2 * _NEAR, cutoff=0.3)
    names = list(dict.fromkeys(named[key] for key in near))[:_NEAR]
    raise UnknownStock(stock=name.strip()[:LONGEST_NAME], near=", ".join(names) or N_("none"))


def _key(name: str) -> str:
    return "".join(mark for mark in search_key(name) if mark.isalnum())


def first_place(stock: LabelStock, start_at: int) -> int:
    """Return the place, from 0, of the label counted from 1. Raises: StartBeyondSheet."""
    if not 1 <= start_at <= stock.count:
        raise StartBeyondSheet(stock=stock.name, start=start_at, most=stock.count)
    return start_at - 1
