"""campaign create, edit, open, list, show, relaunch, close."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from tablet_loans.cli import readiness
from tablet_loans.cli.answer import Answer
from tablet_loans.cli.context import Context, a_date, command, group
from tablet_loans.domain.campaign import SchoolOut, Wording, wording_said
from tablet_loans.services import campaigning
from tablet_loans.text import N_, tr

_TEXTS: Final = (
    ("authority", N_("the authority, as the campaign's papers name it")),
    ("helpline", N_("whom families call or write to")),
    ("appeal", N_("to whom a family writes to contest a decision, and until when")),
    ("place", N_("where papers are signed")),
    ("representative", N_("who represents the authority")),
    ("deliberation", N_("number and date of the deliberation")),
    ("return_place", N_("where the device comes back")),
    ("dpo", N_("how to reach the data protection officer")),
    ("retention", N_("how long data are kept")),
    ("signatures", N_("how many guardians sign: 1 or 2")),
)


def register(nouns: Any) -> None:
    """Register the commands."""
    verbs = group(nouns, "campaign", tr(N_("lending campaigns")))
    create = command(verbs, "create", _create, tr(N_("create a campaign, open unless --draft")))
    create.add_argument("name")
    create.add_argument("--due", type=a_date, required=True, metavar="DATE")
    create.add_argument("--draft", action="store_true")
    edit = command(verbs, "edit", _edit, tr(N_("change a campaign's days, schools, kit and wording")))
    edit.add_argument("name")
    edit.add_argument("--due", type=a_date, metavar="DATE")
    edit.add_argument("--all-schools", action="store_true", help=tr(N_("every school takes part")))
    edit.add_argument("--models-kit", action="store_true", help=tr(N_("lend each model's own accessories")))
    edit.add_argument(
        "--without", action="append", default=[], choices=["starts", "needs-until"], help=tr(N_("take this day away"))
    )
    edit.set_defaults(misused=edit.error)
    for parser in (create, edit):
        _take_terms(parser)
    for name, run, doc in (
        ("open", _open, N_("open a campaign")),
        ("show", _show, N_("show a campaign")),
        ("close", _close, N_("close a campaign, release its promises, and list what is still out")),
    ):
        command(verbs, name, run, tr(doc)).add_argument("name")
    command(verbs, "list", _list, tr(N_("list the campaigns")))
    relaunch = command(verbs, "relaunch", _relaunch, tr(N_("launch it again: same rules, new days, needs to confirm")))
    relaunch.add_argument("name")
    relaunch.add_argument("new_name", metavar="new")
    relaunch.add_argument("--due", type=a_date, required=True, metavar="DATE")
    relaunch.add_argument("--starts", type=a_date, metavar="DATE", help=tr(N_("its first day")))
    relaunch.add_argument("--open", action="store_true", help=tr(N_("open it at once, not as a draft")))
    readiness.register(verbs)


def _take_terms(parser: Any) -> None:
    parser.add_argument("--starts", type=a_date, metavar="DATE", help=tr(N_("its first day")))
    parser.add_argument("--needs-until", type=a_date, metavar="DATE", help=tr(N_("until when families are asked")))
    parser.add_argument("--school", action="append", default=[], metavar="UAI", help=tr(N_("only these schools")))
    parser.add_argument("--kit", action="append", default=[], metavar="ITEM", help=tr(N_("an accessory that is lent")))
    for name, doc in _TEXTS:
        parser.add_argument(f"--{name.replace('_', '-')}", metavar="TEXT", help=tr(doc))


def _create(context: Context) -> Answer:
    options = context.options
    with context.session() as session:
        receipt = campaigning.create(
            session,
            name=options.name,
            due_on=options.due,
            schools_taking_part=options.school,
            is_draft=options.draft,
            starts_on=options.starts,
            needs_until=options.needs_until,
            kit=options.kit,
            wording=replace(Wording(), **_texts(options)),
        )
        return {**_shown(context, campaigning.shown(session, options.name)), "ledger": receipt.ledger_id}


def _texts(options: Any) -> dict[str, str]:
    """Return the texts that were said."""
    said = {name: getattr(options, name) for name, _ in _TEXTS}
    return {name: text.strip() for name, text in said.items() if text is not None}


def _edit(context: Context) -> Answer:
    options = context.options
    if options.school and options.all_schools:
        options.misused(tr(N_("--all-schools and --school contradict each other")))
    with context.session() as session:
        texts = _texts(options)
        receipt = campaigning.edit(
            session,
            options.name,
            due_on=options.due,
            starts_on=options.starts,
            needs_until=options.needs_until,
            kit=options.kit if options.kit or options.models_kit else None,
            wording=replace(campaigning.shown(session, options.name).wording, **texts) if texts else None,
            schools_taking_part=options.school if options.school or options.all_schools else None,
            without=[{"starts": "starts_on", "needs-until": "needs_until"}[each] for each in options.without],
        )
        return {**_shown(context, campaigning.shown(session, options.name)), "ledger": receipt.ledger_id}


def _open(context: Context) -> Answer:
    with context.session() as session:
        campaigning.open_campaign(session, context.options.name)
        return _shown(context, campaigning.shown(session, context.options.name))


def _close(context: Context) -> Answer:
    with context.session() as session, context.progress(tr(N_("Closing"))) as progress:
        closing = campaigning.close(session, context.options.name, progress).value
        shown = _shown(context, campaigning.shown(session, context.options.name))
    return {**shown, "released": closing.promises, "out": _out(closing.out)}


def _show(context: Context) -> Answer:
    with context.session() as session:
        return _shown(context, campaigning.shown(session, context.options.name))


def _list(context: Context) -> Answer:
    with context.session() as session:
        views = campaigning.listed(session)
    if context.options.as_json:
        return {"rows": [_row(view) for view in views]}
    return {"rows": [{**_row(view), "schools": len(view.schools) or tr(N_("all"))} for view in views]}


def _relaunch(context: Context) -> Answer:
    options = context.options
    with context.session() as session, context.progress(tr(N_("Relaunch"))) as progress:
        receipt = campaigning.relaunch(
            session, options.name, new_name=options.new_name, due_on=options.due, starts_on=options.starts,
            is_open=options.open, progress=progress,
        )  # fmt: skip
        shown = _shown(context, campaigning.shown(session, options.new_name))
    return {**shown, "carried": receipt.value.needs, "out": _out(receipt.value.out), "ledger": receipt.ledger_id}


def _out(schools: Sequence[SchoolOut]) -> list[dict[str, object]]:
    return [
        {"school": each.uai, "school_name": each.name, "loans": each.loans, "overdue_loans": each.overdue}
        for each in schools
    ]


def _row(view: campaigning.CampaignView) -> dict[str, object]:
    return {
        "name": view.name, "status": view.status, "due": view.due, "schools": view.schools,
        "loans": view.loans, "open_loans": view.open_loans, "starts": view.starts_on, "answered": view.needs,
        "to_confirm": view.needs_to_confirm,
    }  # fmt: skip


def _shown(context: Context, view: campaigning.CampaignView) -> dict[str, object]:
    """Return a campaign; where no school is listed, a person reads that all take part."""
    schools = view.schools or ([] if context.options.as_json else tr(N_("all")))
    return {
        **_row(view), "schools": schools, "needs_until": view.needs_until, "needs_closed_at": view.needs_closed_at,
        "kit": view.kit, **wording_said(view.wording), "relaunches": view.relaunches, "seed_hash": view.seed_hash,
        "seed": view.seed,
    }  # fmt: skip
