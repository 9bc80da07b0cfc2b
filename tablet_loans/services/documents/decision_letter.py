"""The letter of a decision: one A4 page for a window envelope, in the language in use."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from tablet_loans.domain.decision import (
    Decision,
    LetterHead,
    addressed_to,
    algorithm_told,
    appeal_told,
    decided,
    grounds_told,
    next_told,
)
from tablet_loans.services.documents import letter_sheet as sheet
from tablet_loans.services.documents.dates import day_said
from tablet_loans.services.documents.letter_sheet import Paragraph, Placed
from tablet_loans.services.documents.paper import must_be_pdf, new_document
from tablet_loans.services.documents.printable import is_printable, must_be_printable, printed, texts_of, written
from tablet_loans.services.documents.style import (
    GREY,
    MARGIN,
    MM,
    NOTE,
    RIGHT,
    STRONG,
    Box,
    draw_line,
    draw_rule,
    draw_within,
    width_of,
)
from tablet_loans.text import grouped, language, tr, trn

_FORM: Final = "fixed"
_FIXED: Final = 121 * MM
_SIGNED: Final = 36 * MM
_FIXED_SIZE: Final = 9.0


def write_letters(
    decisions: Iterable[Decision],
    out: Path,
    *,
    head: LetterHead,
    total: int,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    written_at: datetime | None = None,
) -> int:
    """Write one page a decision into the PDF `out`, in the order given, and return how many pages.

    The decisions are read one by one; `progress` hears (done, `total`) after each page. Nothing is left behind by
    what it raises. The same decisions and time give the same bytes. Raises: FontLacks, FileTrouble.
    """
    must_be_pdf(out)
    said, done = printed(head), 0
    lacking: list[tuple[str, tuple[str, ...]]] = []
    title = tr("Decisions on tablets ({count})").format(count=total)
    common = tuple(texts_of(said))
    with new_document(
        out, title=title, author=said.authority, subject=said.campaign, written_at=written_at, lang=language()
    ) as canvas:
        _draw_form(canvas, said)
        for done, each in enumerate(map(printed, decisions), start=1):
            texts = (*common, *texts_of(each))
            if not is_printable(texts):
                lacking.append((str(each.pupil), texts))
            _draw_page(canvas, said, each)
            progress(done, total)
        must_be_printable(lacking)
    return done


def _draw_form(canvas: Canvas, head: LetterHead) -> None:
    """Keep what all the letters say alike as a form that every page shows."""
    canvas.beginForm(_FORM)
    _draw(canvas, sheet.sender(head.authority, head.campaign))
    draw_rule(canvas, MARGIN, RIGHT, _FIXED + 2 * MM, grey=GREY)
    _draw(canvas, sheet.stacked(_fixed(head), Box(MARGIN, _FIXED, sheet.WIDTH, _FIXED - _SIGNED), _FIXED_SIZE))
    draw_within(
        canvas,
        tr("For the authority"),
        Box(sheet.WINDOW.left, _SIGNED - 1 * MM, sheet.WINDOW.width, 8 * MM),
        is_centred=False,
    )
    canvas.endForm()


def _fixed(head: LetterHead) -> list[Paragraph]:
    """Return what the law asks of every letter."""
    told = [Paragraph(tr("An algorithm was used"), STRONG, 0)]
    told += [Paragraph(each, before=0.3) for each in algorithm_told()]
    told += [Paragraph(tr("To contest this decision"), STRONG), Paragraph(appeal_told(head), before=0.3)]
    if head.wording.helpline:
        told += [Paragraph(tr("Questions"), STRONG), Paragraph(head.wording.helpline, before=0.3)]
    return [Paragraph(written(each.text), each.face, each.before) for each in told]


def _draw_page(canvas: Canvas, head: LetterHead, decision: Decision) -> None:
    canvas.doForm(_FORM)
    address = [Paragraph(line, before=0) for line in addressed_to(decision)]
    _draw(canvas, sheet.stacked(address, sheet.WINDOW, sheet.SIZE))
    _draw_date(canvas, head.wording.place, decision)
    _draw_object(canvas, decision)
    body = (
        Paragraph(tr("Dear parents,"), before=0),
        Paragraph(_ranked(head, decision)),
        Paragraph(decided(decision), STRONG),
        Paragraph(grounds_told(decision)),
        Paragraph(next_told(decision)),
    )
    room = Box(MARGIN, sheet.BODY, sheet.WIDTH, sheet.BODY - _FIXED - 6 * MM)
    _draw(canvas, sheet.stacked(body, room, sheet.SIZE))
    reference = tr("Plan no. {plan}, pupil no. {pupil}").format(plan=decision.plan, pupil=decision.pupil)
    draw_line(canvas, reference, MARGIN, sheet.FOOT, size=NOTE, grey=GREY)
    canvas.showPage()


def _draw_date(canvas: Canvas, place: str, decision: Decision) -> None:
    """Draw the day of the decision, not that of the printing: a letter printed again is the same letter."""
    day = day_said(decision.decided_on)
    dated = tr("{place}, on {day}").format(place=place, day=day) if place else tr("On {day}").format(day=day)
    _draw(canvas, sheet.dated(dated))


def _draw_object(canvas: Canvas, decision: Decision) -> None:
    who = ", ".join(part for part in (decision.name, decision.class_name, decision.school) if part)
    label = tr("Subject:")
    width = width_of(label, sheet.SIZE) + 2 * MM
    box = Box(MARGIN + width, sheet.OBJECT, sheet.WIDTH - width, 10 * MM)
    draw_line(canvas, label, MARGIN, sheet.OBJECT - 0.78 * sheet.SIZE, size=sheet.SIZE, grey=GREY)
    draw_within(canvas, tr("tablet for {pupil}").format(pupil=who), box, size=sheet.SIZE, face=STRONG, is_centred=False)


def _ranked(head: LetterHead, decision: Decision) -> str:
    said = trn(
        "In the campaign “{campaign}”, the request of {eligible} pupil who lacks equipment was looked at.",
        "In the campaign “{campaign}”, the requests of {eligible} pupils who lack equipment were looked at.",
        decision.eligible,
    )
    return said.format(campaign=head.campaign, eligible=grouped(decision.eligible))


def _draw(canvas: Canvas, lines: Iterable[Placed]) -> None:
    for each in lines:
        draw_line(canvas, each.text, each.left, each.baseline, size=each.size, face=each.face, grey=each.grey)
