"""A label: what it says, its life, and where its code and its words lie so that a scanner reads it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from tablet_loans.domain.errors import NothingToPrint, Refusal
from tablet_loans.domain.label_stock import LabelStock
from tablet_loans.text import N_

LEAST_MODULE_MM: Final = 0.25
"""Below it many a hand-held scanner fails: two dots of a label printer of 203 dpi."""
_SLACK_DOTS: Final = 0.01
_MOST_BAR_MM: Final = 0.38
_MOST_SQUARE_MM: Final = 0.8
_SAFE_MM: Final = 1.0
"""White that is kept at a label's edges, for sheets are never fed the same."""
_GAP_MM: Final = 0.8
_LEAST_BARS_MM: Final = 5.0
_MOST_BARS_MM: Final = 18.0
_LEAST_STACKED_MM: Final = 8.5
"""Bars, and words under them that can be read."""
_LOW_MM: Final = 18.5
"""At most so high, a label has its words beside its bars."""
_LEAST_BESIDE_MM: Final = 14.0
_LEAST_WORDS_MM: Final = 4.0
_TALLEST_LINE_MM: Final = 7.0
_TITLE_WEIGHT: Final = 1.6
_QUIET: Final = {"code128": 10, "qr": 4, "datamatrix": 2}
"""White around a code, in modules. Source: ISO/IEC 15417, 18004; 16022 asks for 1."""


class CodeStyle(StrEnum):
    """How a code is drawn."""

    CODE128 = "code128"
    QR = "qr"
    DATAMATRIX = "datamatrix"


class LabelState(StrEnum):
    """The life of a printed label: scanned back once it sticks, or spoiled."""

    PRINTED = "printed"
    CONFIRMED = "confirmed"
    SPOILED = "spoiled"


LABEL_WORDS: Final[Mapping[str, str]] = {
    LabelState.PRINTED: N_("printed, to scan back"),
    LabelState.CONFIRMED: N_("confirmed"),
    LabelState.SPOILED: N_("spoiled"),
}


class NoLabels(NothingToPrint):
    """Nothing chosen has a label."""

    sentence = N_("There is no label to print.")
    way_out = N_("Name tablets, a state, a school or a range.")


class NobodyThere(NoLabels):
    """Nobody is in the school or class whose cards are asked for."""

    sentence = N_("No pupil is there: there is no card to print.")
    way_out = N_("Choose another school or another class, written as the register does.")


class CodeDoesNotFit(Refusal):
    """The code is wider or higher than its label; bars are never squeezed."""

    sentence = N_("The code {code} needs {needed_mm} mm and a label of {stock} has {available_mm} mm for it.")
    way_out = N_("Take a larger label, or print it as a QR or DataMatrix code.")


class NotDrawnAsBars(Refusal):
    """The tag has a character that Code 128 cannot write."""

    sentence = N_("The code {code} has a character that bars cannot write.")
    way_out = N_("Print it as a QR or DataMatrix code.")


class NoLabelWaiting(Refusal):
    """No printed label of this device waits for a scan."""

    sentence = N_("No printed label of {tag} waits to be confirmed.")
    way_out = N_("Print one first.")


class NoLabelPrinted(Refusal):
    """No label of this device can be spoiled."""

    sentence = N_("No label of {tag} was printed that is not spoiled already.")
    way_out = N_("Print a new one.")


class OtherCodeScanned(Refusal):
    """What was scanned names the device, but is not on its label."""

    sentence = N_("{code} is not what is printed on the label of {tag}.")
    way_out = N_("Scan the label itself, not the box or the back of the tablet.")


class UnknownRange(Refusal):
    """A range of tags is not written as one."""

    sentence = N_("“{range}” is not a range of tags.")
    way_out = N_("Write the first and the last, with two dots between: ML-000001..ML-000200.")


@dataclass(frozen=True, slots=True)
class Label:
    """What one label says: its code, its readable title, and lines above and below it."""

    code: str
    title: str
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One line of the journal of labels."""

    id: int
    tag: str
    stock: str
    state: LabelState
    printed_at: datetime
    printed_by: str
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Room:
    """A rectangle in millimetres from the label's upper left corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things lie on a label: the code without its quiet zone, its module, and a room for each line.

    `rooms` are for the lines above, the title, and the lines below, in that order.
    """

    code: Room
    module_mm: float
    rooms: tuple[Room, ...]


def least_dots(dpi: int) -> int:
    """Return how many of a printer's dots the narrowest bar takes."""
    return max(1, math.ceil(LEAST_MODULE_MM * dpi / 25.4 - _SLACK_DOTS))


def module_for(dpi: int, modules: int, room_mm: float, most_mm: float) -> float | None:
    """Return the widest module of whole dots with which so many fit into a room, at most `most_mm`; None when none."""
    dot, least = 25.4 / dpi, least_dots(dpi)
    dots = min(math.floor(room_mm / (modules * dot) + 1e-9), max(least, math.floor(most_mm / dot + 1e-9)))
    return dots * dot if dots >= least else None


def layout_of(
    stock: LabelStock, style: CodeStyle, code: str, across: int, up: int, above: int, below: int, dpi: int
) -> Layout:
    """Return where a code of so many modules and the lines of a label lie; bars are one module high.

    Raises: CodeDoesNotFit.
    """
    quiet = _QUIET[style.value]
    wide, high = stock.width - 2 * _SAFE_MM, stock.height - 2 * _SAFE_MM
    weights = [1.0] * above + [_TITLE_WEIGHT] + [1.0] * below
    if style is not CodeStyle.CODE128:
        return _with_square(stock, code, (across + 2 * quiet, up + 2 * quiet), quiet, weights, dpi)
    modules, least = across + 2 * quiet, least_dots(dpi) * 25.4 / dpi
    module = module_for(dpi, modules, wide, _MOST_BAR_MM)
    if module is None:
        raise _too_large(stock, code, modules * least, wide)
    if stock.height <= _LOW_MM and (rest := wide - modules * least) >= _LEAST_BESIDE_MM and high >= _LEAST_BARS_MM:
        bars = Room(_SAFE_MM + quiet * least, _SAFE_MM, across * least, high)
        return Layout(bars, least, _stacked(Room(stock.width - _SAFE_MM - rest, _SAFE_MM, rest, high), weights))
    if high < _LEAST_STACKED_MM:
        raise _too_large(stock, code, _LEAST_STACKED_MM, high)
    return _with_bars(stock, Room(_SAFE_MM, _SAFE_MM, wide, high), across * module, module, weights, above)


def _with_bars(
    stock: LabelStock, room: Room, bars_wide: float, module: float, weights: Sequence[float], above: int
) -> Layout:
    """Lay the lines above, the bars, then the title and the lines below, in the middle of the label."""
    bars = min(max(room.height * 0.45, _LEAST_BARS_MM), _MOST_BARS_MM)
    unit = min((room.height - bars - 2 * _GAP_MM) / sum(weights), _TALLEST_LINE_MM)
    top = room.top + (room.height - bars - 2 * _GAP_MM - unit * sum(weights)) / 2
    head = unit * sum(weights[:above])
    place = Room((stock.width - bars_wide) / 2, top + head + (_GAP_MM if above else 0), bars_wide, bars)
    first = _stacked(Room(room.left, top, room.width, head), weights[:above])
    under = place.top + bars + _GAP_MM
    rest = weights[above:]
    return Layout(place, module, (*first, *_stacked(Room(room.left, under, room.width, unit * sum(rest)), rest)))


def _with_square(
    stock: LabelStock, code: str, modules: tuple[int, int], quiet: int, weights: Sequence[float], dpi: int
) -> Layout:
    """Lay a square code at the left and the lines at its right."""
    wide, high = stock.width - 2 * _SAFE_MM, stock.height - 2 * _SAFE_MM
    needed = max(modules) * least_dots(dpi) * 25.4 / dpi
    most = min(high, wide - _GAP_MM - _LEAST_WORDS_MM)
    module = module_for(dpi, max(modules), max(min(most, wide * 0.55), min(needed, most)), _MOST_SQUARE_MM)
    if module is None:
        raise _too_large(stock, code, needed, max(most, 0.0))
    side = modules[0] * module
    inner = (modules[1] - 2 * quiet) * module
    place = Room(_SAFE_MM + quiet * module, (stock.height - inner) / 2, side - 2 * quiet * module, inner)
    left = _SAFE_MM + side + _GAP_MM / 2
    return Layout(place, module, _stacked(Room(left, _SAFE_MM, stock.width - _SAFE_MM - left, high), weights))


def _stacked(room: Room, weights: Sequence[float]) -> tuple[Room, ...]:
    """Return a room for each line, one below the other and by weight, in the middle of `room`."""
    if not weights:
        return ()
    unit = min(room.height / sum(weights), _TALLEST_LINE_MM)
    top, rooms = room.top + (room.height - unit * sum(weights)) / 2, []
    for weight in weights:
        rooms.append(Room(room.left, top, room.width, unit * weight))
        top += unit * weight
    return tuple(rooms)


def _too_large(stock: LabelStock, code: str, needed: float, available: float) -> CodeDoesNotFit:
    return CodeDoesNotFit(code=code, stock=stock.name, needed_mm=f"{needed:.1f}", available_mm=f"{available:.1f}")
