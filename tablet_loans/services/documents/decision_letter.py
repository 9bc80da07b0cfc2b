"""The letter of a decision: one A4 page for a window envelope, in the language in use."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
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
from tablet_loans.services.documents.dates import day_said
from tablet_loans.services.documents.paper import must_be_pdf, new_document
from tablet_loans.services.documents.printable import is_printable, must_be_printable, printed, texts_of, written
from tablet_loans.services.documents.style import (
    GREY,
    LEADING,
    MARGIN,
    MM,
    NOTE,
    PAGE_HEIGHT,
    PLAIN,
    RIGHT,
    STRONG,
    Box,
    draw_line,
    draw_rule,
    draw_within,
    fitted,
    width_of,
    wrapped,
)
from tablet_loans.text import grouped, language, tr, trn

_FORM: Final = "fixed"
_WIDTH: Final = RIGHT - MARGIN
_TOP: Final = PAGE_HEIGHT - MARGIN
_WINDOW: Final = Box(112 * MM, PAGE_HEIGHT - 48 * MM, 82 * MM, 32 * MM)
_DATE: Final = PAGE_HEIGHT - 92 * MM
_OBJECT: Final = PAGE_HEIGHT - 98 * MM
_BODY: Final = PAGE_HEIGHT - 112 * MM
_FIXED: Final = 121 * MM
_SIGNED: Final = 36 * MM
_FOOT: Final = 12 * MM
_SIZE: Final = 10.5
_FIXED_SIZE: Final = 9.0
_SMALLER: Final = 0.97


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph, plain or strong, and the space before it, in lines."""

    text: str
    face: str = PLAIN
    before: float = 0.6


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
    _draw_sender(canvas, head)
    draw_rule(canvas, MARGIN, RIGHT, _FIXED + 2 * MM, grey=GREY)
    _draw_stack(canvas, _fixed(head), Box(MARGIN, _FIXED, _WIDTH, _FIXED - _SIGNED), _FIXED_SIZE)
    draw_within(
        canvas, tr("For the authority"), Box(_WINDOW.left, _SIGNED - 1 * MM, _WINDOW.width, 8 * MM), is_centred=False
    )
    canvas.endForm()


def _draw_sender(canvas: Canvas, head: LetterHead) -> None:
    """Draw the authority, and the campaign right below it."""
    room = Box(MARGIN, _TOP, 80 * MM, 16 * MM)
    lines, size = fitted(head.authority, room, 12, STRONG)
    draw_within(canvas, head.authority, room, size=12, face=STRONG, is_centred=False)
    below = _TOP - (len(lines) * LEADING + 0.2) * size
    draw_within(canvas, head.campaign, Box(MARGIN, below, 80 * MM, 8 * MM), grey=GREY, is_centred=False)


def _fixed(head: LetterHead) -> list[_Paragraph]:
    """Return what the law asks of every letter."""
    told = [_Paragraph(tr("An algorithm was used"), STRONG, 0)]
    told += [_Paragraph(each, before=0.3) for each in algorithm_told()]
    told += [_Paragraph(tr("To contest this decision"), STRONG), _Paragraph(appeal_told(head), before=0.3)]
    if head.wording.helpline:
        told += [_Paragraph(tr("Questions"), STRONG), _Paragraph(head.wording.helpline, before=0.3)]
    return [_Paragraph(written(each.text), each.face, each.before) for each in told]


def _draw_page(canvas: Canvas, head: LetterHead, decision: Decision) -> None:
    canvas.doForm(_FORM)
    _draw_stack(canvas, [_Paragraph(line, before=0) for line in addressed_to(decision)], _WINDOW, _SIZE)
    _draw_date(canvas, head.wording.place, decision)
    _draw_object(canvas, decision)
    body = (
        _Paragraph(tr("Dear parents,"), before=0),
        _Paragraph(_ranked(head, decision)),
        _Paragraph(decided(decision), STRONG),
        _Paragraph(grounds_told(decision)),
        _Paragraph(next_told(decision)),
    )
    _draw_stack(canvas, body, Box(MARGIN, _BODY, _WIDTH, _BODY - _FIXED - 6 * MM), _SIZE)
    reference = tr("Plan no. {plan}, pupil no. {pupil}").format(plan=decision.plan, pupil=decision.pupil)
    draw_line(canvas, reference, MARGIN, _FOOT, size=NOTE, grey=GREY)
    canvas.showPage()


def _draw_date(canvas: Canvas, place: str, decision: Decision) -> None:
    """Draw the day of the decision, not that of the printing: a letter printed again is the same letter."""
    day = day_said(decision.decided_on)
    dated = tr("{place}, on {day}").format(place=place, day=day) if place else tr("On {day}").format(day=day)
    draw_within(canvas, dated, Box(_WINDOW.left, _DATE + 4 * MM, _WINDOW.width, 5 * MM), size=_SIZE)


def _draw_object(canvas: Canvas, decision: Decision) -> None:
    who = ", ".join(part for part in (decision.name, decision.class_name, decision.school) if part)
    label = tr("Subject:")
    width = width_of(label, _SIZE) + 2 * MM
    box = Box(MARGIN + width, _OBJECT, _WIDTH - width, 10 * MM)
    draw_line(canvas, label, MARGIN, _OBJECT - 0.78 * _SIZE, size=_SIZE, grey=GREY)
    draw_within(canvas, tr("tablet for {pupil}").format(pupil=who), box, size=_SIZE, face=STRONG, is_centred=False)


def _ranked(head: LetterHead, decision: Decision) -> str:
    said = trn(
        "In the campaign “{campaign}”, the request of {eligible} pupil who lacks equipment was looked at.",
        "In the campaign “{campaign}”, the requests of {eligible} pupils who lack equipment were looked at.",
        decision.eligible,
    )
    return said.format(campaign=head.campaign, eligible=grouped(decision.eligible))


def _draw_stack(canvas: Canvas, paragraphs: Sequence[_Paragraph], box: Box, size: float) -> None:
    """Draw paragraphs from the top of `box` down: wrapped, then smaller, never cut off."""
    while size > 1:
        lines = [(each, wrapped(each.text, box.width, size, each.face)) for each in paragraphs]
        height = sum((len(texts) + each.before) * LEADING * size for each, texts in lines)
        if height <= box.height:
            break
        size *= _SMALLER
    baseline = box.top - 0.78 * size
    for each, texts in lines:
        baseline -= each.before * LEADING * size
        for text in texts:
            draw_line(canvas, text, box.left, baseline, size=size, face=each.face)
            baseline -= LEADING * size
