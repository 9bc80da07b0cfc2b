"""The loan agreement on both sides of an A4 sheet: the facts in front, the clauses and the signatures on the back."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from tablet_loans.domain.agreement import AgreementFacts, Home, Signing, mark_of
from tablet_loans.domain.campaign import Wording
from tablet_loans.domain.clause import Filled, Group, filled
from tablet_loans.domain.wording import AgreementWords, Room, Worded, values_of
from tablet_loans.services.documents import agreement_page as page
from tablet_loans.services.documents.agreement_words import FRENCH, Labels, labels_in
from tablet_loans.services.documents.barcodes import MODULE, QUIET_ZONE
from tablet_loans.services.documents.clauses import draw_columns, laid, lines_over
from tablet_loans.services.documents.drawing import Drawing
from tablet_loans.services.documents.kit import draw_kit
from tablet_loans.services.documents.pdf_stream import About, PdfStream, new_stream
from tablet_loans.services.documents.printable import (
    is_printable,
    kept_together,
    must_be_printable,
    printed,
    texts_of,
    written,
)
from tablet_loans.services.documents.qr import bar_runs, square_runs
from tablet_loans.services.documents.style import MARGIN, MM, RIGHT, STRONG, Box, width_of

TITLE: Final = FRENCH.title
SUBJECT: Final = FRENCH.subject
_SQUARE: Final = 14 * MM
_FORMS: Final = 64
"""Wordings filled in that are kept at hand: pupils of one school follow each other."""
_ELSEWHERE: Final = frozenset({Group.CONDITION, Group.SIGNATURES, Group.RECEIPT})
_COLUMNS: Final = page.BACK_TOP - page.SIGNED - 2 * MM
_WHOLE: Final = page.BACK_TOP - page.FOOT - 6 * MM
_MOST_LACKING: Final = 1_000
_LEAST_TOLD: Final = 7.0
"""Points under which a clause in a place of its own is too small to be read."""

_FormKey = tuple[str, int, str, bool, Signing, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Forms:
    """The fixed text of a wording filled in: the form of its front, and those of each page on its back."""

    front: int
    backs: tuple[tuple[int, ...], ...]


@dataclass(slots=True)
class _Press:
    """The agreements of one document: the forms at hand, and what the faces cannot draw."""

    document: PdfStream
    forms: "OrderedDict[_FormKey, _Forms]" = field(default_factory=OrderedDict)
    sides: dict[tuple[object, ...], int] = field(default_factory=dict)
    lacking: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)


def write_agreements(
    agreements: Iterable[Worded],
    out: Path,
    *,
    total: int,
    about: About,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> int:
    """Write each agreement into the PDF `out`, in the order given, and return how many pages.

    There is one copy for each home and each language, on both sides of as many sheets as it takes. Agreements are
    read one by one; `progress` hears (done, `total`) after each; what it raises leaves no file behind. The same facts
    and time give the same bytes. Raises: FontLacks, FileTrouble.
    """
    with new_stream(out, about) as document:
        press = _Press(document)
        for done, agreement in enumerate(agreements, start=1):
            _draw_copies(press, agreement)
            progress(done, total)
        must_be_printable(press.lacking)
    return document.pages


def about(total: int, number: str, author: str, written_at: datetime | None = None, language: str = "fr") -> About:
    """Return what a document of agreements says of itself: no pupil's name."""
    labels = labels_in(language)
    title = f"{labels.title} {number}".strip() if total == 1 else f"{labels.title} ({total})"
    return About(title, written(author), labels.subject, labels.code, written_at)


def _draw_copies(press: _Press, agreement: Worded) -> None:
    facts = printed(agreement.facts)
    texts = tuple(texts_of(facts))
    if not is_printable(texts):
        _lack(press, agreement.name, texts)
        return
    for words in agreement.texts:
        forms = _forms(press, agreement, facts, words)
        for home in facts.homes:
            _draw_copy(press, facts, home, words, forms)


def _lack(press: _Press, name: str, texts: Sequence[str]) -> None:
    """Remember what cannot be drawn; a document full of it is not read to its end."""
    press.lacking.append((name, tuple(texts)))
    if len(press.lacking) >= _MOST_LACKING:
        must_be_printable(press.lacking)


def _forms(press: _Press, agreement: Worded, facts: AgreementFacts, words: AgreementWords) -> _Forms:
    """Return the fixed text of an agreement, drawn once for all that say the same."""
    labels, values = labels_in(words.language), _values(agreement.wording, facts, words.language)
    said = (*values.values(), facts.place)
    key = (words.language, words.version, words.digest, facts.lent_on is None, facts.signing, said)
    if (known := press.forms.get(key)) is not None:
        press.forms.move_to_end(key)
        return known
    clauses = [_as_printed(filled(clause, values)) for clause in words.clauses]
    must_be_printable((clause.title, texts) for clause, texts in clauses if texts)
    made = press.forms[key] = _drawn_forms(press, labels, [clause for clause, _ in clauses], facts)
    if len(press.forms) > _FORMS:
        press.forms.popitem(last=False)
    return made


def _values(said: Wording, facts: AgreementFacts, language: str) -> dict[str, str]:
    labels = labels_in(language)
    return values_of(
        language,
        said,
        authority=facts.authority,
        campaign=facts.campaign,
        school=facts.school,
        commune=facts.commune,
        due_on=labels.day(facts.due_on),
        value="" if facts.value_cents is None else labels.money(facts.value_cents),
    )


def room_of(agreement: Worded, words: AgreementWords) -> Room:
    """Return how an agreement's clauses lie on its pages in one of its wordings."""
    facts = printed(agreement.facts)
    values = _values(agreement.wording, facts, words.language)
    shown = {clause.group: _as_printed(filled(clause, values))[0] for clause in words.clauses}
    flowing = [clause for group, clause in shown.items() if group not in _ELSEWHERE]
    cramped = tuple(group for group in Group if group in _ELSEWHERE and page.told_size(shown[group]) < _LEAST_TOLD)
    text = laid(flowing, _COLUMNS, _WHOLE)
    return Room(1 + len(text.pages), text.size, lines_over(flowing, _COLUMNS), cramped)


@lru_cache(maxsize=512)
def _as_printed(clause: Filled) -> tuple[Filled, tuple[str, ...]]:
    """Return a clause with its texts as they are printed, and these texts when the faces cannot draw them."""
    paragraphs = tuple((kept_together(text), is_point) for text, is_point in clause.paragraphs)
    shown = replace(clause, title=kept_together(clause.title), paragraphs=paragraphs)
    texts = (shown.title, *(text for text, _ in paragraphs))
    return shown, () if is_printable(texts) else texts


def _drawn_forms(press: _Press, labels: Labels, clauses: Sequence[Filled], facts: AgreementFacts) -> _Forms:
    groups = {clause.group: clause for clause in clauses}
    text = laid([clause for clause in clauses if clause.group not in _ELSEWHERE], _COLUMNS, _WHOLE)
    backs: list[tuple[int, ...]] = []
    for columns in text.pages:
        back = Drawing(press.document)
        draw_columns(back, columns, text.size, page.BACK_TOP)
        backs.append((back.end_form(),))
    condition, is_before = groups[Group.CONDITION], facts.lent_on is None
    front = _side(
        press,
        (labels.code, condition, is_before),
        lambda drawing: page.draw_front(drawing, labels, condition, is_before=is_before),
    )
    signatures, receipt = groups[Group.SIGNATURES], groups[Group.RECEIPT]
    foot = _side(
        press,
        (labels.code, facts.signing, facts.place, signatures, receipt),
        lambda drawing: page.draw_back(drawing, labels, facts.signing, facts.place, signatures, receipt),
    )
    backs[-1] = (*backs[-1], foot)
    return _Forms(front, tuple(backs))


def _side(press: _Press, key: tuple[object, ...], draw: Callable[[Drawing], None]) -> int:
    """Return the form of what does not depend on the school, drawn once for all of them."""
    if key not in press.sides:
        drawing = Drawing(press.document)
        draw(drawing)
        press.sides[key] = drawing.end_form()
    return press.sides[key]


def _draw_copy(press: _Press, facts: AgreementFacts, home: Home, words: AgreementWords, forms: _Forms) -> None:
    """Draw one copy; it ends on the back of a sheet, for the next one to begin in front."""
    labels, pages = labels_in(words.language), 1 + len(forms.backs)
    front = Drawing(press.document)
    front.show(forms.front)
    mark = mark_of(facts.number, words.version, words.digest, facts.tag)
    _draw_head(front, facts, str(mark))
    _draw_parties(front, labels, facts, home)
    _draw_device(front, labels, facts)
    page.draw_foot(front, labels, f"{mark.number} v{mark.version}", 1, pages)
    front.end_page()
    for number, shown in enumerate(forms.backs, start=2):
        back = Drawing(press.document)
        for form in shown:
            back.show(form)
        if number == pages:
            page.draw_signers(back, labels, facts.signing, _signers(facts, home))
        free = page.draw_leaf(back, mark.number, number)
        page.draw_foot(back, labels, f"{mark.number} v{mark.version}", number, pages, free)
        back.end_page()
    if pages % 2:
        Drawing(press.document).end_page()


def _draw_head(drawing: Drawing, facts: AgreementFacts, mark: str) -> None:
    """Draw the authority, the campaign, and the number as bars, as a square with its version, and as text."""
    bars, modules = bar_runs(facts.number)
    width = modules * MODULE
    bottom = page.HEAD - page.BARS
    drawing.modules(bars, RIGHT - width, bottom, MODULE, page.BARS)
    size = 11.0 if len(facts.number) <= 12 else 9.0
    left = RIGHT - width / 2 - width_of(facts.number, size, STRONG) / 2
    drawing.line(facts.number, left, bottom - 5 * MM, size, STRONG)
    square, side = square_runs(mark)
    edge = RIGHT - width - QUIET_ZONE - 4 * MM - _SQUARE
    drawing.modules(square, edge, bottom, _SQUARE / side, _SQUARE / side)
    room = edge - 4 * MM - MARGIN
    drawing.within(facts.authority, Box(MARGIN, page.HEAD + 1, room, 9 * MM), 11, STRONG, is_centred=False)
    drawing.within(facts.campaign, Box(MARGIN, page.TITLE_LINE - 3 * MM, room, 7 * MM), 10)


def _draw_parties(drawing: Drawing, labels: Labels, facts: AgreementFacts, home: Home) -> None:
    """Draw who lends and who borrows; the address is that of this copy's home alone."""
    place = ", ".join(each for each in (facts.school, facts.commune) if each)
    school = f"{place} ({facts.school_uai})" if facts.school_uai else place
    pupil = f"{facts.pupil_family_name} {facts.pupil_given_name}".strip()
    is_pupil = facts.signing is Signing.PUPIL
    carer = labels.of_age if is_pupil else ", ".join(home.names)
    address = "" if is_pupil else home.address
    values = (facts.authority, school, pupil, facts.class_name, carer, address)
    for place_, value in enumerate(values):
        page.draw_known(drawing, value, page.VALUE, RIGHT, page.row(page.PARTIES, place_))


def _draw_device(drawing: Drawing, labels: Labels, facts: AgreementFacts) -> None:
    rows = [page.row(page.DEVICE, place) for place in range(3)]
    room = Box(page.VALUE, page.KIT_TOP, RIGHT - page.VALUE, page.KIT_HEIGHT)
    draw_kit(drawing, facts.kit, room, "" if facts.lent_on is None else labels.no_kit)
    page.draw_value(drawing, labels.day(facts.due_on), page.FAR, RIGHT, page.row(page.DATES, 0))
    if facts.lent_on is None:
        return
    value = "" if facts.value_cents is None else labels.money(facts.value_cents)
    pairs = (
        (labels.kinds.get(facts.kind, facts.kind), facts.tag),
        (f"{facts.maker} {facts.model}".strip(), facts.serial),
        (value, labels.conditions.get(facts.condition, facts.condition)),
    )
    for top, (one, other) in zip(rows, pairs, strict=True):
        page.draw_value(drawing, one, page.VALUE, page.NEAR, top)
        page.draw_value(drawing, other, page.FAR, RIGHT, top)
    page.draw_value(drawing, labels.day(facts.lent_on), page.VALUE, page.NEAR, page.row(page.DATES, 0))


def _signers(facts: AgreementFacts, home: Home) -> tuple[str, ...]:
    """Return the names under the places to sign, as far as this copy may tell them."""
    pupil = f"{facts.pupil_family_name} {facts.pupil_given_name}".strip()
    if facts.signing is Signing.PUPIL:
        return (pupil,)
    if facts.signing is Signing.TWO_GUARDIANS:
        return (pupil, *home.names[:2])
    return (pupil, home.names[0] if len(home.names) == 1 else "")
