"""The loan agreement: one A4 page for one device and one pupil, in French."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from tablet_loans.domain.agreement import AgreementFacts
from tablet_loans.domain.device import DeviceKind
from tablet_loans.domain.trouble import FileTrouble, reason_of
from tablet_loans.services.documents.barcodes import QUIET_ZONE, code128_width, draw_code128
from tablet_loans.services.documents.style import (
    BLACK,
    BODY,
    GREY,
    HAIRLINE,
    LEADING,
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
    must_be_printable,
    width_of,
    with_faces,
    written,
)
from tablet_loans.text import N_

_TITLE: Final = "Convention de prêt"
_MONTHS: Final = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
_KINDS: Final[Mapping[str, str]] = {
    DeviceKind.TABLET: "Tablette",
    DeviceKind.LAPTOP: "Ordinateur portable",
    DeviceKind.KEY_4G: "Clé 4G",
}
_PURPOSE: Final = (
    "La collectivité prête gratuitement à l’élève, pour sa scolarité, l’appareil décrit ci-dessous. "
    "Le responsable légal le reçoit en son nom et s’engage avec lui."
)
_COMMITMENTS: Final = (
    "L’appareil reste la propriété de la collectivité\u00a0: il ne se vend, ne se donne et ne se prête pas.",
    "Il sert au travail scolaire de l’élève. Vous en prenez soin, ainsi que de ses accessoires.",
    "En cas de casse, de panne, de perte ou de vol, vous prévenez aussitôt l’établissement.",
    "Vous le rendez complet à la date prévue, ou dès que l’élève quitte l’établissement.",
)
_PERSONAL_DATA: Final = (
    "La collectivité, responsable du traitement, utilise l’identité, la classe et l’établissement de l’élève (transmis "
    "par celui-ci), les coordonnées ci-dessus et les références de l’appareil pour gérer ce prêt, dans sa mission "
    "d’intérêt public. Seuls ses services et l’établissement y ont accès, le temps du prêt et de ses suites. Accès, "
    "rectification, effacement, limitation, opposition\u00a0: auprès du délégué à la protection des données de la "
    "collectivité\u00a0; réclamation\u00a0: CNIL, www.cnil.fr (RGPD, articles 13 et 14)."
)

_FORM: Final = "fixed"
_ASIDE: Final = MARGIN + 37 * MM
_VALUE: Final = _ASIDE + 30 * MM
_HALF: Final = _ASIDE + (RIGHT - _ASIDE) / 2 + 2 * MM
_ROW: Final = 7 * MM
_KIT: Final = 11.5 * MM
_TICK: Final = 1.35
_BETWEEN: Final = 1.6

_HEAD: Final = PAGE_HEIGHT - MARGIN
_BARS: Final = 14 * MM
_TITLE_LINE: Final = _HEAD - 21 * MM
_PARTIES: Final = _HEAD - 40 * MM
_OBJECT: Final = _PARTIES - 53.5 * MM
_DEVICE: Final = _OBJECT - 14.5 * MM
_DATES: Final = _DEVICE - 28 * MM
_DUTIES: Final = _DATES - 10.5 * MM
_DATA: Final = _DUTIES - 27 * MM
_SIGNED: Final = _DATA - 31 * MM
_FOOT: Final = 14 * MM


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
    if out.suffix.lower() != ".pdf":
        raise FileTrouble(path=str(out), reason=N_("its name must end in .pdf"))
    loans = [_printed(each) for each in facts]
    with_faces()
    must_be_printable((loan.number, _texts(loan)) for loan in loans)
    partial = out.with_name(f"{out.name}.part")
    try:
        canvas = _document(partial, loans, written_at)
        for done, loan in enumerate(loans, start=1):
            _draw_page(canvas, loan)
            progress(done, len(loans))
        canvas.save()
        partial.replace(out)
    except OSError as error:
        raise FileTrouble(path=str(out), reason=reason_of(error)) from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    return len(loans)


def in_words(day: date) -> str:
    """Return a date as French writes it: 3 juillet 2026, 1er avril 2026."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number}\u00a0{_MONTHS[day.month - 1]}\u00a0{day.year}"


def _printed(facts: AgreementFacts) -> AgreementFacts:
    """Return the facts with each text as it is printed."""
    texts = {
        name: written(value) for name in AgreementFacts.__slots__ if isinstance(value := getattr(facts, name), str)
    }
    return replace(facts, **texts, kit=tuple(item for item in map(written, facts.kit) if item))  # type: ignore[arg-type]


def _texts(facts: AgreementFacts) -> Iterator[str]:
    """Yield each text of the facts."""
    for name in AgreementFacts.__slots__:
        value = getattr(facts, name)
        if isinstance(value, str):
            yield value
    yield from facts.kit


def _document(path: Path, loans: Sequence[AgreementFacts], written_at: datetime | None) -> Canvas:
    """Return a canvas that holds the fixed text, as a form that every page shows."""
    canvas = Canvas(
        str(path),
        pagesize=(PAGE_WIDTH, PAGE_HEIGHT),
        initialFontName=PLAIN,  # type: ignore[arg-type]  # the stubs take a name for a number
        pageCompression=1,
        invariant=1,
        lang="fr-FR",
    )
    canvas.setTitle(f"{_TITLE} {loans[0].number}" if len(loans) == 1 else f"{_TITLE} ({len(loans)})")
    canvas.setAuthor(loans[0].authority)
    canvas.setSubject("Prêt de matériel numérique")
    canvas.setCreator("tablet-loans")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    if written_at is not None:
        stamp = f"D:{written_at.astimezone(UTC):%Y%m%d%H%M%S}Z"
        canvas.setDateFormatter(lambda *_: stamp)
    canvas.beginForm(_FORM)
    _draw_fixed(canvas)
    canvas.endForm()
    return canvas


def _draw_fixed(canvas: Canvas) -> None:
    """Draw what every agreement says alike."""
    draw_line(canvas, _TITLE, MARGIN, _TITLE_LINE, size=24, face=STRONG)
    _draw_section(canvas, "Les parties", _PARTIES)
    for place, label in enumerate(("Collectivité", "Établissement", "Élève", "Classe")):
        _draw_label(canvas, label, _ASIDE, _row(_PARTIES, place))
    for place, label in enumerate(("Responsable légal", "Adresse", "Téléphone, courriel"), start=4):
        _draw_label(canvas, label, _ASIDE, _row(_PARTIES, place))
        draw_rule(canvas, _VALUE, RIGHT, _row(_PARTIES, place) - _ROW + 1.6 * MM, grey=GREY)
    _draw_section(canvas, "L’objet", _OBJECT)
    draw_lines(canvas, _PURPOSE, _ASIDE, _first_line(_OBJECT), RIGHT - _ASIDE)
    _draw_section(canvas, "L’appareil", _DEVICE)
    for place, (label, other) in enumerate((("Désignation", "Étiquette"), ("Modèle", "Numéro de série"))):
        _draw_label(canvas, label, _ASIDE, _row(_DEVICE, place))
        _draw_label(canvas, other, _HALF, _row(_DEVICE, place))
    _draw_label(canvas, "Accessoires remis", _ASIDE, _row(_DEVICE, 2))
    _draw_section(canvas, "Les dates", _DATES)
    _draw_label(canvas, "Prêté le", _ASIDE, _row(_DATES, 0))
    _draw_label(canvas, "À rendre le", _HALF, _row(_DATES, 0))
    _draw_section(canvas, "Vos engagements", _DUTIES)
    baseline = _first_line(_DUTIES)
    for number, commitment in enumerate(_COMMITMENTS, start=1):
        draw_line(canvas, str(number), _ASIDE, baseline, face=STRONG)
        baseline = draw_lines(canvas, commitment, _ASIDE + 5 * MM, baseline, RIGHT - _ASIDE - 5 * MM) - 1.2
    _draw_section(canvas, "Vos données", _DATA)
    draw_lines(canvas, _PERSONAL_DATA, _ASIDE, _first_line(_DATA), RIGHT - _ASIDE, size=NOTE)
    _draw_signatures(canvas)


def _draw_signatures(canvas: Canvas) -> None:
    middle = (MARGIN + RIGHT) / 2
    columns = (
        ("Le responsable légal", MARGIN, middle - 5 * MM),
        ("Pour la collectivité ou l’établissement", middle + 5 * MM, RIGHT),
    )
    for signatory, left, right in columns:
        draw_rule(canvas, left, right, _SIGNED)
        draw_line(canvas, signatory, left, _first_line(_SIGNED), face=STRONG)
        line = _SIGNED - 12 * MM
        draw_line(canvas, "Fait à", left, line, size=NOTE, grey=GREY)
        draw_rule(canvas, left + 9 * MM, left + 44 * MM, line - 1, grey=GREY)
        draw_line(canvas, "le", left + 46 * MM, line, size=NOTE, grey=GREY)
        draw_rule(canvas, left + 50 * MM, right, line - 1, grey=GREY)
        draw_line(
            canvas, "Écrire «\u00a0lu et approuvé\u00a0», puis signer", left, line - 5.5 * MM, size=NOTE, grey=GREY
        )
    draw_rule(canvas, MARGIN, RIGHT, _FOOT + 5 * MM, grey=GREY)
    draw_line(
        canvas,
        "Deux exemplaires\u00a0: un pour la famille, un pour la collectivité.",
        MARGIN,
        _FOOT,
        size=NOTE,
        grey=GREY,
    )


def _draw_page(canvas: Canvas, facts: AgreementFacts) -> None:
    """Draw one agreement: the fixed text, then what is this loan's own."""
    canvas.doForm(_FORM)
    _draw_head(canvas, facts)
    school = f"{facts.school}, {facts.commune}" if facts.commune else facts.school
    parties = (
        facts.authority,
        f"{school} ({facts.school_uai})" if facts.school_uai else school,
        f"{facts.pupil_family_name} {facts.pupil_given_name}".strip(),
        facts.class_name,
    )
    for place, value in enumerate(parties):
        _draw_value(canvas, value, _VALUE, RIGHT, _row(_PARTIES, place))
    near, far = _HALF - 3 * MM, _HALF + 27 * MM
    _draw_value(canvas, _KINDS.get(facts.kind, facts.kind), _VALUE, near, _row(_DEVICE, 0))
    _draw_value(canvas, facts.tag, far, RIGHT, _row(_DEVICE, 0))
    _draw_value(canvas, f"{facts.maker} {facts.model}".strip(), _VALUE, near, _row(_DEVICE, 1))
    _draw_value(canvas, facts.serial, far, RIGHT, _row(_DEVICE, 1))
    _draw_kit(canvas, facts.kit, Box(_VALUE, _row(_DEVICE, 2), RIGHT - _VALUE, _KIT))
    _draw_value(canvas, in_words(facts.lent_on), _VALUE, near, _row(_DATES, 0))
    _draw_value(canvas, in_words(facts.due_on), far, RIGHT, _row(_DATES, 0))
    draw_line(canvas, facts.number, RIGHT - width_of(facts.number, NOTE), _FOOT, size=NOTE, grey=GREY)
    canvas.showPage()


def _draw_head(canvas: Canvas, facts: AgreementFacts) -> None:
    """Draw the authority, the campaign, and the loan's number as bars and as text."""
    bars = code128_width(facts.number)
    draw_code128(canvas, facts.number, RIGHT - bars, _HEAD - _BARS, _BARS)
    number_left = RIGHT - bars / 2 - width_of(facts.number, 11, STRONG) / 2
    draw_line(canvas, facts.number, number_left, _HEAD - _BARS - 5 * MM, size=11, face=STRONG)
    room = RIGHT - bars - QUIET_ZONE - 4 * MM - MARGIN
    draw_within(canvas, facts.authority, Box(MARGIN, _HEAD + 1, room, 9 * MM), size=11, face=STRONG, is_centred=False)
    draw_within(canvas, facts.campaign, Box(MARGIN, _TITLE_LINE - 3 * MM, room, 7 * MM), size=10)


def _draw_kit(canvas: Canvas, kit: Sequence[str], box: Box) -> None:
    """Draw a box to tick before each accessory, on one line or two, then smaller."""
    if not kit:
        _draw_value(canvas, "aucun", box.left, box.left + box.width, box.top)
        return
    size = BODY
    while not _is_within(kit, box, size):
        size *= 0.94
    baseline = middle_baseline(Box(box.left, box.top, box.width, _ROW), size)
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
    first = box.top - middle_baseline(Box(box.left, box.top, box.width, _ROW), size)
    return first + below <= box.height and all(_item_width(item, size) - _BETWEEN * size <= box.width for item in kit)


def _row(top: float, place: int) -> float:
    """Return the upper edge of a section's row."""
    return top - 1.5 * MM - place * _ROW


def _first_line(top: float) -> float:
    """Return the baseline of a section's title, which its paragraphs share."""
    return middle_baseline(Box(MARGIN, _row(top, 0), 0, _ROW), BODY)


def _draw_section(canvas: Canvas, title: str, top: float) -> None:
    draw_rule(canvas, MARGIN, RIGHT, top)
    draw_line(canvas, title, MARGIN, _first_line(top), face=STRONG)


def _draw_label(canvas: Canvas, label: str, left: float, top: float) -> None:
    """Draw what a row is about, on the line that its value stands on."""
    box = Box(left, top, RIGHT - left, _ROW)
    draw_line(canvas, label, left, middle_baseline(box, BODY), size=8, grey=GREY)


def _draw_value(canvas: Canvas, value: str, left: float, right: float, top: float) -> None:
    draw_within(canvas, value or "–", Box(left, top - 0.4 * MM, right - left, _ROW - 0.8 * MM), face=STRONG)
