"""The loan agreement: one A4 page for one device and one pupil, in French."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from tablet_loans.domain.agreement import AgreementFacts
from tablet_loans.domain.device import DeviceKind
from tablet_loans.services.documents.agreement_page import (
    ASIDE,
    DATES,
    DEVICE,
    FAR,
    FOOT,
    HALF,
    NEAR,
    ROW,
    SUBJECT,
    TITLE,
    VALUE,
    draw_head,
    draw_label,
    draw_parties,
    draw_value,
    draw_wording,
    row,
)
from tablet_loans.services.documents.dates import in_words
from tablet_loans.services.documents.paper import must_be_pdf, new_document
from tablet_loans.services.documents.printable import must_be_printable, printed, texts_of
from tablet_loans.services.documents.style import (
    BLACK,
    BODY,
    GREY,
    HAIRLINE,
    LEADING,
    MM,
    NOTE,
    RIGHT,
    STRONG,
    Box,
    draw_line,
    middle_baseline,
    width_of,
)

KINDS: Final[Mapping[str, str]] = {
    DeviceKind.TABLET: "Tablette",
    DeviceKind.LAPTOP: "Ordinateur portable",
    DeviceKind.KEY_4G: "Clé 4G",
}
_FORM: Final = "fixed"
_KIT: Final = 11.5 * MM
_TICK: Final = 1.35
_BETWEEN: Final = 1.6


def write_agreements(
    facts: Iterable[AgreementFacts],
    out: Path,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    written_at: datetime | None = None,
) -> int:
    """Write one page a loan into the PDF `out`, in the order given, and return how many pages.

    `progress` hears (done, total) after each page; what it raises leaves no file behind.
    The same facts and time give the same bytes. Raises: FontLacks, FileTrouble.
    """
    must_be_pdf(out)
    loans = [printed(each) for each in facts]
    must_be_printable((loan.number, texts_of(loan)) for loan in loans)
    title = f"{TITLE} {loans[0].number}" if len(loans) == 1 else f"{TITLE} ({len(loans)})"
    with new_document(out, title=title, author=loans[0].authority, subject=SUBJECT, written_at=written_at) as canvas:
        canvas.beginForm(_FORM)
        _draw_fixed(canvas)
        canvas.endForm()
        for done, loan in enumerate(loans, start=1):
            _draw_page(canvas, loan)
            progress(done, len(loans))
    return len(loans)


def _draw_fixed(canvas: Canvas) -> None:
    """Draw what every agreement says alike."""
    draw_wording(canvas)
    for place, (label, other) in enumerate((("Désignation", "Étiquette"), ("Modèle", "Numéro de série"))):
        draw_label(canvas, label, ASIDE, row(DEVICE, place))
        draw_label(canvas, other, HALF, row(DEVICE, place))
    draw_label(canvas, "Accessoires remis", ASIDE, row(DEVICE, 2))


def _draw_page(canvas: Canvas, facts: AgreementFacts) -> None:
    """Draw one agreement: the fixed text, then what is this loan's own."""
    canvas.doForm(_FORM)
    draw_head(canvas, facts.authority, facts.campaign, facts.number, code_size=11)
    draw_parties(
        canvas,
        authority=facts.authority,
        school=facts.school,
        commune=facts.commune,
        uai=facts.school_uai,
        pupil=f"{facts.pupil_family_name} {facts.pupil_given_name}".strip(),
        class_name=facts.class_name,
    )
    draw_value(canvas, KINDS.get(facts.kind, facts.kind), VALUE, NEAR, row(DEVICE, 0))
    draw_value(canvas, facts.tag, FAR, RIGHT, row(DEVICE, 0))
    draw_value(canvas, f"{facts.maker} {facts.model}".strip(), VALUE, NEAR, row(DEVICE, 1))
    draw_value(canvas, facts.serial, FAR, RIGHT, row(DEVICE, 1))
    _draw_kit(canvas, facts.kit, Box(VALUE, row(DEVICE, 2), RIGHT - VALUE, _KIT))
    draw_value(canvas, in_words(facts.lent_on), VALUE, NEAR, row(DATES, 0))
    draw_value(canvas, in_words(facts.due_on), FAR, RIGHT, row(DATES, 0))
    draw_line(canvas, facts.number, RIGHT - width_of(facts.number, NOTE), FOOT, size=NOTE, grey=GREY)
    canvas.showPage()


def _draw_kit(canvas: Canvas, kit: Sequence[str], box: Box) -> None:
    """Draw a box to tick before each accessory, on one line or two, then smaller."""
    if not kit:
        draw_value(canvas, "aucun", box.left, box.left + box.width, box.top)
        return
    size = BODY
    while not _is_within(kit, box, size):
        size *= 0.94
    baseline = middle_baseline(Box(box.left, box.top, box.width, ROW), size)
    for line in _kit_lines(kit, box.width, size):
        left = box.left
        for item in line:
            canvas.setLineWidth(2 * HAIRLINE)
            canvas.setStrokeGray(BLACK)
            canvas.rect(left + HAIRLINE, baseline - 0.08 * size, 0.86 * size, 0.86 * size)
            draw_line(canvas, item, left + _TICK * size, baseline, size=size, face=STRONG)
            left += _item_width(item, size)
        baseline -= LEADING * size


def _kit_lines(kit: Sequence[str], width: float, size: float) -> list[list[str]]:
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
    below = (len(_kit_lines(kit, box.width, size)) - 1) * LEADING * size + size / 4
    first = box.top - middle_baseline(Box(box.left, box.top, box.width, ROW), size)
    return first + below <= box.height and all(_item_width(item, size) - _BETWEEN * size <= box.width for item in kit)
