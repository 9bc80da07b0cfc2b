"""allocate, explain: who receives which device, and why."""

from typing import Any

from tablet_loans.cli.answer import Answer
from tablet_loans.cli.context import Context, command
from tablet_loans.domain.reasons import reason
from tablet_loans.services import allocating, explaining
from tablet_loans.services.explaining import PlanChoices
from tablet_loans.text import N_, tr


def register(nouns: Any) -> None:
    """Register the commands."""
    allocate = command(nouns, "allocate", _allocate, tr(N_("plan who receives which device")))
    allocate.add_argument("name")
    chosen = allocate.add_mutually_exclusive_group()
    chosen.add_argument("--apply", action="store_true", help=tr(N_("make the last plan's promises")))
    chosen.add_argument("--verify", action="store_true", help=tr(N_("make the applied plan again, and compare")))
    explain = command(nouns, "explain", _explain, tr(N_("say why a pupil receives a device or waits")))
    explain.add_argument("name")
    explain.add_argument("pupil")


def _allocate(context: Context) -> Answer:
    options = context.options
    with context.session() as session, context.progress(tr(N_("Allocation"))) as progress:
        if options.verify:
            verified = allocating.verify(session, options.name)
            return {"same": verified.is_same, "choices": verified.choices, "digest": verified.plan.digest}
        run = allocating.apply if options.apply else allocating.draft
        head = run(session, options.name, progress=progress).value
        return _plan(explaining.choices(session, options.name, head.id))


def _plan(view: PlanChoices) -> Answer:
    return {
        "campaign": view.head.campaign,
        "plan": view.head.id,
        "state": view.head.state,
        "eligible": view.head.eligible,
        "served": view.head.served,
        "waiting": view.head.waiting,
        "digest": view.head.digest,
        "choices": [
            {
                "pupil": each.pupil,
                "school": view.schools[each.school],
                "rank": each.rank,
                "model": None if each.features is None else view.models.get(each.features),
                "reason": reason(each, view.head.eligible),
            }
            for each in view.choices
        ],
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
