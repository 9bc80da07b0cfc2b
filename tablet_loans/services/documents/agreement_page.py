"""The two sides of an agreement: what all of them say alike, as forms, and where each one's own facts stand."""

from collections.abc import Sequence
from typing import Final

from tablet_loans.domain.agreement import Signing
from tablet_loans.domain.barcode import leaf_code
from tablet_loans.domain.clause import Filled, Group
from tablet_loans.services.documents.agreement_words import Labels
from tablet_loans.services.documents.drawing import Drawing
from tablet_loans.services.documents.qr import square_runs
from tablet_loans.services.documents.style import (
    BODY,
    GREY,
    MARGIN,
    MM,
    NOTE,
    PAGE_HEIGHT,
    RIGHT,
    STRONG,
    Box,
    fitted,
    middle_baseline,
    width_of,
)

ASIDE: Final = MARGIN + 30 * MM
VALUE: Final = ASIDE + 32 * MM
HALF: Final = ASIDE + (RIGHT - ASIDE) / 2 + 4 * MM
NEAR: Final = HALF - 3 * MM
FAR: Final = HALF + 28 * MM
ROW: Final = 7 * MM
KIT_HEIGHT: Final = 11.5 * MM

HEAD: Final = PAGE_HEIGHT - MARGIN
BARS: Final = 14 * MM
TITLE_LINE: Final = HEAD - 21 * MM
PARTIES: Final = HEAD - 38 * MM
DEVICE: Final = PARTIES - 53.5 * MM
KIT_TOP: Final = DEVICE - 25 * MM
DATES: Final = DEVICE - 39 * MM
_CONDITION: Final = DATES - 11 * MM
FOOT: Final = 12 * MM
_LEAF: Final = 9.6 * MM
_LEAF_ROOM: Final = _LEAF + 3 * MM
_LEAF_BOTTOM: Final = 7 * MM
LABEL_WIDTH: Final = 54 * MM
LABEL_LEFT: Final = RIGHT - LABEL_WIDTH

BACK_TOP: Final = PAGE_HEIGHT - MARGIN
SIGNED: Final = FOOT + 62 * MM
_BOX_LINE: Final = SIGNED - 14.5 * MM
_RECEIPT: Final = FOOT + 18 * MM
_RECEIPT_LEFT: Final = MARGIN + 18 * MM
_BETWEEN: Final = 4 * MM
_TITLE_WIDEST: Final = 50 * MM
_TOLD: Final = 8.0


def draw_front(drawing: Drawing, labels: Labels, condition: Filled, *, is_before: bool) -> None:
    """Draw what the first page of every agreement says alike; `is_before` leaves places for the device."""
    drawing.line(labels.title, MARGIN, TITLE_LINE, 22, STRONG)
    _draw_section(drawing, labels.parties, PARTIES)
    for place, label in enumerate(labels.rows):
        _draw_label(drawing, label, ASIDE, row(PARTIES, place))
    draw_blank(drawing, VALUE, RIGHT, row(PARTIES, 6))
    _draw_section(drawing, labels.device, DEVICE)
    if is_before:
        _draw_places(drawing, labels)
    else:
        pairs = ((labels.kind, labels.tag), (labels.model, labels.serial), (labels.value, labels.state))
        for place, (label, other) in enumerate(pairs):
            _draw_label(drawing, label, ASIDE, row(DEVICE, place))
            _draw_label(drawing, other, HALF, row(DEVICE, place))
    _draw_label(drawing, labels.kit, ASIDE, KIT_TOP)
    _draw_section(drawing, labels.dates, DATES)
    _draw_label(drawing, labels.lent_on, ASIDE, row(DATES, 0))
    _draw_label(drawing, labels.due_on, HALF, row(DATES, 0))
    _draw_condition(drawing, labels, condition)


def _draw_places(drawing: Drawing, labels: Labels) -> None:
    """Draw the places where the device is written in, and its label stuck."""
    for place, label in enumerate((labels.model, labels.serial)):
        _draw_label(drawing, label, ASIDE, row(DEVICE, place))
        draw_blank(drawing, VALUE, LABEL_LEFT - 4 * MM, row(DEVICE, place))
    drawing.frame(LABEL_LEFT, KIT_TOP, LABEL_WIDTH, 24 * MM, GREY)
    drawing.line(labels.label_place, LABEL_LEFT + 2 * MM, DEVICE - 23.5 * MM, NOTE - 1, grey=GREY)
    draw_blank(drawing, VALUE, NEAR, row(DATES, 0))


def _draw_condition(drawing: Drawing, labels: Labels, clause: Filled) -> None:
    """Draw the annex: what both sides tick when the device goes out and when it comes back."""
    drawing.rule(MARGIN, RIGHT, _CONDITION)
    top = _CONDITION - 1.5 * MM
    drawing.within(clause.title, Box(MARGIN, top, RIGHT - MARGIN, ROW), face=STRONG)
    drawing.within(_told(clause), _told_box(clause), _TOLD, is_centred=False)
    head, height = top - 21 * MM, 6.5 * MM
    widths = 13 * MM
    halves = (RIGHT - 2 * 3 * widths - _BETWEEN, RIGHT - 3 * widths)
    for half, title in zip(halves, (labels.out, labels.back), strict=True):
        drawing.line(title, half, head + 4 * MM, NOTE, STRONG)
        for place, state in enumerate(labels.states):
            drawing.line(state, half + place * widths, head, NOTE, grey=GREY)
    drawing.rule(MARGIN, RIGHT, head - 1.6 * MM)
    for number, checked in enumerate(labels.checked):
        line = head - 1.6 * MM - (number + 1) * height
        drawing.line(checked, MARGIN, line + 2.1 * MM, 8.5)
        is_last = number == len(labels.checked) - 1
        ticked = [halves[1]] if is_last else [half + place * widths for half in halves for place in range(3)]
        drawing.ticks(((left, line + 1.7 * MM) for left in ticked), 3 * MM)
        drawing.rule(MARGIN, RIGHT, line, 0.82)
    bottom = head - 1.6 * MM - len(labels.checked) * height
    drawing.line(labels.dated, MARGIN, bottom - 5 * MM, 8.5)
    for half in halves:
        drawing.rule(half, half + 3 * widths - _BETWEEN / 2, bottom - 17 * MM, GREY)


def draw_back(
    drawing: Drawing, labels: Labels, signing: Signing, place: str, signatures: Filled, receipt: Filled
) -> None:
    """Draw where an agreement is signed, and what says that the device was received."""
    drawing.rule(MARGIN, RIGHT, SIGNED)
    _draw_title(drawing, signatures, SIGNED)
    drawing.within(_told(signatures), _told_box(signatures), _TOLD, is_centred=False)
    for (left, right), signer in zip(signature_places(labels, signing), labels.signers[signing], strict=True):
        drawing.within(signer, Box(left, _BOX_LINE + 4 * MM, right - left, 4 * MM), 8, STRONG)
        drawing.line(labels.signed_at, left, _BOX_LINE - 8.5 * MM, NOTE, grey=GREY)
        at = left + width_of(labels.signed_at, NOTE) + 1 * MM
        on = left + (right - left) * 0.62
        drawing.within(place, Box(at, _BOX_LINE - 5.5 * MM, on - at - MM, 4 * MM), 8)
        drawing.rule(at, on - MM, _BOX_LINE - 9.2 * MM, GREY)
        drawing.line(labels.signed_on, on, _BOX_LINE - 8.5 * MM, NOTE, grey=GREY)
        drawing.rule(on + width_of(labels.signed_on, NOTE) + MM, right, _BOX_LINE - 9.2 * MM, GREY)
        drawing.within(labels.approved, Box(left, _BOX_LINE - 10.5 * MM, right - left, 3.5 * MM), 7, grey=GREY)
    drawing.rule(MARGIN, RIGHT, _RECEIPT)
    _draw_title(drawing, receipt, _RECEIPT)
    after = _RECEIPT_LEFT
    drawing.within(_told(receipt), _told_box(receipt), _TOLD, is_centred=False)
    drawing.line(labels.received, after, _RECEIPT - 12.5 * MM, NOTE, grey=GREY)
    drawing.rule(after + width_of(labels.received, NOTE) + 2 * MM, RIGHT - _LEAF_ROOM, _RECEIPT - 13.2 * MM, GREY)


def told_size(clause: Filled) -> float:
    """Return the size at which the condition, the signatures or the receipt is told in the place it has."""
    return fitted(_told(clause), _told_box(clause), _TOLD)[1]


def _told(clause: Filled) -> str:
    return " ".join(text for text, _ in clause.paragraphs)


def _told_box(clause: Filled) -> Box:
    if clause.group is Group.CONDITION:
        return Box(MARGIN, _CONDITION - 8.5 * MM, RIGHT - MARGIN, 7 * MM)
    after = MARGIN + _title_width(clause) + _BETWEEN
    if clause.group is Group.RECEIPT:
        after = max(after, _RECEIPT_LEFT)
        return Box(after, _RECEIPT - 1.2 * MM, RIGHT - after, 7 * MM)
    return Box(after, SIGNED - 1.2 * MM, RIGHT - after, 8 * MM)


def _draw_title(drawing: Drawing, clause: Filled, top: float) -> None:
    """Draw a title before what it tells, on several lines when it is long."""
    box = Box(MARGIN, top - MM, _title_width(clause), 7 * MM)
    drawing.within(clause.title, box, BODY, STRONG, is_centred=False)


def _title_width(clause: Filled) -> float:
    return min(width_of(clause.title, BODY, STRONG) + 0.1, _TITLE_WIDEST)


def signature_places(labels: Labels, signing: Signing) -> list[tuple[float, float]]:
    """Return the left and right edges of the places to sign."""
    count = len(labels.signers[signing])
    width = (RIGHT - MARGIN - (count - 1) * _BETWEEN) / count
    return [
        (MARGIN + place * (width + _BETWEEN), MARGIN + place * (width + _BETWEEN) + width) for place in range(count)
    ]


def draw_signers(drawing: Drawing, labels: Labels, signing: Signing, names: Sequence[str]) -> None:
    """Draw who signs, under the title of each place; "" leaves it to be written."""
    for (left, right), name in zip(signature_places(labels, signing), names, strict=False):
        if name:
            drawing.within(name, Box(left, _BOX_LINE - 0.2 * MM, right - left, 4.6 * MM), 8)


def row(top: float, place: int) -> float:
    """Return the upper edge of a section's row."""
    return top - 1.5 * MM - place * ROW


def _draw_section(drawing: Drawing, title: str, top: float) -> None:
    drawing.rule(MARGIN, RIGHT, top)
    box = Box(MARGIN, row(top, 0), ASIDE - MARGIN - 2 * MM, ROW)
    lines, size = fitted(title, box, BODY, STRONG)
    drawing.line(" ".join(lines), MARGIN, middle_baseline(box, size), size, STRONG)


def _draw_label(drawing: Drawing, label: str, left: float, top: float) -> None:
    """Draw what a row is about, on the line that its value stands on."""
    drawing.line(label, left, middle_baseline(Box(left, top, RIGHT - left, ROW), BODY), 8, grey=GREY)


def draw_value(drawing: Drawing, value: str, left: float, right: float, top: float) -> None:
    """Draw what a row says, or a dash."""
    drawing.within(value or "–", Box(left, top - 0.4 * MM, right - left, ROW - 0.8 * MM), face=STRONG)


def draw_known(drawing: Drawing, value: str, left: float, right: float, top: float) -> None:
    """Draw what a row says, or the line on which it is written by hand."""
    if value:
        draw_value(drawing, value, left, right, top)
    else:
        draw_blank(drawing, left, right, top)


def draw_blank(drawing: Drawing, left: float, right: float, top: float) -> None:
    """Draw the line of a row that is filled in by hand."""
    drawing.rule(left, right, top - ROW + 1.6 * MM, GREY)


def draw_foot(drawing: Drawing, labels: Labels, code: str, number: int, pages: int, right: float = RIGHT) -> None:
    """Draw on each page which agreement it belongs to."""
    said = labels.page.format(number=number, pages=pages)
    drawing.line(f"{labels.title} {code}", MARGIN, FOOT, NOTE, grey=GREY)
    drawing.line(said, right - width_of(said, NOTE), FOOT, NOTE, grey=GREY)


def draw_leaf(drawing: Drawing, number: str, page: int) -> float:
    """Draw the mark by which a scan knows a later page wherever it lies, and return what is free at its left."""
    runs, side = square_runs(leaf_code(number, page))
    drawing.modules(runs, RIGHT - _LEAF, _LEAF_BOTTOM, _LEAF / side, _LEAF / side)
    return RIGHT - _LEAF_ROOM
