"""allocate, explain: who receives which device, and why."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from tablet_loans.cli.answer import Answer, Told, lines
from tablet_loans.cli.context import Context, at_least_one, command
from tablet_loans.cli.lines import fitting, more, read, short_digest
from tablet_loans.cli.rule_options import add_rule_options, asked_rules, is_ruled
from tablet_loans.domain.allocation import Choice, Outcome
from tablet_loans.domain.chronicle import rules_spoken
from tablet_loans.domain.difference import DIFFERENCE_WORDS, Difference, Move
from tablet_loans.domain.plan import SINCE_WORDS, PlanHead
from tablet_loans.domain.reasons import reason
from tablet_loans.services import allocating, explaining, weighing
from tablet_loans.services.explaining import PlanChoices
from tablet_loans.services.locating import known_school
from tablet_loans.services.session import Progress, Session
from tablet_loans.services.weighing import SinceApplied
from tablet_loans.text import N_, tr

DIFFERENCES = tuple(DIFFERENCE_WORDS)
"""The lists of a difference, in the order in which they are told."""
TOLD: Final = 10
"""How many choices a person reads unless a school was named."""


def register(nouns: Any) -> None:
    """Register the commands."""
    allocate = command(nouns, "allocate", _allocate, tr(N_("plan who receives which device")))
    allocate.add_argument("name")
    add_rule_options(allocate)
    chosen = allocate.add_mutually_exclusive_group()
    chosen.add_argument("--apply", action="store_true", help=tr(N_("make the last plan's promises")))
    chosen.add_argument("--verify", action="store_true", help=tr(N_("make the applied plan again, and compare")))
    allocate.add_argument("--plan", type=at_least_one, metavar="N", help=tr(N_("this plan, not the last one")))
    why = tr(N_("with --apply: why its rules are others; it is published in the public report"))
    allocate.add_argument("--note", default="", metavar="TEXT", help=why)
    allocate.add_argument("--school", metavar="UAI", help=tr(N_("tell of this school's pupils alone")))
    allocate.add_argument("--public-report", type=Path, metavar="FILE.pdf", help=tr(N_("write what may be published")))
    allocate.set_defaults(misused=allocate.error)
    explain = command(nouns, "explain", _explain, tr(N_("say why a pupil receives a device or waits")))
    explain.add_argument("name")
    explain.add_argument("pupil")
    said = tr(N_("by this plan, not the one that decided"))
    explain.add_argument("--plan", type=at_least_one, metavar="N", help=said)


def _allocate(context: Context) -> Answer:
    options = context.options
    is_other = options.apply or options.verify or options.public_report
    if is_ruled(options) and is_other:
        options.misused(tr(N_("rules are for a new plan: make it first")))
    if options.plan is not None and not (options.apply or options.verify):
        options.misused(tr(N_("--plan is said with --apply or --verify")))
    if options.note and not options.apply:
        options.misused(tr(N_("--note is said with --apply")))
    with context.session() as session, context.progress(tr(N_("Allocation"))) as progress:
        _must_be_sayable(context, session)
        said: Answer = {}
        if options.verify:
            said = _verified(allocating.verify(session, options.name, options.plan))
        elif options.apply or not is_other:
            said = _planned(context, session, progress)
        return _published(context, session, said) if options.public_report else said


def _verified(verified: allocating.Verified) -> Answer:
    return {
        "same": verified.is_same,
        "choices": verified.choices,
        "digest": verified.plan.digest,
        "unproved": [each.value for each in verified.problems],
        "differs": {part.value: count for part, count in verified.differences.items()},
    }


def _must_be_sayable(context: Context, session: Session) -> None:
    """Refuse, before anything is made, what could not be told in the end. Raises: Refusal, FileTrouble."""
    options = context.options
    if options.school is not None:
        known_school(session, options.school)
    if options.public_report:
        from tablet_loans.services import publishing

        publishing.must_be_publishable(session, options.name, options.public_report)


def _published(context: Context, session: Session, said: Answer) -> Answer:
    """Publish, and add what was printed to an answer."""
    from tablet_loans.services import publishing

    options = context.options
    report = publishing.public_report(session, options.name, options.public_report)
    printed: Answer = {"pages": report.pages, "file": report.file, "schools": report.schools}
    if isinstance(said, Told):
        return Told({}, [*lines(printed), *said.lines])
    return {**printed, **said}


def _planned(context: Context, session: Session, progress: Progress) -> Answer:
    options = context.options
    if options.apply:
        head = allocating.apply(session, options.name, plan=options.plan, note=options.note, progress=progress).value
    else:
        rules = asked_rules(options, session)
        head = allocating.draft(session, options.name, rules=rules, progress=progress).value
    view = explaining.choices(session, options.name, head.id, options.school)
    since = weighing.since_applied(session, options.name, head.id, options.school)
    if not options.as_json:
        return Told({}, _read(view, since, is_of_school=options.school is not None))
    # The same base gives the same bytes: no time, and no number that only counts how often somebody tried.
    return {
        "campaign": head.campaign, **_figures(head), "digest": head.digest,
        "differences": since.before and differences_said(since.before, since.difference, view),
        "choices": _choices(view, view.choices),
    }  # fmt: skip


def _figures(head: PlanHead) -> dict[str, object]:
    return {
        "state": head.state, "eligible": head.eligible, "served": head.served, "waiting": head.waiting,
        "excluded": head.excluded, "unmet_pins": head.unmet_pins, "remaining": head.remaining,
    }  # fmt: skip


def _read(view: PlanChoices, since: SinceApplied, *, is_of_school: bool) -> Iterator[str]:
    """Yield what a person reads of a plan: its figures, what it changes, and who comes first; of a school, all."""
    head, found, way = view.head, since.difference, "--school UAI, --json"
    summary = {
        "campaign": head.campaign, "plan": head.id, **_figures(head), "rules": rules_spoken(head.rules),
        "digest": short_digest(head),
    }  # fmt: skip
    yield from fitting(lines(summary))
    if since.before is not None:
        counts: Answer = {"since": since.before.id, **difference_counts(found)}
        yield from fitting(lines({"differences": counts}))
        moves = [(part, each) for part in DIFFERENCES for each in getattr(found, part)]
        most = len(moves) if is_of_school else TOLD
        yield from fitting(lines({"changes": [_move(*each, view) for each in moves[:most]]}))
        yield from more(len(moves), way, most)
    most = len(view.choices) if is_of_school else TOLD
    yield from fitting(lines({"choices": _choices(view, view.choices[:most])}))
    yield from more(len(view.choices), way, most)


def _choices(view: PlanChoices, some: Sequence[Choice]) -> list[dict[str, object]]:
    return [
        {
            "pupil": each.pupil,
            "school": view.schools[each.school],
            "rank": each.rank,
            "model": None if each.features is None else view.models.get(each.features),
            "reason": reason(each, view.head.eligible, view.head.state),
        }
        for each in some
    ]


def differences_said(before: PlanHead, found: Difference, view: PlanChoices) -> dict[str, object]:
    """Return what a plan changes since another was applied: how many, then who, and how far those who wait moved."""
    return {
        "since": before.digest,
        **difference_counts(found),
        "changes": [_move(part, each, view) for part in DIFFERENCES for each in getattr(found, part)],
    }


def difference_counts(found: Difference) -> dict[str, object]:
    """Return how many promises are kept, and how many pupils each list of a difference holds."""
    return {"kept": found.kept, **{part: len(getattr(found, part)) for part in DIFFERENCES}}


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
    options = context.options
    with context.session() as session:
        found = explaining.explain(session, options.name, options.pupil, options.plan)
    sentence = reason(found.choice, found.head.eligible, found.head.state)
    said = {
        "plan": found.head.id,
        "state": found.head.state,
        "served": found.choice.features is not None,
        "rank": found.choice.rank,
        "model": found.model,
        "sentence": f"{sentence} {tr(SINCE_WORDS[found.since])}" if found.since else sentence,
    }
    return said if options.as_json else read(said)
