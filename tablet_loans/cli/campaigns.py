"""campaign create, open, list, show, relaunch, close."""

from typing import Any

from tablet_loans.cli import readiness
from tablet_loans.cli.answer import Answer
from tablet_loans.cli.context import Context, a_date, command, group
from tablet_loans.services import campaigning
from tablet_loans.text import N_, tr


def register(nouns: Any) -> None:
    """Register the commands."""
    verbs = group(nouns, "campaign", tr(N_("lending campaigns")))
    create = command(verbs, "create", _create, tr(N_("create a campaign, open unless --draft")))
    create.add_argument("name")
    create.add_argument("--due", type=a_date, required=True, metavar="DATE")
    create.add_argument("--draft", action="store_true")
    create.add_argument("--school", action="append", default=[], metavar="UAI", help=tr(N_("only these schools")))
    for name, run, doc in (
        ("open", _open, N_("open a campaign")),
        ("show", _show, N_("show a campaign")),
        ("close", _close, N_("close a campaign")),
    ):
        command(verbs, name, run, tr(doc)).add_argument("name")
    command(verbs, "list", _list, tr(N_("list the campaigns")))
    relaunch = command(verbs, "relaunch", _relaunch, tr(N_("prepare a new draft with the same rules")))
    relaunch.add_argument("name")
    relaunch.add_argument("new_name", metavar="new")
    relaunch.add_argument("--due", type=a_date, required=True, metavar="DATE")
    readiness.register(verbs)


def _create(context: Context) -> Answer:
    options = context.options
    with context.session() as session:
        receipt = campaigning.create(
            session, name=options.name, due_on=options.due, schools_taking_part=options.school, is_draft=options.draft
        )
        return {**_shown(campaigning.shown(session, options.name)), "ledger": receipt.ledger_id}


def _open(context: Context) -> Answer:
    with context.session() as session:
        campaigning.open_campaign(session, context.options.name)
        return _shown(campaigning.shown(session, context.options.name))


def _close(context: Context) -> Answer:
    with context.session() as session:
        campaigning.close(session, context.options.name)
        return _shown(campaigning.shown(session, context.options.name))


def _show(context: Context) -> Answer:
    with context.session() as session:
        return _shown(campaigning.shown(session, context.options.name))


def _list(context: Context) -> Answer:
    with context.session() as session:
        return {"rows": [_shown(view) for view in campaigning.listed(session)]}


def _relaunch(context: Context) -> Answer:
    options = context.options
    with context.session() as session:
        campaigning.relaunch(session, options.name, new_name=options.new_name, due_on=options.due)
        return _shown(campaigning.shown(session, options.new_name))


def _shown(view: campaigning.CampaignView) -> dict[str, object]:
    return {
        "name": view.name, "status": view.status, "due": view.due, "schools": view.schools,
        "loans": view.loans, "open_loans": view.open_loans,
    }  # fmt: skip
