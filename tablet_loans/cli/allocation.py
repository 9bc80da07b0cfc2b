"""allocate, explain: who receives which device, and why."""

from pathlib import Path
from typing import Any

from tablet_loans.cli.answer import Answer
from tablet_loans.cli.context import Context, at_least_one, command
from tablet_loans.cli.rule_options import add_rule_options, asked_rules, is_ruled
from tablet_loans.domain.allocation import Outcome
from tablet_loans.domain.difference import DIFFERENCE_WORDS, Difference, Move
from tablet_loans.domain.plan import PlanHead
from tablet_loans.domain.reasons import reason
from tablet_loans.services import allocating, explaining, weighing
from tablet_loans.services.explaining import PlanChoices
from tablet_loans.services.session import Progress, Session
from tablet_loans.text import N_, tr

DIFFERENCES = tuple(DIFFERENCE_WORDS)
"""The lists of a difference, in the order in which they are told."""


def register(nouns: Any) -> None:
    """Register the commands."""
    allocate = command(nouns, "allocate", _allocate, tr(N_("plan who receives which device")))
    allocate.add_argument("name")
    add_rule_options(allocate)
    chosen = allocate.add_mutually_exclusive_group()
    chosen.add_argument("--apply", action="store_true", help=tr(N_("make the last plan's promises")))
    chosen.add_argument("--verify", action="store_true", help=tr(N_("make the applied plan again, and compare")))
    allocate.add_argument("--plan", type=at_least_one, metavar="N", help=tr(N_("apply this plan, not the last one")))
    allocate.add_argument("--school", metavar="UAI", help=tr(N_("tell of this school's pupils alone")))
    allocate.add_argument("--public-report", type=Path, metavar="FILE.pdf", help=tr(N_("write what may be published")))
    allocate.set_defaults(misused=allocate.error)
    explain = command(nouns, "explain", _explain, tr(N_("say why a pupil receives a device or waits")))
    explain.add_argument("name")
    explain.add_argument("pupil")


def _allocate(context: Context) -> Answer:
    options = context.options
    is_other = options.apply or options.verify or options.public_report
    if is_ruled(options) and is_other:
        options.misused(tr(N_("rules are for a new plan: make it first")))
    if options.plan is not None and not options.apply:
        options.misused(tr(N_("--plan is said with --apply")))
    with context.session() as session, context.progress(tr(N_("Allocation"))) as progress:
        said: dict[str, object] = {}
        if options.verify:
            verified = allocating.verify(session, options.name)
            said = {"same": verified.is_same, "choices": verified.choices, "digest": verified.plan.digest}
        elif options.apply or not is_other:
            said = _planned(context, session, progress)
        if options.public_report:
            from tablet_loans.services import publishing

            report = publishing.public_report(session, options.name, options.public_report)
            said = {"pages": report.pages, "file": report.file, "schools": report.schools, **said}
        return said


def _planned(context: Context, session: Session, progress: Progress) -> dict[str, object]:
    options = context.options
    if options.apply:
        head = allocating.apply(session, options.name, plan=options.plan, progress=progress).value
    else:
        rules = asked_rules(options, session)
        head = allocating.draft(session, options.name, rules=rules, progress=progress).value
    view = explaining.choices(session, options.name, head.id, options.school)
    since = weighing.since_applied(session, options.name, head.id, options.school)
    # The same base gives the same bytes: no time, and no number that only counts how often somebody tried.
    numbered = {} if options.as_json else {"plan": head.id}
    return {
        "campaign": head.campaign, **numbered, "state": head.state, "eligible": head.eligible, "served": head.served,
        "waiting": head.waiting, "excluded": head.excluded, "unmet_pins": head.unmet_pins,
        "remaining": head.remaining, "digest": head.digest,
        "differences": since.before and differences_said(since.before, since.difference, view),
        "choices": _choices(view),
    }  # fmt: skip


def _choices(view: PlanChoices) -> list[dict[str, object]]:
    return [
        {
            "pupil": each.pupil,
            "school": view.schools[each.school],
            "rank": each.rank,
            "model": None if each.features is None else view.models.get(each.features),
            "reason": reason(each, view.head.eligible),
        }
        for each in view.choices
    ]


def differences_said(before: PlanHead, found: Difference, view: PlanChoices) -> dict[str, object]:
    """Return what a plan changes since another was applied: how many, then who, and how far those who wait moved."""
    return {
        "since": before.digest,
        "kept": found.kept,
        **{part: len(getattr(found, part)) for part in DIFFERENCES},
        "changes": [_move(part, each, view) for part in DIFFERENCES for each in getattr(found, part)],
    }


def _move(part: str, move: Move, view: PlanChoices) -> dict[str, object]:
    return {
        "change": part,
        "pupil": move.pupil,
        "school": view.schools[move.school],
        "rank_before": move.before and move.before.rank,
        "rank": move.after and move.after.rank,
        "places": move.places,
        "served": move.after is not None and move.after.outcome is Outcome.SERVED,
    }


def _explain(context: Context) -> Answer:
    with context.session() as session:
        explained = explaining.explain(session, context.options.name, context.options.pupil)
    return {
        "served": explained.choice.features is not None,
        "rank": explained.choice.rank,
        "model": explained.model,
        "sentence": reason(explained.choice, explained.eligible),
    }
