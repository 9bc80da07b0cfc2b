"""plan: rules, plans side by side, pins and exclusions, promises released, and all that was decided."""

from pathlib import Path
from typing import Any

from tablet_loans.cli.allocation import DIFFERENCES
from tablet_loans.cli.answer import Answer, Told, lines
from tablet_loans.cli.context import Context, at_least_one, command, group
from tablet_loans.cli.lines import DIGITS, FIRST, fitted, fitting, listed, more, read, short_digest
from tablet_loans.cli.rule_options import add_rule_options, asked_rules
from tablet_loans.domain.chronicle import CampaignAct, rules_spoken
from tablet_loans.domain.difference import Shift
from tablet_loans.domain.errors import spoken_day
from tablet_loans.domain.mark import MarkKind
from tablet_loans.domain.plan import PlanHead, SchoolShare
from tablet_loans.domain.rules import rules_said
from tablet_loans.services import chronicling, explaining, marking, releasing, ruling, weighing
from tablet_loans.services.weighing import NamedMove
from tablet_loans.text import N_, tr


def register(nouns: Any) -> None:
    """Register the commands."""
    verbs = group(nouns, "plan", tr(N_("plans: their rules, what is decided by hand, and what was decided")))
    rules = command(verbs, "rules", _rules, tr(N_("show or change a campaign's rules")))
    rules.add_argument("name")
    add_rule_options(rules)
    _note(rules)
    command(verbs, "list", _list, tr(N_("list the plans of a campaign"))).add_argument("name")
    show = command(verbs, "show", _show, tr(N_("show a plan, school by school")))
    show.add_argument("name")
    show.add_argument("--plan", type=at_least_one, metavar="N")
    compare = command(verbs, "compare", _compare, tr(N_("set two plans side by side")))
    for name, kind in (("name", str), ("plan", at_least_one), ("other", at_least_one)):
        compare.add_argument(name, type=kind)
    command(verbs, "history", _history, tr(N_("tell what was decided, by whom, when and why"))).add_argument("name")
    far = command(verbs, "far", _far, tr(N_("list the schools whose answers lie far from the others'")))
    far.add_argument("name")
    _register_by_hand(verbs)
    letters = command(verbs, "letters", _letters, tr(N_("print the letters that tell families what was decided")))
    letters.add_argument("name")
    letters.add_argument("pupil", nargs="*")
    letters.add_argument("--out", type=Path, required=True, metavar="FILE.pdf")
    letters.add_argument("--school", metavar="UAI")


def _register_by_hand(verbs: Any) -> None:
    """Register what is decided pupil by pupil, and what takes it back."""
    for verb, run, doc in (
        ("pin", _pin, tr(N_("let a pupil come before all others"))),
        ("exclude", _exclude, tr(N_("set a pupil aside; a promise is released"))),
        ("clear", _clear, tr(N_("let a pupil be like the others again"))),
        ("release", _release, tr(N_("release the promise that a family refuses"))),
    ):
        parser = command(verbs, verb, run, doc)
        parser.add_argument("name")
        parser.add_argument("pupil")
        _note(parser)
    command(verbs, "marks", _marks, tr(N_("list who was pinned or set aside"))).add_argument("name")
    withdraw = command(verbs, "withdraw", _withdraw, tr(N_("release all promises of an applied plan that still stand")))
    withdraw.add_argument("name")
    _note(withdraw)
    withdraw.add_argument("--plan", type=at_least_one, metavar="N", help=tr(N_("this plan, not the last one applied")))


def _note(parser: Any) -> None:
    parser.add_argument(
        "--note", default="", metavar="TEXT", help=tr(N_("why, without a name: it is published in the public report"))
    )


def _rules(context: Context) -> Answer:
    options = context.options
    with context.session() as session:
        ledger = None
        if (asked := asked_rules(options, session)) is not None:
            ledger = ruling.set_rules(session, options.name, asked, note=options.note).ledger_id or None
        rules = ruling.rules(session, options.name)
    if options.as_json:
        return {**rules_said(rules), "sentence": rules_spoken(rules), "ledger": ledger}
    reserves = [{"school": uai, "reserve": count} for uai, count in rules.school_reserves]
    return read({**rules_said(rules), "school_reserves": reserves, "sentence": rules_spoken(rules), "ledger": ledger})


def _list(context: Context) -> Answer:
    with context.session() as session:
        heads = explaining.heads(session, context.options.name)
    if context.options.as_json:
        return {"rows": [_head(each) for each in heads]}
    if not heads:
        return read({"sentence": tr(N_("No plan was made yet."))})
    return Told({}, (line for each in heads for line in fitted(_row(each))))


def _row(head: PlanHead) -> str:
    """Return a plan on a line, or on some that belong together."""
    said = {**_head(head), "digest": short_digest(head)}
    return " · ".join(line for line in lines(said) if line)


def _head(head: PlanHead) -> dict[str, object]:
    return {**_figures(head), "at": head.made_at, "actor": head.made_by}


def _figures(head: PlanHead) -> dict[str, object]:
    return {
        "plan": head.id, "state": head.state, "eligible": head.eligible, "served": head.served,
        "waiting": head.waiting, "excluded": head.excluded, "unmet_pins": head.unmet_pins,
        "reserved": head.reserved, "remaining": head.remaining, "rules": rules_spoken(head.rules),
        "digest": head.digest,
    }  # fmt: skip


def _show(context: Context) -> Answer:
    options = context.options
    with context.session() as session:
        head = explaining.head(session, options.name, options.plan)
        shares = explaining.shares(session, options.name, head.id)
    schools = [_share(each) for each in shares]
    if options.as_json:
        return {**_head(head), "schools": schools}
    said = {**_head(head), "digest": short_digest(head), "schools": schools[:FIRST]}
    return Told({}, [*fitting(lines(said)), *more(len(schools), "--json")])


def _share(share: SchoolShare) -> dict[str, object]:
    return {
        "school": share.uai, "school_name": share.name, "commune": share.commune, "in_need": share.in_need,
        "eligible": share.eligible, "served": share.served, "waiting": share.waiting,
        "percent_before": _percent(share.before), "percent_after": _percent(share.after),
    }  # fmt: skip


def _percent(share: float) -> float:
    return round(100 * share, 1)


def _compare(context: Context) -> Answer:
    options = context.options
    with context.session() as session:
        found = weighing.compared(session, options.name, options.plan, options.other)
    counts = {part: len(getattr(found.difference, part)) for part in DIFFERENCES}
    plans = [_figures(each) for each in (found.head, found.other)]
    equipment = [{"equipment": each, **_shift(shift)} for each, shift in found.equipment]
    schools = [{"school": each.uai, "school_name": each.name, **_shift(each.shift)} for each in found.schools]
    gained, lost = ([_moved(each) for each in moves] for moves in (found.gained, found.lost))
    if options.as_json:
        return {
            "plans": plans, "difference": counts, "equipment_shares": equipment, "schools": schools, "gained": gained,
            "lost": lost,
        }  # fmt: skip
    for plan in plans:
        plan["digest"] = str(plan["digest"])[:DIGITS]
    told = [*fitting(lines({"plans": plans, "difference": counts, "equipment_shares": equipment}))]
    for key, some in (("schools", schools), ("who_gained", gained), ("who_lost", lost)):
        told += [*fitting(lines({key: some[:FIRST]})), *more(len(some), "--json")]
    return Told({}, told)


def _shift(shift: Shift) -> dict[str, object]:
    return {
        "eligible": shift.eligible, "other_eligible": shift.other_eligible, "served": shift.served,
        "other_served": shift.other_served,
    }  # fmt: skip


def _moved(each: NamedMove) -> dict[str, object]:
    before, after = each.move.before, each.move.after
    return {
        "pupil": each.move.pupil, "name": each.name, "class": each.class_name, "school": each.school,
        "rank": before and before.rank, "other_rank": after and after.rank,
    }  # fmt: skip


def _pin(context: Context) -> Answer:
    return _marked(context, MarkKind.PINNED)


def _exclude(context: Context) -> Answer:
    return _marked(context, MarkKind.EXCLUDED)


def _marked(context: Context, kind: MarkKind) -> Answer:
    options = context.options
    with context.session() as session:
        receipt = marking.mark(session, options.name, options.pupil, kind, options.note)
    return {"pupil": receipt.value, "mark": kind, "ledger": receipt.ledger_id or None}


def _clear(context: Context) -> Answer:
    options = context.options
    with context.session() as session:
        receipt = marking.unmark(session, options.name, options.pupil, options.note)
    return {"pupil": receipt.value, "mark": None, "ledger": receipt.ledger_id}


def _release(context: Context) -> Answer:
    options = context.options
    with context.session() as session:
        receipt = releasing.release(session, options.name, options.pupil, options.note)
    return {"pupil": receipt.value, "ledger": receipt.ledger_id}


def _withdraw(context: Context) -> Answer:
    options = context.options
    with context.session() as session, context.progress(tr(N_("Withdrawal"))) as progress:
        line = releasing.application(session, options.name, options.plan)
        receipt = releasing.withdraw(session, line, progress, options.note)
    return {"kept": receipt.value.kept, "undoes": line.id, "ledger": receipt.ledger_id}


def _marks(context: Context) -> Answer:
    with context.session() as session:
        marked = marking.marks(session, context.options.name)
    rows = [
        {
            "pupil": row.pupil_id, "name": row.name, "school": row.school, "mark": row.kind, "note": row.note,
            "actor": row.made_by, "at": row.made_at, "counts": row.is_current,
        }
        for row in marked
    ]  # fmt: skip
    return _rows(context, rows, tr(N_("Nobody is pinned or set aside.")))


def _rows(context: Context, rows: list[dict[str, object]], nothing: str, more_to_know: str = "") -> Answer:
    """Return rows; a person reads what it means that there is none, and what there is to know of them."""
    if context.options.as_json:
        return {"rows": rows}
    return Told({}, [*listed(rows, "", nothing, len(rows)), *(fitted(more_to_know) if rows else ())])


def _history(context: Context) -> Answer:
    with context.session() as session:
        acts = chronicling.events(session, context.options.name)
    if not context.options.as_json:
        return Told({}, [line for act in acts for line in _told(act)] or [tr(N_("Nothing was decided yet."))])
    return {
        "rows": [
            {
                "at": act.when, "actor": act.who, "action": act.action, "what": act.detail, "pupil": act.pupil_id,
                "name": act.pupil, "note": act.note, "is_undone": act.is_undone, "ledger": act.id,
            }
            for act in acts
        ]
    }  # fmt: skip


def _told(act: CampaignAct) -> list[str]:
    """Return an act as a person reads it: when, who, what, and beneath why."""
    moment = act.when.astimezone()
    undone = tr(N_("undone since")) if act.is_undone else ""
    said = " · ".join(part for part in (act.words, act.pupil, undone) if part)
    head = f"{spoken_day(moment)} {moment:%H:%M}  {act.who}  {said}"
    return [*fitted(head), *(fitted(f"    {act.note}") if act.note else ())]


def _far(context: Context) -> Answer:
    from tablet_loans.services import publishing

    with context.session() as session:
        far = publishing.far_schools(session, context.options.name)
    rows: list[dict[str, object]] = [
        {
            "school": row.school,
            "school_name": row.name,
            "answer": row.kind,
            "percent": _percent(row.share),
            "percent_others": _percent(row.others),
            "pupils": row.pupils,
            "counted": row.counted,
        }
        for row in far
    ]
    known = N_(
        "Share: how many of the school's pupils who answered gave this answer; of the others: of all other schools"
        " together. Pupils: who answered. A school is listed where chance alone would hardly part the two so."
    )
    return _rows(context, rows, tr(N_("No school lies far from the others.")), tr(known))


def _letters(context: Context) -> Answer:
    from tablet_loans.services import publishing

    options = context.options
    with context.session() as session, context.progress(tr(N_("Letters"))) as progress:
        printed = publishing.letters(
            session, options.name, options.out, school=options.school, pupils=options.pupil, progress=progress
        )
    return {"letters": printed.letters, "pages": printed.pages, "file": printed.file}
