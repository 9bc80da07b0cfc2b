"""The page that an agreement and a sheet printed beforehand share: its wording, its sections, its places."""

from typing import Final

from reportlab.pdfgen.canvas import Canvas

from tablet_loans.services.documents.barcodes import QUIET_ZONE, code128_width, draw_code128
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
    draw_line,
    draw_lines,
    draw_rule,
    draw_within,
    middle_baseline,
    width_of,
)

TITLE: Final = "Convention de prêt"
SUBJECT: Final = "Prêt de matériel numérique"
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

ASIDE: Final = MARGIN + 37 * MM
VALUE: Final = ASIDE + 30 * MM
HALF: Final = ASIDE + (RIGHT - ASIDE) / 2 + 2 * MM
NEAR: Final = HALF - 3 * MM
FAR: Final = HALF + 27 * MM
ROW: Final = 7 * MM

_HEAD: Final = PAGE_HEIGHT - MARGIN
_BARS: Final = 14 * MM
_TITLE_LINE: Final = _HEAD - 21 * MM
_PARTIES: Final = _HEAD - 40 * MM
_OBJECT: Final = _PARTIES - 53.5 * MM
DEVICE: Final = _OBJECT - 14.5 * MM
DATES: Final = DEVICE - 28 * MM
_DUTIES: Final = DATES - 10.5 * MM
_DATA: Final = _DUTIES - 27 * MM
_SIGNED: Final = _DATA - 31 * MM
FOOT: Final = 14 * MM


def draw_wording(canvas: Canvas) -> None:
    """Draw what both say alike; the rows of the device are each one's own."""
    draw_line(canvas, TITLE, MARGIN, _TITLE_LINE, size=24, face=STRONG)
    _draw_section(canvas, "Les parties", _PARTIES)
    for place, label in enumerate(("Collectivité", "Établissement", "Élève", "Classe")):
        draw_label(canvas, label, ASIDE, row(_PARTIES, place))
    for place, label in enumerate(("Responsable légal", "Adresse", "Téléphone, courriel"), start=4):
        draw_label(canvas, label, ASIDE, row(_PARTIES, place))
        draw_blank(canvas, VALUE, RIGHT, row(_PARTIES, place))
    _draw_section(canvas, "L’objet", _OBJECT)
    draw_lines(canvas, _PURPOSE, ASIDE, _first_line(_OBJECT), RIGHT - ASIDE)
    _draw_section(canvas, "L’appareil", DEVICE)
    _draw_section(canvas, "Les dates", DATES)
    draw_label(canvas, "Prêté le", ASIDE, row(DATES, 0))
    draw_label(canvas, "À rendre le", HALF, row(DATES, 0))
    _draw_section(canvas, "Vos engagements", _DUTIES)
    baseline = _first_line(_DUTIES)
    for number, commitment in enumerate(_COMMITMENTS, start=1):
        draw_line(canvas, str(number), ASIDE, baseline, face=STRONG)
        baseline = draw_lines(canvas, commitment, ASIDE + 5 * MM, baseline, RIGHT - ASIDE - 5 * MM) - 1.2
    _draw_section(canvas, "Vos données", _DATA)
    draw_lines(canvas, _PERSONAL_DATA, ASIDE, _first_line(_DATA), RIGHT - ASIDE, size=NOTE)
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
    draw_rule(canvas, MARGIN, RIGHT, FOOT + 5 * MM, grey=GREY)
    draw_line(
        canvas,
        "Deux exemplaires\u00a0: un pour la famille, un pour la collectivité.",
        MARGIN,
        FOOT,
        size=NOTE,
        grey=GREY,
    )


def draw_head(canvas: Canvas, authority: str, campaign: str, code: str, *, code_size: float) -> None:
    """Draw the authority, the campaign, and the code as bars and as text."""
    bars = code128_width(code)
    draw_code128(canvas, code, RIGHT - bars, _HEAD - _BARS, _BARS)
    code_left = RIGHT - bars / 2 - width_of(code, code_size, STRONG) / 2
    draw_line(canvas, code, code_left, _HEAD - _BARS - 5 * MM, size=code_size, face=STRONG)
    room = RIGHT - bars - QUIET_ZONE - 4 * MM - MARGIN
    draw_within(canvas, authority, Box(MARGIN, _HEAD + 1, room, 9 * MM), size=11, face=STRONG, is_centred=False)
    draw_within(canvas, campaign, Box(MARGIN, _TITLE_LINE - 3 * MM, room, 7 * MM), size=10)


def draw_parties(
    canvas: Canvas, *, authority: str, school: str, commune: str, uai: str, pupil: str, class_name: str
) -> None:
    """Draw who lends and who borrows."""
    place = f"{school}, {commune}" if commune else school
    for line, value in enumerate((authority, f"{place} ({uai})" if uai else place, pupil, class_name)):
        draw_value(canvas, value, VALUE, RIGHT, row(_PARTIES, line))


def row(top: float, place: int) -> float:
    """Return the upper edge of a section's row."""
    return top - 1.5 * MM - place * ROW


def _first_line(top: float) -> float:
    """Return the baseline of a section's title, which its paragraphs share."""
    return middle_baseline(Box(MARGIN, row(top, 0), 0, ROW), BODY)


def _draw_section(canvas: Canvas, title: str, top: float) -> None:
    draw_rule(canvas, MARGIN, RIGHT, top)
    draw_line(canvas, title, MARGIN, _first_line(top), face=STRONG)


def draw_label(canvas: Canvas, label: str, left: float, top: float) -> None:
    """Draw what a row is about, on the line that its value stands on."""
    box = Box(left, top, RIGHT - left, ROW)
    draw_line(canvas, label, left, middle_baseline(box, BODY), size=8, grey=GREY)


def draw_value(canvas: Canvas, value: str, left: float, right: float, top: float) -> None:
    """Draw what a row says, or a dash."""
    draw_within(canvas, value or "–", Box(left, top - 0.4 * MM, right - left, ROW - 0.8 * MM), face=STRONG)


def draw_blank(canvas: Canvas, left: float, right: float, top: float) -> None:
    """Draw the line of a row that is filled in by hand."""
    draw_rule(canvas, left, right, top - ROW + 1.6 * MM, grey=GREY)
