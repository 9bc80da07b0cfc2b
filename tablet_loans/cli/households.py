"""households: pupils who live together; what is doubtful is listed, and a person decides."""

from typing import Any

from tablet_loans.cli.answer import Answer
from tablet_loans.cli.context import Context, command, group
from tablet_loans.domain.household import WHY_WORDS, DoubtfulHousehold, DoubtfulPupil
from tablet_loans.text import N_, tr


def register(nouns: Any) -> None:
    """Register the commands."""
    verbs = group(nouns, "households", tr(N_("households: pupils who live together")))
    listed = command(verbs, "list", _list, tr(N_("list the doubtful households: the others need nobody")))
    listed.add_argument("--doubtful", action="store_true", help=tr(N_("these alone, as without it")))
    command(verbs, "gather", _gather, tr(N_("make the households anew from the guardians known")))
    joined = command(verbs, "join", _join, tr(N_("say that these pupils live together")))
    joined.add_argument("pupils", nargs="+", metavar="PUPIL")
    command(verbs, "part", _part, tr(N_("say that a pupil lives with no other one"))).add_argument("pupil")


def _list(context: Context) -> Answer:
    from tablet_loans.services import households

    with context.session() as session:
        doubts = households.doubtful(session)
    return {"rows": [_row(doubt, as_json=context.options.as_json) for doubt in doubts]}


def _row(doubt: DoubtfulHousehold, *, as_json: bool) -> dict[str, object]:
    return {
        "reason": doubt.why.value if as_json else tr(WHY_WORDS[doubt.why]),
        "shared": doubt.shared,
        "pupils": [_pupil(pupil) if as_json else f"{pupil.id} {pupil.name}" for pupil in doubt.pupils],
    }


def _pupil(pupil: DoubtfulPupil) -> dict[str, object]:
    return {
        "id": pupil.id,
        "name": pupil.name,
        "school": pupil.school,
        "class": pupil.class_name,
        "household": pupil.household,
    }


def _gather(context: Context) -> Answer:
    from tablet_loans.services import households

    with context.session() as session, context.progress(tr(N_("Households"))) as progress:
        return {"changed": households.gather(session, progress)}


def _join(context: Context) -> Answer:
    from tablet_loans.services import households

    with context.session() as session:
        pupils = [households.pupil_named(session, code) for code in context.options.pupils]
        receipt = households.join(session, pupils)
    return {"household": receipt.value, "pupils": pupils, "ledger": receipt.ledger_id}


def _part(context: Context) -> Answer:
    from tablet_loans.services import households

    with context.session() as session:
        receipt = households.part(session, households.pupil_named(session, context.options.pupil))
    return {"pupil": receipt.value, "ledger": receipt.ledger_id}
