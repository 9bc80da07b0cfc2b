"""Receipts, half a page each: what a family was handed, to keep with the agreement, and what it gave back."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from tablet_loans.domain.device import Condition, DeviceKind
from tablet_loans.domain.listing import LoanReceipt
from tablet_loans.services.documents.barcodes import QUIET_ZONE, code128_width, draw_code128
from tablet_loans.services.documents.dates import in_words
from tablet_loans.services.documents.paper import must_be_pdf, new_document
from tablet_loans.services.documents.printable import must_be_printable, printed, texts_of
from tablet_loans.services.documents.style import (
    GREY,
    MARGIN,
    MM,
    NOTE,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    PLAIN,
    RIGHT,
    STRONG,
    Box,
    draw_line,
    draw_lines,
    draw_rule,
    draw_within,
    middle_baseline,
    width_of,
)

_RETURN: Final = "Reçu de retour"
_HAND_OVER: Final = "Reçu de remise"
_HALF: Final = PAGE_HEIGHT / 2
_EDGE: Final = 13 * MM
_BARS: Final = 10 * MM
_NAMES: Final = 38 * MM
_ROW: Final = 7.1 * MM
_COPIES: Final = ("Exemplaire de la famille", "Exemplaire du service")
_KINDS: Final[Mapping[str, str]] = {
    DeviceKind.TABLET: "Tablette",
    DeviceKind.LAPTOP: "Ordinateur portable",
    DeviceKind.KEY_4G: "Clé 4G",
}
_CONDITIONS: Final[Mapping[str, str]] = {
    Condition.GOOD: "bon état",
    Condition.WORN: "usure visible",
    Condition.DAMAGED: "endommagé",
}
_NO_DISCHARGE: Final = (
    "Ce reçu constate le retour du matériel dans l’état indiqué. Il ne vaut pas décharge pour ce qui manque."
)
_TO_KEEP: Final = (
    "À garder avec la convention de prêt\u00a0: ce reçu porte l’étiquette et le numéro de série du matériel remis."
)

_Row = tuple[str, str, bool]


def write_return_receipts(
    receipts: Sequence[LoanReceipt],
    out: Path,
    *,
    written_at: datetime | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> int:
    """Write a page for each loan that came back, one half for the family and one to sign; return how many pages.

    `progress` hears (done, total) after each loan. Raises: FontLacks, FileTrouble.
    """
    halves = [(each, copy) for each in receipts for copy in _COPIES]
    return _written(_RETURN, halves, _draw_return, out, written_at, progress)


def write_hand_over_receipts(
    receipts: Sequence[LoanReceipt],
    out: Path,
    *,
    written_at: datetime | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> int:
    """Write half a page for each loan, to give to the family, and return how many pages.

    `progress` hears (done, total) after each page. Raises: FontLacks, FileTrouble.
    """
    return _written(_HAND_OVER, [(each, "") for each in receipts], _draw_hand_over, out, written_at, progress)


def _written(
    title: str,
    halves: Sequence[tuple[LoanReceipt, str]],
    draw: Callable[[Canvas, float, LoanReceipt, str], None],
    out: Path,
    written_at: datetime | None,
    progress: Callable[[int, int], None],
) -> int:
    must_be_pdf(out)
    told = [(printed(each), copy) for each, copy in halves]
    must_be_printable([(each.number, texts_of(each)) for each, _ in told])
    first = told[0][0]
    named = f"{title} {first.number}" if len({each.number for each, _ in told}) == 1 else title
    pages = range(0, len(told), 2)
    with new_document(
        out, title=named, author=first.authority, subject=first.campaign, written_at=written_at
    ) as canvas:
        for page, start in enumerate(pages, start=1):
            for top, (each, copy) in zip((PAGE_HEIGHT, _HALF), told[start : start + 2], strict=False):
                draw(canvas, top - _EDGE, each, copy)
            _draw_cut(canvas)
            canvas.showPage()
            progress(page, len(pages))
    return len(pages)


def _draw_cut(canvas: Canvas) -> None:
    """Draw where the page is cut in two."""
    canvas.saveState()
    canvas.setDash(3, 3)
    draw_rule(canvas, 6 * MM, PAGE_WIDTH - 6 * MM, _HALF, grey=GREY)
    canvas.restoreState()


def _draw_head(canvas: Canvas, top: float, title: str, receipt: LoanReceipt, copy: str) -> None:
    left = RIGHT - code128_width(receipt.number)
    room = left - QUIET_ZONE - MARGIN
    draw_within(canvas, receipt.authority, Box(MARGIN, top, room, 5 * MM), size=NOTE, grey=GREY)
    draw_line(canvas, title, MARGIN, top - 13 * MM, size=18, face=STRONG)
    told = "\u00a0· ".join(filter(None, (receipt.campaign, copy)))
    draw_within(canvas, told, Box(MARGIN, top - 15.5 * MM, room, 5 * MM), size=8.5, grey=GREY)
    draw_code128(canvas, receipt.number, left, top - 1.5 * MM - _BARS, _BARS)
    number = f"Prêt {receipt.number}"
    draw_line(canvas, number, RIGHT - width_of(number, 8.5, STRONG), top - 16 * MM, size=8.5, face=STRONG)
    draw_rule(canvas, MARGIN, RIGHT, top - 22.5 * MM)


def _draw_rows(canvas: Canvas, top: float, rows: Sequence[_Row]) -> float:
    """Draw names and what they say, the strong ones heavier, and return where they end."""
    for name, said, is_strong in rows:
        room = Box(MARGIN + _NAMES, top, RIGHT - MARGIN - _NAMES, _ROW)
        draw_line(canvas, name, MARGIN, middle_baseline(room, 10), size=8.5, grey=GREY)
        draw_within(canvas, said, room, size=10, face=STRONG if is_strong else PLAIN)
        top -= _ROW
    return top


def _said(receipt: LoanReceipt) -> list[_Row]:
    """Return who has what."""
    place = "\u00a0· ".join(filter(None, (receipt.class_name, f"{receipt.school} ({receipt.school_uai})")))
    kind = _KINDS.get(receipt.kind, receipt.kind)
    return [
        ("Élève", receipt.pupil, True),
        ("Classe et établissement", place, False),
        (kind, receipt.model, False),
        ("Étiquette", receipt.tag, True),
        ("Numéro de série", receipt.serial or "non relevé", False),
    ]


def _draw_return(canvas: Canvas, top: float, receipt: LoanReceipt, copy: str) -> None:
    _draw_head(canvas, top, _RETURN, receipt, copy)
    on = "" if receipt.returned_on is None else in_words(receipt.returned_on)
    by = f"poste {receipt.station}" if receipt.station else ""
    rows = [
        *_said(receipt),
        ("Rendu le", "\u00a0· ".join(filter(None, (on, by))), True),
        ("État au retour", _CONDITIONS.get(receipt.condition, "non noté"), False),
        ("Manque", ", ".join(receipt.missing) or "rien", bool(receipt.missing)),
    ]
    below = _draw_rows(canvas, top - 25 * MM, rows)
    draw_lines(canvas, _NO_DISCHARGE, MARGIN, below - 6 * MM, RIGHT - MARGIN, size=8.5)
    _draw_places(canvas, below - 14 * MM, ("Rapporté par (nom, signature)", "Reçu par le service (cachet)"))


def _draw_hand_over(canvas: Canvas, top: float, receipt: LoanReceipt, copy: str) -> None:
    _draw_head(canvas, top, _HAND_OVER, receipt, copy)
    handed = [item for item in receipt.kit if item not in receipt.missing]
    due = in_words(receipt.due_on) + (f", {receipt.return_place}" if receipt.return_place else "")
    rows = [
        *_said(receipt),
        ("Accessoires remis", ", ".join(handed) or "aucun", False),
        *([("Non remis", ", ".join(receipt.missing), False)] if receipt.missing else []),
        ("Remis le", in_words(receipt.lent_on), True),
        ("À rendre le", due, True),
        *([("Aide", receipt.helpline, False)] if receipt.helpline else []),
    ]
    below = _draw_rows(canvas, top - 25 * MM, rows)
    draw_lines(canvas, _TO_KEEP, MARGIN, below - 6 * MM, RIGHT - MARGIN, size=8.5)


def _draw_places(canvas: Canvas, top: float, words: tuple[str, str]) -> None:
    """Leave room for either side."""
    half = (RIGHT - MARGIN) / 2
    for left, word in zip((MARGIN, MARGIN + half + 4 * MM), words, strict=True):
        draw_line(canvas, word, left, top - 3 * MM, size=NOTE, grey=GREY)
        draw_rule(canvas, left, left + half - 4 * MM, top - 20 * MM, grey=GREY)
