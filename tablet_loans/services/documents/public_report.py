"""The public report as A4 pages, in the language in use: rules, totals, coverage, acts by hand, and how to check."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from tablet_loans.domain.chronicle import PLAN_WORDS, rules_spoken
from tablet_loans.domain.errors import spoken_day
from tablet_loans.domain.mark import MARK_WORDS
from tablet_loans.domain.masking import Mask
from tablet_loans.domain.plan import PlanHead
from tablet_loans.domain.public_report import (
    Coverage,
    CoverageLine,
    HandMade,
    ReportFacts,
    bounds_told,
    checks_told,
    order_told,
    withdrawn_since,
)
from tablet_loans.domain.rules import Rules
from tablet_loans.services.documents.dates import clock, day_said
from tablet_loans.services.documents.paper import must_be_pdf, new_document
from tablet_loans.services.documents.printable import must_be_printable, printed, texts_of, written
from tablet_loans.services.documents.style import (
    GREY,
    LEADING,
    MARGIN,
    MM,
    PLAIN,
    RIGHT,
    STRONG,
    Box,
    draw_line,
    draw_rule,
    draw_within,
    wrapped,
)
from tablet_loans.services.documents.table import Column, Flow, Group, add_table
from tablet_loans.text import N_, grouped, language, tr

_SIZE: Final = 9.0
_NUMBER: Final = 7 * MM
_HEAD: Final = 32 * MM
_TOTALS: Final = 19 * MM
_PLAN: Final = N_("Plan no. {plan}, made on {day} and applied on {applied}.")
_NO_PLAN: Final = N_("No plan was made yet: these are the rules, and the seed's hash, that will decide.")
_NOT_APPLIED: Final = N_("No plan is applied: none of those listed below decides anything. Told as of {day}.")
_WITHDRAWN: Final = N_(
    "Plan no. {plan} was withdrawn on {day}, after this one was made: the figures are those of the day it was made, its"
    " promises counted among those before."
)
_BY: Final = N_("Each of these acts is that of a person of the authority, whose ledger keeps who it was.")
_HIDDEN: Final = "–"
_HIDDEN_TOLD: Final = N_("–: fewer than five pupils, or a count from which such a count could be worked out.")
_COLUMNS_TOLD: Final = N_(
    "Before: a device is lent or promised already when the plan is made. After: with the devices of the plan."
)
_PRESENT_TOLD: Final = N_("Equipped: a device is lent or promised on {day}.")
_PRESENT: Final = 3


def write_public_report(facts: ReportFacts, out: Path) -> int:
    """Write the report into the PDF `out` and return how many pages; the same facts give the same bytes.

    Raises: FontLacks, FileTrouble.
    """
    must_be_pdf(out)
    said = printed(facts)
    must_be_printable([(said.campaign, texts_of(said))])
    title = tr("Public report: {campaign}").format(campaign=said.campaign)
    with new_document(
        out, title=title, author=said.authority, subject=said.campaign, written_at=said.as_of, lang=language()
    ) as canvas:
        foot = f"{said.authority} · {title} · {spoken_day(said.as_of.astimezone().date())}"
        return _flow(said).draw(canvas, foot, tr("Page {number} of {pages}"))


def _flow(facts: ReportFacts) -> Flow:
    flow = Flow()
    flow.add(_HEAD, partial(_draw_head, facts=facts))
    _add_days(flow, facts)
    if facts.coverage is not None:
        flow.add(_TOTALS, partial(_draw_totals, figures=_totals(facts.plan, facts.coverage)))
    _add_list(flow, tr("Who comes first"), order_told(facts.rules), is_numbered=True)
    _add_list(flow, tr("What bounds it, and how devices are given"), bounds_told(facts.rules))
    _add_list(flow, tr("How anyone can check"), checks_told(facts))
    _add_acts(flow, facts)
    if facts.coverage is not None:
        _add_coverage(flow, facts, facts.coverage)
    return flow


def _draw_head(canvas: Canvas, top: float, facts: ReportFacts) -> None:
    width = RIGHT - MARGIN
    draw_within(canvas, facts.authority, Box(MARGIN, top, width, 5 * MM), size=11, face=STRONG)
    draw_line(canvas, tr("Who receives a tablet, and why"), MARGIN, top - 14 * MM, size=22, face=STRONG)
    draw_within(canvas, facts.campaign, Box(MARGIN, top - 16 * MM, width, 6 * MM), size=11)
    draw_within(canvas, _plan_told(facts), Box(MARGIN, top - 22 * MM, width, 5 * MM), size=_SIZE, grey=GREY)


def _plan_told(facts: ReportFacts) -> str:
    if (plan := facts.plan) is None:
        return tr(_NOT_APPLIED).format(day=_day(facts.as_of)) if facts.plans else tr(_NO_PLAN)
    return tr(_PLAN).format(plan=plan.id, day=_day(plan.made_at), applied=_day(facts.as_of))


def _add_days(flow: Flow, facts: ReportFacts) -> None:
    needs = facts.needs_closed_at
    said = (
        _dated(N_("It begins on {day}."), facts.starts_on),
        _dated(N_("Devices are due back on {day}."), facts.due_on),
        _dated(N_("Families answer until {day}."), facts.needs_until) if needs is None else "",
        "" if needs is None else _dated(N_("The needs were closed on {day}."), needs.astimezone().date()),
    )
    _add_paragraph(flow, " ".join(each for each in said if each))
    for each in withdrawn_since(facts.plan, facts.plans) if facts.plan else ():
        gone = "" if each.withdrawn_at is None else _day(each.withdrawn_at)
        _add_paragraph(flow, tr(_WITHDRAWN).format(plan=each.id, day=gone))


def _dated(sentence: str, day: date | None) -> str:
    return "" if day is None else tr(sentence).format(day=day_said(day))


def _totals(plan: PlanHead | None, coverage: Coverage) -> list[tuple[str, str]]:
    """Return the figures of the whole campaign, each with its word; those of pupils are masked like any other."""
    in_need, _, _, after, _ = _cells(coverage.total)
    served = _HIDDEN if coverage.total.mask else grouped(coverage.total.counts.served)
    waiting = _HIDDEN if coverage.total.mask else grouped(coverage.total.counts.waiting)
    if plan is None:
        return [(in_need, tr("pupils in need")), (after, tr("equipped so far")), (waiting, tr("still without"))]
    return [
        (in_need, tr("pupils in need")),
        (served, tr("served by the plan")),
        (after, tr("equipped with it")),
        (waiting, tr("still without")),
        (grouped(plan.supply), tr("devices to give")),
        (grouped(plan.held_back), tr("held back")),
    ]


def _draw_totals(canvas: Canvas, top: float, figures: Sequence[tuple[str, str]]) -> None:
    draw_rule(canvas, MARGIN, RIGHT, top - 1 * MM)
    width = (RIGHT - MARGIN) / len(figures)
    for place, (count, word) in enumerate(figures):
        left = MARGIN + place * width
        draw_line(canvas, count, left, top - 8.5 * MM, size=16, face=STRONG)
        draw_within(canvas, word, Box(left, top - 10 * MM, width - 1 * MM, 4.5 * MM), size=8, grey=GREY)
    draw_rule(canvas, MARGIN, RIGHT, top - 15.5 * MM)


def _add_list(flow: Flow, title: str, paragraphs: Sequence[str], *, is_numbered: bool = False) -> None:
    flow.add(9 * MM, lambda canvas, top: draw_line(canvas, title, MARGIN, top - 6.5 * MM, size=11, face=STRONG),
             keep=10 * MM)  # fmt: skip
    for number, text in enumerate(paragraphs, start=1):
        _add_paragraph(flow, text, str(number) if is_numbered else "·")


def _add_paragraph(flow: Flow, text: str, mark: str = "") -> None:
    left = MARGIN + (_NUMBER if mark else 0)
    lines = wrapped(written(text), RIGHT - left, _SIZE)

    def draw(canvas: Canvas, top: float) -> None:
        baseline = top - _SIZE
        draw_line(canvas, mark, MARGIN, baseline, size=_SIZE, face=STRONG)
        for line in lines:
            draw_line(canvas, line, left, baseline, size=_SIZE, face=PLAIN)
            baseline -= LEADING * _SIZE

    flow.add(len(lines) * LEADING * _SIZE + 0.8 * MM, draw)


def _add_acts(flow: Flow, facts: ReportFacts) -> None:
    """Lay out what was done and why: each plan made, each change of the rules, each pupil pinned or set aside."""
    plans = [
        (str(each.id), _moment(each.made_at), _became(each), _ruled(each.rules, facts), each.digest[:16])
        for each in facts.plans
    ]
    columns = (
        Column(tr("No."), 10), Column(tr("When"), 28), Column(tr("State"), 36), Column(tr("Rules"), 64),
        Column(tr("Dossier (SHA-256)"), 34),
    )  # fmt: skip
    _add_acts_table(flow, tr("Plans made"), columns, plans)
    when, why = Column(tr("When"), 28), Column(tr("Why"), 60)
    changes = [(_moment(each.at), each.words, each.why) for each in facts.changes]
    _add_acts_table(flow, tr("Changes of the rules"), (when, Column(tr("What changed"), 84), why), changes)
    marks = [
        (spoken_day(each.at.astimezone().date()), _marked(each), each.note or tr("Kept by the authority"))
        for each in facts.marks
    ]
    whom = tr("Pupils put first or set aside by a person")
    _add_acts_table(flow, whom, (when, Column(tr("What"), 44), Column(tr("Why"), 100)), marks)
    if facts.plans or changes or marks:
        flow.add(1.5 * MM, lambda _canvas, _top: None)
        _add_paragraph(flow, tr(_BY))


def _became(plan: PlanHead) -> str:
    """Return what became of a plan, and when."""
    if plan.applied_at is None:
        return tr(PLAN_WORDS[plan.state])
    applied = tr("applied on {moment}").format(moment=_moment(plan.applied_at))
    if plan.withdrawn_at is None:
        return applied
    return ", ".join((applied, tr("withdrawn on {moment}").format(moment=_moment(plan.withdrawn_at))))


def _ruled(rules: Rules, facts: ReportFacts) -> str:
    return tr("the rules above") if rules == facts.rules else rules_spoken(rules)


def _marked(mark: HandMade) -> str:
    word = tr(MARK_WORDS[mark.kind])
    return word if mark.is_current else tr("{mark}, taken back").format(mark=word)


def _add_acts_table(flow: Flow, title: str, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    counted = f"{title} ({grouped(len(rows))})" if rows else title
    add_table(flow, counted, columns, [Group("", rows)], empty=tr("None."), again=tr("{title} (continued)"))


def _add_coverage(flow: Flow, facts: ReportFacts, coverage: Coverage) -> None:
    """Lay out who is equipped, before the plan and with it, or as it is where there is none."""
    shown = _PRESENT if facts.plan is None else None
    rows = [_row(each.line, shown) for each in coverage.communes]
    total = (tr("All"), *_cells(coverage.total)[:shown])
    again = tr("{title} (continued)")
    columns = _columns(tr("Commune"), facts)
    add_table(flow, tr("Coverage by commune"), columns, [Group("", [total, *rows])], again=again)
    flow.add(1.5 * MM, lambda _canvas, _top: None)
    told = tr(_COLUMNS_TOLD) if facts.plan else tr(_PRESENT_TOLD).format(day=_day(facts.as_of))
    _add_paragraph(flow, f"{tr(_HIDDEN_TOLD)} {told}")
    groups = [
        Group(each.line.name or tr("Without a commune"), [_row(school, shown) for school in each.schools])
        for each in coverage.communes
    ]
    add_table(flow, tr("Coverage by school"), _columns(tr("School"), facts), groups, again=again)


def _columns(first: str, facts: ReportFacts) -> tuple[Column, ...]:
    present = (tr("In need"), tr("Equipped"), "%")
    figures = (tr("In need"), tr("Before"), "%", tr("After"), "%") if facts.plan else present
    return (Column(first, 92), *(Column(each, 16, is_right=True) for each in figures))


def _row(line: CoverageLine, shown: int | None) -> tuple[str, ...]:
    return (line.name or tr("Without a commune"), *_cells(line)[:shown])


def _cells(line: CoverageLine) -> tuple[str, str, str, str, str]:
    """Return what may be shown of a line: how many in need, equipped before, equipped after, with their shares."""
    counts = line.counts
    if line.mask is Mask.ALL:
        return (_HIDDEN,) * 5
    if line.mask is Mask.EQUIPPED:
        return (grouped(counts.in_need), *(_HIDDEN,) * 4)
    return (
        grouped(counts.in_need), grouped(counts.before), _percent(counts.before, counts.in_need),
        grouped(counts.after), _percent(counts.after, counts.in_need),
    )  # fmt: skip


def _percent(count: int, of: int) -> str:
    return f"{100 * count // of}" if of else ""


def _day(moment: datetime) -> str:
    return day_said(moment.astimezone().date())


def _moment(moment: datetime) -> str:
    return f"{spoken_day(moment.astimezone().date())} {clock(moment)}"
