"""The accessories of a device, each with a box to tick, on one line or two, then smaller."""

from collections.abc import Sequence
from typing import Final

from tablet_loans.services.documents.drawing import Drawing
from tablet_loans.services.documents.style import (
    BODY,
    GREY,
    HAIRLINE,
    LEADING,
    MM,
    STRONG,
    Box,
    middle_baseline,
    width_of,
)

_TICK: Final = 1.35
_BETWEEN: Final = 1.6
_ROW: Final = 7 * MM


def draw_kit(drawing: Drawing, kit: Sequence[str], box: Box, nothing: str) -> None:
    """Draw a box to tick before each accessory; without any, what says so, or a line to write on."""
    if not kit and nothing:
        drawing.within(nothing, Box(box.left, box.top, box.width, _ROW), face=STRONG)
    elif not kit:
        drawing.rule(box.left, box.left + box.width, box.top - _ROW + 1.6 * MM, GREY)
    else:
        _draw_items(drawing, kit, box)


def _draw_items(drawing: Drawing, kit: Sequence[str], box: Box) -> None:
    size = BODY
    while not _is_within(kit, box, size):
        size *= 0.94
    baseline = middle_baseline(Box(box.left, box.top, box.width, _ROW), size)
    places = []
    for line in _lines(kit, box.width, size):
        left = box.left
        for item in line:
            places.append((left + HAIRLINE, baseline - 0.08 * size))
            drawing.line(item, left + _TICK * size, baseline, size, STRONG)
            left += _item_width(item, size)
        baseline -= LEADING * size
    drawing.ticks(places, 0.86 * size)


def _lines(kit: Sequence[str], width: float, size: float) -> list[list[str]]:
    """Return the accessories line by line, each with its tick box before it."""
    lines: list[list[str]] = [[]]
    taken = 0.0
    for item in kit:
        needed = _item_width(item, size)
        if lines[-1] and taken + needed - _BETWEEN * size > width:
            lines.append([])
            taken = 0.0
        lines[-1].append(item)
        taken += needed
    return lines


def _item_width(item: str, size: float) -> float:
    return (_TICK + _BETWEEN) * size + width_of(item, size, STRONG)


def _is_within(kit: Sequence[str], box: Box, size: float) -> bool:
    """Say whether the accessories lie within `box`, their first line on the line of the row's label."""
    below = (len(_lines(kit, box.width, size)) - 1) * LEADING * size + size / 4
    first = box.top - middle_baseline(Box(box.left, box.top, box.width, _ROW), size)
    return first + below <= box.height and all(_item_width(item, size) - _BETWEEN * size <= box.width for item in kit)
