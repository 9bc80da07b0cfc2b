"""The session sheet: what one sitting at the counter did, to be signed by the technician and the school."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from tablet_loans.domain.act import Action
from tablet_loans.domain.device import Condition
from tablet_loans.domain.loan import ReceivedBy
from tablet_loans.domain.sitting import Holding, LentLine, ReturnedLine, SittingFacts
from tablet_loans.services.documents.dates import clock, hour, in_figures, in_words
from tablet_loans.services.documents.paper import canvas_on
from tablet_loans.services.documents.printable import must_be_printable, printed, texts_of
from tablet_loans.services.documents.style import (
    BODY,
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
    middle_baseline,
)
from tablet_loans.services.documents.table import Column, Flow, Group, add_table
from tablet_loans.text import grouped, sort_key

_TITLE: Final = "Feuille de séance"
_LENT: Final = "Tablettes prêtées"
_RETURNED: Final = "Tablettes rendues"
_HEAD: Final = 46 * MM
_TOTALS: Final = 19 * MM
_SIGNED: Final = 52 * MM
_LABEL: Final = 26 * MM
_TIME: Final = Column("Heure", 11)
_WHO: Final = (Column("Élève", 52, is_strong=True), Column("Classe", 24))
_LOAN: Final = Column("Prêt", 24)
_REFUSED: Final = (_TIME, Column("Code ou nom", 52, is_strong=True), Column("Raison", 109))

_CONDITIONS: Final[Mapping[str, str]] = {
    Condition.GOOD: "bon état",
    Condition.WORN: "usée",
    Condition.DAMAGED: "abîmée",
}
_RECEIVERS: Final[Mapping[str, str]] = {
    ReceivedBy.PUPIL: "l’élève",
    ReceivedBy.GUARDIAN: "un responsable",
    ReceivedBy.OTHER: "une autre personne",
}
_UNDONE: Final[Mapping[str, str]] = {
    Action.CHECKED_OUT: "prêt annulé",
    Action.CHECKED_IN: "retour annulé",
    Action.SWAPPED: "échange annulé",
    Action.RENEWED: "prolongation annulée",
    Action.AGREEMENT_SIGNED: "signature annulée",
}


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of one of the four tables that have the same columns."""

    holding: Holding
    at: datetime
    said: str


def write_session_sheet(facts: SittingFacts, out: Path) -> int:
    """Write what a sitting did into the PDF `out` and return how many pages. Raises: FontLacks, OSError."""
    said = printed(facts)
    must_be_printable([(_TITLE, texts_of(said))])
    flow = Flow()
    flow.add(_HEAD, partial(_draw_head, facts=said))
    flow.add(_TOTALS, partial(_draw_totals, facts=said))
    _add_tables(flow, said)
    flow.add(_SIGNED, partial(_draw_signatures, facts=said))
    day = in_words(said.began_at.astimezone().date())
    with canvas_on(
        out, title=f"{_TITLE}, {day}", author=said.authority, subject="Guichet de prêt", written_at=said.ended_at
    ) as canvas:
        return flow.draw(canvas, f"{_TITLE} du {day}, poste {said.station}")


def _add_tables(flow: Flow, facts: SittingFacts) -> None:
    tables: Sequence[tuple[str, str, str, Sequence[_Line]]] = (
        (
            _LENT, "Tablette", "Remise à",
            [_Line(each.holding, each.at, _receiver(each)) for each in facts.lent],
        ),
        (
            _RETURNED, "Tablette", "État",
            [_Line(each.holding, each.at, _state(each)) for each in facts.returned],
        ),
        (
            "Prêts corrigés, tablettes interverties", "Tablette exacte", "Au lieu de",
            [_Line(each.holding, each.at, each.former_tag) for each in facts.swapped],
        ),
        (
            "Opérations annulées", "Tablette", "Annulation",
            [_Line(each.holding, each.at, _UNDONE.get(each.action, "annulée")) for each in facts.undone],
        ),
    )  # fmt: skip
    for title, tablet, last, lines in tables:
        if lines or title in {_LENT, _RETURNED}:
            columns = (_TIME, *_WHO, Column(tablet, 27), _LOAN, Column(last, 34))
            counted = f"{title} ({len(lines)})" if lines else title
            rows = [(line.holding.school, (clock(line.at), *_who(line.holding), line.said)) for line in lines]
            add_table(flow, counted, columns, _groups(rows, is_named=_has_several_schools(facts)), empty="Aucune.")
    if facts.refused:
        refused = [(clock(each.at), each.what, each.why) for each in facts.refused]
        add_table(flow, f"Refusées ({len(refused)})", _REFUSED, [Group("", refused)])
    _add_expected(flow, facts)


def _add_expected(flow: Flow, facts: SittingFacts) -> None:
    left_out = facts.expected_count - len(facts.expected)
    title = "Encore attendues, prêtées avant cette séance"
    rows = [(line.holding.school, (*_who(line.holding), in_figures(line.due_on))) for line in facts.expected]
    add_table(
        flow,
        f"{title} ({grouped(facts.expected_count, 'fr')})" if facts.expected_count else title,
        (*_WHO, Column("Tablette", 27), _LOAN, Column("À rendre le", 34)),
        _groups(rows, is_named=_has_several_schools(facts)),
        empty="Aucune.",
        more=f"Et {grouped(left_out, 'fr')} de plus, à voir dans la liste des prêts." if left_out else "",
    )


def _has_several_schools(facts: SittingFacts) -> bool:
    done = (facts.lent, facts.returned, facts.swapped, facts.undone, facts.expected)
    return len({line.holding.school for lines in done for line in lines}) > 1


def _groups(rows: Sequence[tuple[str, tuple[str, ...]]], *, is_named: bool) -> list[Group]:
    """Return the rows by school, each school's in the order given."""
    by_school: dict[str, list[tuple[str, ...]]] = {}
    for school, row in rows:
        by_school.setdefault(school, []).append(row)
    return [Group(school if is_named else "", by_school[school]) for school in sorted(by_school, key=sort_key)]


def _who(holding: Holding) -> tuple[str, str, str, str]:
    return holding.pupil, holding.class_name or "–", holding.tag, holding.loan


def _receiver(line: LentLine) -> str:
    receiver = line.received_name or _RECEIVERS.get(line.received_by, "–")
    return f"{receiver}, sans\u00a0: {', '.join(line.missing)}" if line.missing else receiver


def _state(line: ReturnedLine) -> str:
    state = _CONDITIONS.get(line.condition, "–")
    return f"{state}, manque\u00a0: {', '.join(line.missing)}" if line.missing else state


def _span(facts: SittingFacts) -> str:
    began, ended = facts.began_at.astimezone(), facts.ended_at.astimezone()
    if began.date() == ended.date():
        return f"{in_words(began.date())}, de {hour(began)} à {hour(ended)}"
    return f"du {_moment(began)} au {_moment(ended)}"


def _moment(local: datetime) -> str:
    return f"{in_words(local.date())} à {hour(local)}"


def _draw_head(canvas: Canvas, top: float, facts: SittingFacts) -> None:
    draw_within(canvas, facts.authority, Box(MARGIN, top, RIGHT - MARGIN, 5 * MM), size=11, face=STRONG)
    draw_line(canvas, _TITLE, MARGIN, top - 14 * MM, size=24, face=STRONG)
    draw_line(canvas, _span(facts), MARGIN, top - 20.5 * MM, size=10)
    half = (MARGIN + RIGHT) / 2 + 2 * MM
    schools = ", ".join(facts.schools) or "tous les établissements"
    for label, value, left, right, place in (
        ("Campagne", facts.campaign or "toutes", MARGIN, half - 4 * MM, 0),
        ("Poste", facts.station, half, RIGHT, 0),
        ("Établissements", schools, MARGIN, half - 4 * MM, 1),
        ("Au guichet", facts.technician, half, RIGHT, 1),
    ):
        row = top - 25 * MM - place * 8 * MM
        box = Box(left + _LABEL, row, right - left - _LABEL, 7 * MM)
        draw_line(canvas, label, left, middle_baseline(box, BODY), size=8, grey=GREY)
        draw_within(canvas, value, box, face=STRONG)


def _totals(facts: SittingFacts) -> list[tuple[str, str]]:
    """Return the six figures that the sheet is checked by, each with its word."""
    counted = (
        (len(facts.lent), "prêtée", "prêtées"),
        (len(facts.returned), "rendue", "rendues"),
        (len(facts.swapped), "prêt corrigé", "prêts corrigés"),
        (len(facts.undone), "opération annulée", "opérations annulées"),
        (len(facts.refused), "refusée", "refusées"),
        (facts.expected_count, "encore attendue", "encore attendues"),
    )
    return [(grouped(count, "fr"), one if count < 2 else several) for count, one, several in counted]


def _draw_totals(canvas: Canvas, top: float, facts: SittingFacts) -> None:
    draw_rule(canvas, MARGIN, RIGHT, top - 1 * MM)
    totals = _totals(facts)
    for place, (count, word) in enumerate(totals):
        left = MARGIN + place * (RIGHT - MARGIN) / len(totals)
        draw_line(canvas, count, left, top - 9 * MM, size=18, face=STRONG)
        draw_line(canvas, word, left, top - 13 * MM, size=8, grey=GREY)
    draw_rule(canvas, MARGIN, RIGHT, top - 16 * MM)


def _draw_signatures(canvas: Canvas, top: float, facts: SittingFacts) -> None:
    checked = ", ".join(f"{count}\u00a0{word}" for count, word in _totals(facts))
    draw_within(canvas, f"Vérifié ensemble\u00a0: {checked}.", Box(MARGIN, top - 6 * MM, RIGHT - MARGIN, 5 * MM))
    middle = (MARGIN + RIGHT) / 2
    columns = (
        ("Pour la collectivité", facts.technician, MARGIN, middle - 5 * MM),
        ("Pour l’établissement", "", middle + 5 * MM, RIGHT),
    )
    for signatory, name, left, right in columns:
        line = top - 15 * MM
        draw_rule(canvas, left, right, line)
        draw_line(canvas, signatory, left, line - 5 * MM, face=STRONG)
        draw_line(canvas, "Nom", left, line - 12 * MM, size=NOTE, grey=GREY)
        if name:
            draw_within(canvas, name, Box(left + 9 * MM, line - 8.8 * MM, right - left - 9 * MM, 4.4 * MM))
        draw_rule(canvas, left + 9 * MM, right, line - 13.2 * MM, grey=GREY)
        draw_line(canvas, "Signature", left, line - 18.5 * MM, size=NOTE, grey=GREY)
