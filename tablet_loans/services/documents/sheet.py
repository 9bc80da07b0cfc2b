"""The sheet: an agreement of one A4 page printed before the tablet is known, its places left to fill in."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from tablet_loans.domain.sheet import SheetFacts, SheetOffer
from tablet_loans.services.documents.agreement_page import (
    ASIDE,
    DATES,
    DEVICE,
    FAR,
    NEAR,
    SUBJECT,
    TITLE,
    VALUE,
    draw_blank,
    draw_head,
    draw_label,
    draw_parties,
    draw_value,
    draw_wording,
    row,
)
from tablet_loans.services.documents.dates import in_words
from tablet_loans.services.documents.paper import must_be_pdf, new_document
from tablet_loans.services.documents.printable import is_printable, must_be_printable, printed, texts_of
from tablet_loans.services.documents.style import GREY, HAIRLINE, MM, NOTE, RIGHT, draw_line

_FORM: Final = "fixed"
_LABEL_WIDTH: Final = 54 * MM
_LABEL_LEFT: Final = RIGHT - _LABEL_WIDTH


def write_sheets(
    facts: Iterable[SheetFacts],
    out: Path,
    *,
    offer: SheetOffer,
    total: int,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    written_at: datetime | None = None,
) -> int:
    """Write one page a pupil into the PDF `out`, in the order given, and return how many pages.

    The facts are read one by one; `progress` hears (done, `total`) after each page. Nothing is left behind by what
    it raises. Raises: FontLacks, FileTrouble.
    """
    must_be_pdf(out)
    said, done = printed(offer), 0
    lacking: list[tuple[str, tuple[str, ...]]] = []
    title = TITLE if total == 1 else f"{TITLE} ({total})"
    with new_document(out, title=title, author=said.authority, subject=SUBJECT, written_at=written_at) as canvas:
        _draw_form(canvas, said)
        for done, each in enumerate(map(printed, facts), start=1):
            texts = (said.authority, said.campaign, *texts_of(each))
            if not is_printable(texts):
                lacking.append((str(each.pupil_id), texts))
            _draw_page(canvas, said, each)
            progress(done, total)
        must_be_printable(lacking)
    return done


def _draw_form(canvas: Canvas, offer: SheetOffer) -> None:
    """Keep what all the sheets say alike as a form that every page shows."""
    canvas.beginForm(_FORM)
    draw_wording(canvas)
    for place, label in enumerate(("Modèle", "Numéro de série", "Accessoires remis")):
        draw_label(canvas, label, ASIDE, row(DEVICE, place))
        draw_blank(canvas, VALUE, _LABEL_LEFT - 4 * MM, row(DEVICE, place))
    canvas.setLineWidth(HAIRLINE)
    canvas.setStrokeGray(GREY)
    canvas.roundRect(_LABEL_LEFT, DEVICE - 26 * MM, _LABEL_WIDTH, 24 * MM, 2 * MM)
    note = "Étiquette de la tablette, collée ou recopiée"
    draw_line(canvas, note, _LABEL_LEFT + 2 * MM, DEVICE - 24.5 * MM, size=NOTE - 1, grey=GREY)
    draw_blank(canvas, VALUE, NEAR, row(DATES, 0))
    draw_value(canvas, in_words(offer.due_on), FAR, RIGHT, row(DATES, 0))
    canvas.endForm()


def _draw_page(canvas: Canvas, offer: SheetOffer, facts: SheetFacts) -> None:
    canvas.doForm(_FORM)
    draw_head(canvas, offer.authority, offer.campaign, facts.code, code_size=9)
    draw_parties(
        canvas,
        authority=offer.authority,
        school=facts.school,
        commune=facts.commune,
        uai=facts.school_uai,
        pupil=f"{facts.family_name} {facts.given_name}".strip(),
        class_name=facts.class_name,
    )
    canvas.showPage()
