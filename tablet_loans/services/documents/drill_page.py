"""The page of a drill: each step, its pace and what went wrong; what the day would need; what is still to see to."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from tablet_loans.domain.drill import DAYS, HOURS_A_DAY, Drill, DrillStep, StepDone
from tablet_loans.domain.readiness import action_of, sentence_of
from tablet_loans.services.documents.dates import hour, in_words
from tablet_loans.services.documents.paper import must_be_pdf, new_document
from tablet_loans.services.documents.printable import must_be_printable, printed, texts_of, written
from tablet_loans.services.documents.style import (
    GREY,
    MARGIN,
    MM,
    RIGHT,
    STRONG,
    Box,
    draw_line,
    draw_rule,
    draw_within,
    drawn_characters,
)
from tablet_loans.services.documents.table import Column, Flow, Group, add_table
from tablet_loans.text import grouped

_TITLE: Final = "Exercice à blanc"
_HEAD: Final = 33 * MM
_TOTALS: Final = 19 * MM
_NOTE: Final = 8 * MM
_HOW: Final = (
    "Toute la campagne a été jouée sur une copie de la base, effacée ensuite\u00a0: rien n’a été écrit dans la base"
    " elle-même. Les durées sont celles de cet ordinateur, sur un fichier."
)
_STEPS: Final[Mapping[DrillStep, tuple[str, str]]] = {
    DrillStep.COPY: ("Copier la base", "lignes"),
    DrillStep.OPEN: ("Ouvrir la campagne", ""),
    DrillStep.CONFIRM: ("Confirmer les besoins", "besoins"),
    DrillStep.DRAFT: ("Proposer une attribution", "élèves classés"),
    DrillStep.APPLY: ("Promettre les tablettes", "promesses"),
    DrillStep.VERIFY: ("Refaire l’attribution, comparer", "décisions identiques"),
    DrillStep.PRINT: ("Imprimer les conventions", "feuilles"),
    DrillStep.LEND: ("Prêter ce qui est promis", "prêts"),
    DrillStep.RETURN: ("Reprendre des tablettes", "retours"),
    DrillStep.PREPARE: ("Les remettre en état", "tablettes"),
    DrillStep.CLOSE: ("Clore la campagne", "prêts encore en cours"),
    DrillStep.CHECK: ("Vérifier la base et son journal", "lignes du journal"),
}
_STEP_COLUMNS: Final = (Column("Étape", 62, is_strong=True), Column("Fait", 94), Column("Durée", 32))
_SHORTEST_S: Final = 0.1
_WRONG_COLUMNS: Final = (Column("Étape", 52, is_strong=True), Column("Fois", 16), Column("Ce qui a été dit", 120))
_DAY_COLUMNS: Final = (Column("Si tout doit être prêté", 60, is_strong=True), Column("Il faut", 60), Column("Soit", 60))
_CONCERN_COLUMNS: Final = (
    Column("", 17, is_strong=True),
    Column("Ce qui reste", 103),
    Column("Ce qu’il faut faire", 76),
)


def must_be_drawable(campaign: str, authority: str, out: Path) -> None:
    """Refuse what could not be printed once the drill is over. Raises: FontLacks, FileTrouble."""
    must_be_pdf(out)
    must_be_printable([(_TITLE, (written(campaign), written(authority)))])


def write_drill_page(drill: Drill, out: Path) -> int:
    """Write what came of a drill into the PDF `out` and return how many pages. Raises: FontLacks, FileTrouble."""
    must_be_pdf(out)
    said = printed(replace(drill, steps=tuple(map(_drawable, drill.steps))))
    must_be_printable([(_TITLE, texts_of(said))])
    flow = Flow()
    flow.add(_HEAD, partial(_draw_head, drill=said))
    flow.add(_TOTALS, partial(_draw_totals, drill=said))
    wrong = [row for step in said.steps for row in _wrong(step)]
    well = "Rien n’a été refusé, rien n’est tombé en panne." if said.has_lent else "Rien n’a été prêté."
    well = "" if wrong else well
    add_table(flow, "Les étapes", _STEP_COLUMNS, [Group("", list(map(_step, said.steps)))], more=well)
    if wrong:
        add_table(flow, "Ce qui n’allait pas", _WRONG_COLUMNS, [Group("", wrong)])
    add_table(flow, "Ce que demande le jour des prêts", _DAY_COLUMNS, [Group("", _days(said))], more=_assumed(said))
    add_table(flow, _before(said), _CONCERN_COLUMNS, [Group("", _concerns(said))], empty="Rien\u00a0: tout est prêt.")
    day = in_words(said.ran_at.astimezone().date())
    with new_document(
        out, title=f"{_TITLE}, {day}", author=said.authority, subject=said.campaign, written_at=said.ran_at
    ) as canvas:
        return flow.draw(canvas, f"{_TITLE} du {day}")


def _drawable(step: StepDone) -> StepDone:
    """Return a step whose refusals can be printed: one may tell of the very character that no face draws."""
    drawn = drawn_characters()
    wrong = tuple(
        replace(each, example="".join(mark if ord(mark) in drawn else "?" for mark in written(each.example)))
        for each in step.wrong
    )
    return replace(step, wrong=wrong)


def _step(step: StepDone) -> Sequence[str]:
    words, unit = _STEPS[step.step]
    return words, _done(step, unit), _lasting(step.seconds)


def _done(step: StepDone, unit: str) -> str:
    if not unit:
        return "" if step.wrong else "oui"
    if not step.total and not step.wrong:
        return "rien à faire"
    if step.count == step.total:
        return f"{grouped(step.count, 'fr')}\u00a0{unit}"
    said = f"{grouped(step.count, 'fr')} sur {grouped(step.total, 'fr')}\u00a0{unit}"
    if step.count + sum(each.count for each in step.wrong) < step.total:  # the time was over
        said += f"\u00a0; pour tout\u00a0: {_lasting(step.seconds_for_all)}"
    return said


def _wrong(step: StepDone) -> list[Sequence[str]]:
    return [(_STEPS[step.step][0], grouped(each.count, "fr"), f"{each.example} ({each.kind})") for each in step.wrong]


def _days(drill: Drill) -> list[Sequence[str]]:
    rows: list[Sequence[str]] = []
    for days in DAYS if drill.promised else ():
        stations = drill.stations_within(days)
        hours = drill.station_hours / stations
        rows.append(
            (
                f"en {days}\u00a0jour{'s' if days > 1 else ''}",
                f"{grouped(stations, 'fr')}\u00a0poste{'s' if stations > 1 else ''}",
                f"{hours:.1f}\u00a0h par poste".replace(".", ","),
            )
        )
    return rows


def _assumed(drill: Drill) -> str:
    if not drill.promised:
        return ""
    pupils, hours = grouped(drill.promised, "fr"), grouped(round(drill.station_hours), "fr")
    return (
        f"Hypothèse, non mesurée\u00a0: {drill.pace_s:g}\u00a0s par élève à un poste, {HOURS_A_DAY}\u00a0h par jour"
        f"\u00a0; {pupils} élèves, {hours}\u00a0h de guichet en tout."
    )


def _before(drill: Drill) -> str:
    blocking = sum(line.is_blocking for line in drill.readiness.lines)
    if not blocking:
        return "Avant d’ouvrir le guichet"
    return f"Avant d’ouvrir le guichet\u00a0: {blocking}\u00a0point{'s' if blocking > 1 else ''} à régler"


def _concerns(drill: Drill) -> list[Sequence[str]]:
    return [
        ("à régler" if line.is_blocking else "à voir", sentence_of(line), action_of(line))
        for line in drill.readiness.lines
    ]


def _draw_head(canvas: Canvas, top: float, drill: Drill) -> None:
    width = RIGHT - MARGIN
    draw_within(canvas, drill.authority, Box(MARGIN, top, width, 5 * MM), size=11, face=STRONG)
    draw_line(canvas, _TITLE, MARGIN, top - 14 * MM, size=24, face=STRONG)
    when = f"{in_words(drill.ran_at.astimezone().date())} à {hour(drill.ran_at)}"
    draw_within(canvas, f"{drill.campaign}\u00a0· {when}", Box(MARGIN, top - 16.5 * MM, width, 6 * MM), size=10)
    draw_within(canvas, _HOW, Box(MARGIN, top - 24 * MM, width, _NOTE), size=8, grey=GREY, is_centred=False)


def _totals(drill: Drill) -> list[tuple[int, str, str]]:
    wrong = sum(each.count for step in drill.steps for each in step.wrong)
    lent = next((step.count for step in drill.steps if step.step is DrillStep.LEND), 0)
    return [
        (drill.schools, "établissement", "établissements"),
        (drill.pupils, "élève inscrit", "élèves inscrits"),
        (drill.devices, "tablette prête", "tablettes prêtes"),
        (drill.promised, "promise", "promises"),
        (lent, "prêt joué", "prêts joués"),
        (wrong, "refus ou panne", "refus ou pannes"),
    ]


def _draw_totals(canvas: Canvas, top: float, drill: Drill) -> None:
    draw_rule(canvas, MARGIN, RIGHT, top - 1 * MM)
    totals = _totals(drill)
    for place, (count, one, several) in enumerate(totals):
        left = MARGIN + place * (RIGHT - MARGIN) / len(totals)
        draw_line(canvas, grouped(count, "fr"), left, top - 9 * MM, size=18, face=STRONG)
        draw_line(canvas, one if count < 2 else several, left, top - 13 * MM, size=8, grey=GREY)
    draw_rule(canvas, MARGIN, RIGHT, top - 16 * MM)


def _lasting(seconds: float) -> str:
    """Return a duration as French says it."""
    if seconds < _SHORTEST_S:
        return "<\u00a00,1\u00a0s"
    if seconds < 60:
        return f"{seconds:.1f}\u00a0s".replace(".", ",")
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}\u00a0h\u00a0{minutes:02d}" if hours else f"{minutes}\u00a0min\u00a0{rest:02d}\u00a0s"
