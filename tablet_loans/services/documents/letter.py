"""Letters to families about loans: one A4 page each for a window envelope, its loan as bars at the foot."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Final

from tablet_loans.domain.letter import Letter, LetterKind, LetterSender
from tablet_loans.services.documents import letter_sheet as sheet
from tablet_loans.services.documents.barcodes import MODULE
from tablet_loans.services.documents.dates import in_english, in_words
from tablet_loans.services.documents.drawing import Drawing
from tablet_loans.services.documents.letter_sheet import Paragraph, Placed
from tablet_loans.services.documents.pdf_stream import About, PdfStream, new_stream
from tablet_loans.services.documents.printable import (
    is_printable,
    kept_together,
    must_be_printable,
    printed,
    texts_of,
)
from tablet_loans.services.documents.qr import bar_runs
from tablet_loans.services.documents.style import (
    GREY,
    LEADING,
    MARGIN,
    MM,
    NOTE,
    PAGE_HEIGHT,
    RIGHT,
    STRONG,
    Box,
    width_of,
)

_MOST_LACKING: Final = 1_000
_BARS: Final = 10 * MM
_FOOT_TOP: Final = sheet.FOOT + _BARS + 6 * MM
_SIGNED: Final = 24 * MM
_FACTS: Final = PAGE_HEIGHT - 48 * MM
_FACTS_WIDTH: Final = 98 * MM - MARGIN
_LABEL: Final = 18 * MM
_ROW: Final = 5.5 * MM


@dataclass(frozen=True, slots=True)
class LetterLabels:
    """What a letter says around its text, in one language."""

    code: str
    titles: Mapping[LetterKind, str]
    facts: tuple[str, ...]
    subject: str
    dated: str
    placed: str
    by_school: str
    guardians: str
    signed: str
    enclose: str
    day: Callable[[date], str]


FRENCH: Final = LetterLabels(
    code="fr-FR",
    titles={
        LetterKind.REMINDER_1: "Premier rappel",
        LetterKind.REMINDER_2: "Deuxième rappel",
        LetterKind.REMINDER_3: "Dernier rappel",
        LetterKind.RECALL: "Fin de prêt",
        LetterKind.DAMAGE: "Constat au retour",
        LetterKind.LOSS: "Perte ou vol",
    },
    facts=("Prêt n°", "Appareil", "Étiquette", "N° de série"),
    subject="Objet\u00a0:",
    dated="Le {day}",
    placed="{place}, le {day}",
    by_school="À remettre par l’établissement {school}, à l’attention de\u00a0: {names}",
    guardians="les responsables légaux de {pupil}",
    signed="Pour la collectivité",
    enclose="Joignez cette lettre à l’appareil ou à votre réponse\u00a0: ce code désigne le prêt.",
    day=in_words,
)
ENGLISH: Final = LetterLabels(
    code="en-GB",
    titles={
        LetterKind.REMINDER_1: "First reminder",
        LetterKind.REMINDER_2: "Second reminder",
        LetterKind.REMINDER_3: "Last reminder",
        LetterKind.RECALL: "End of a loan",
        LetterKind.DAMAGE: "Noted on return",
        LetterKind.LOSS: "Loss or theft",
    },
    facts=("Loan no.", "Device", "Label", "Serial no."),
    subject="Subject:",
    dated="On {day}",
    placed="{place}, on {day}",
    by_school="To be handed over by the school {school} to: {names}",
    guardians="the legal guardians of {pupil}",
    signed="For the authority",
    enclose="Keep this letter with the device or your answer: this code tells the loan.",
    day=in_english,
)
_LABELS: Final[Mapping[str, LetterLabels]] = {"fr": FRENCH, "en": ENGLISH}


def write_letters(
    letters: Iterable[Letter],
    out: Path,
    *,
    sender: LetterSender,
    progress: Callable[[int], None] = lambda _done: None,
    written_at: datetime | None = None,
) -> int:
    """Write one page a letter into the PDF `out`, in the order given, and return how many pages.

    The letters are read one by one; `progress` hears how many are drawn after each. Nothing is left behind by what it
    raises. The same letters and time give the same bytes. Raises: FontLacks, FileTrouble.
    """
    labels, said = _LABELS.get(sender.language, FRENCH), printed(sender)
    lacking: list[tuple[str, Sequence[str]]] = []
    common = tuple(texts_of(said))
    remaining = iter(letters)
    first = tuple(islice(remaining, 1))
    with new_stream(out, _about(labels, said, first, written_at)) as document:
        form = _form(document, labels, said)
        for each in chain(first, remaining):
            letter = _as_printed(each)
            texts = (*common, *texts_of(replace(letter, emails=())))
            if is_printable(texts):
                _draw_page(document, form, labels, said, letter)
            else:
                lacking.append((each.number, texts))
                if len(lacking) >= _MOST_LACKING:
                    must_be_printable(lacking)
            progress(document.pages)
        must_be_printable(lacking)
    return document.pages


def _about(labels: LetterLabels, sender: LetterSender, first: Sequence[Letter], written_at: datetime | None) -> About:
    """Return what the document says of itself: no pupil's name; each page is a sheet of its own."""
    title = labels.titles[first[0].kind] if first else ""
    return About(title, sender.authority, sender.campaign, labels.code, written_at, is_two_sided=False)


def _as_printed(letter: Letter) -> Letter:
    """Return a letter as it is printed; the spaces of its sentences that hold words together stay."""
    shown = printed(replace(letter, subject="", paragraphs=()))
    paragraphs = tuple(map(kept_together, letter.paragraphs))
    return replace(shown, subject=kept_together(letter.subject), paragraphs=paragraphs)


def _form(document: PdfStream, labels: LetterLabels, sender: LetterSender) -> int:
    """Return the form of what all the letters say alike."""
    drawing = Drawing(document)
    _draw(drawing, sheet.sender(sender.authority, sender.campaign))
    day = labels.day(sender.written_on)
    dated = labels.placed.format(place=sender.place, day=day) if sender.place else labels.dated.format(day=day)
    _draw(drawing, sheet.dated(dated))
    drawing.rule(MARGIN, RIGHT, _FOOT_TOP, GREY)
    room = Box(MARGIN, _FOOT_TOP - 3 * MM, 95 * MM, _BARS + 3 * MM)
    told = [Paragraph(labels.enclose, before=0)]
    _draw(drawing, [replace(line, grey=GREY) for line in sheet.stacked(told, room, NOTE + 0.5)])
    return drawing.end_form()


def _draw_page(document: PdfStream, form: int, labels: LetterLabels, sender: LetterSender, letter: Letter) -> None:
    drawing = Drawing(document)
    drawing.show(form)
    _draw_facts(drawing, labels, letter)
    if letter.home.address:
        address = [Paragraph(line, before=0) for line in _address(letter)]
        _draw(drawing, sheet.stacked(address, sheet.WINDOW, sheet.SIZE))
    else:
        _draw_handed_over(drawing, labels, letter)
    _draw_subject(drawing, labels, letter)
    floor = _FOOT_TOP + 4 * MM + _SIGNED
    body = Box(MARGIN, sheet.BODY, sheet.WIDTH, sheet.BODY - floor)
    lines = sheet.stacked([Paragraph(each) for each in letter.paragraphs], body, sheet.SIZE)
    _draw(drawing, lines)
    _draw_signature(drawing, labels, sender, lines[-1].baseline if lines else sheet.BODY)
    _draw_code(drawing, letter.number)
    drawing.end_page()


def _draw(drawing: Drawing, lines: Iterable[Placed]) -> None:
    for line in lines:
        drawing.line(line.text, line.left, line.baseline, line.size, line.face, line.grey)


def _address(letter: Letter) -> list[str]:
    """Return the lines in the window: who lives there, the street, the place."""
    street, _, place = letter.home.address.rpartition(", ")
    return [line for line in (*letter.home.names, street, place) if line]


def _draw_handed_over(drawing: Drawing, labels: LetterLabels, letter: Letter) -> None:
    """Leave the window empty, and say below it to whom the school hands the letter over."""
    names = ", ".join(letter.home.names) or labels.guardians.format(pupil=letter.name)
    said = labels.by_school.format(school=letter.school, names=names)
    room = Box(MARGIN, _FACTS - 5 * _ROW, _FACTS_WIDTH, 12 * MM)
    _draw(drawing, sheet.fitting(kept_together(said), room, 9, STRONG))


def _draw_facts(drawing: Drawing, labels: LetterLabels, letter: Letter) -> None:
    """Draw beside the window which loan and which device the letter is about."""
    values = (letter.number, letter.device, letter.tag, letter.serial)
    top = _FACTS
    for label, value in zip(labels.facts, values, strict=True):
        if value:
            drawing.within(label, Box(MARGIN, top, _LABEL, _ROW), NOTE, grey=GREY)
            drawing.within(value, Box(MARGIN + _LABEL, top, _FACTS_WIDTH - _LABEL, _ROW))
            top -= _ROW


def _draw_subject(drawing: Drawing, labels: LetterLabels, letter: Letter) -> None:
    width = width_of(labels.subject, sheet.SIZE) + 2 * MM
    drawing.line(labels.subject, MARGIN, sheet.OBJECT - 0.78 * sheet.SIZE, sheet.SIZE, grey=GREY)
    room = Box(MARGIN + width, sheet.OBJECT, sheet.WIDTH - width, 10 * MM)
    _draw(drawing, sheet.fitting(letter.subject, room, sheet.SIZE, STRONG))


def _draw_signature(drawing: Drawing, labels: LetterLabels, sender: LetterSender, above: float) -> None:
    top = above - 1.2 * LEADING * sheet.SIZE
    signers = (labels.signed, sender.representative)
    said = [Paragraph(each, before=0) for each in signers if each]
    room = Box(sheet.WINDOW.left, top, RIGHT - sheet.WINDOW.left, _SIGNED / 2)
    _draw(drawing, sheet.stacked(said, room, sheet.SIZE))


def _draw_code(drawing: Drawing, number: str) -> None:
    """Draw the loan's number as bars at the right of the foot, and as text below."""
    runs, modules = bar_runs(number)
    left, bottom = RIGHT - modules * MODULE, sheet.FOOT + 3 * MM
    drawing.modules(runs, left, bottom, MODULE, _BARS)
    middle = left + modules * MODULE / 2
    drawing.line(number, middle - width_of(number, NOTE) / 2, sheet.FOOT - 0.5 * MM, NOTE)
