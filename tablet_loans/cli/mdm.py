"""mdm: connect, list, sync, report, act, tasks, wipe-list, rules, counts, disconnect."""

import argparse
import getpass
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tablet_loans.cli.answer import AllRefused, Answer, Told, lines
from tablet_loans.cli.context import Context, a_mapping, at_least_one, command, group
from tablet_loans.domain.enrolment import MdmAct, MdmTrouble, Provider, Reach, TaskState
from tablet_loans.domain.errors import Trouble
from tablet_loans.domain.finding import Finding, FindingFilter, FindingKind
from tablet_loans.domain.mdm_rule import Caution, OwnerStyle
from tablet_loans.domain.mdm_task import TaskRow
from tablet_loans.domain.trouble import NoMdmKey
from tablet_loans.services.session import Session
from tablet_loans.text import N_, tr

_MOST_TASKS = 10_000


def register(nouns: Any) -> None:
    """Register the commands."""
    verbs = group(nouns, "mdm", tr(N_("the MDMs: what is enrolled, and acts when it matters")))
    _register_connections(verbs)
    sync = command(verbs, "sync", _sync, tr(N_("read what an MDM tells, and compare it with the register")))
    which = tr(N_("Which MDM"))
    sync.add_argument("name", nargs="?", metavar="NAME", help=which)
    sync.add_argument("--dry-run", action="store_true", help=tr(N_("say what would change, write nothing")))
    sync.add_argument("--believe-empty", action="store_true", help=tr(N_("the MDM tells of no device, and that is so")))
    report = command(verbs, "report", _report, tr(N_("list where MDMs and register differ")))
    report.add_argument("--kind", choices=[kind.value for kind in FindingKind], metavar="KIND")
    report.add_argument("--school", default="", metavar="UAI")
    report.add_argument("--campaign", default="", metavar="NAME")
    report.add_argument("--mdm", default="", metavar="NAME", help=which)
    act = command(verbs, "act", _act, tr(N_("ask an MDM to act on tablets")))
    act.add_argument("act", choices=[act.value for act in MdmAct], metavar="ACT", help=", ".join(MdmAct))
    act.add_argument("tag", nargs="+", metavar="TAG")
    act.add_argument("--mdm", metavar="NAME", help=which)
    act.add_argument("--second", default="", metavar="NAME", help=tr(N_("the second person who agrees to a wipe")))
    act.add_argument("--message", default="", metavar="TEXT", help=tr(N_("what lost mode says")))
    act.add_argument("--phone", default="", metavar="NUMBER", help=tr(N_("the number that lost mode shows")))
    act.add_argument("--dry-run", action="store_true", help=tr(N_("say what would be asked, ask nothing")))
    tasks = command(verbs, "tasks", _tasks, tr(N_("ask what became of what was asked")))
    tasks.add_argument("name", nargs="?", metavar="NAME", help=which)
    wiping = command(verbs, "wipe-list", _wipe_list, tr(N_("list tablets to be wiped in the MDM’s own console")))
    wiping.add_argument("tag", nargs="*", metavar="TAG")
    wiping.add_argument("--out", type=Path, required=True, metavar="FILE.csv|.xlsx")
    command(verbs, "counts", _counts, tr(N_("how many tablets are enrolled")))


def _register_connections(verbs: Any) -> None:
    connect = command(verbs, "connect", _connect, tr(N_("connect an MDM, its key asked for or piped in")))
    connect.add_argument("provider", choices=[each.value for each in Provider])
    called = tr(N_("as lists call it; its own where this is empty"))
    connect.add_argument("--name", default="", metavar="NAME", help=called)
    connect.add_argument("--address", default="", metavar="URL", help=tr(N_("its address, or the file’s path")))
    connect.add_argument("--account", default="", help=tr(N_("who asks: network, client, enterprise, login")))
    connect.add_argument("--tenant", default="", help=tr(N_("Intune’s directory, or the number of Apple’s key")))
    proxy = tr(N_("only where the network asks for one: http://proxy:3128"))
    connect.add_argument("--proxy", default="", metavar="URL", help=proxy)
    connect.add_argument("--ca", default="", metavar="FILE", help=tr(N_("certificates to trust besides the system’s")))
    columns = tr(N_("the column of a file that holds a field"))
    connect.add_argument("--map", action="append", type=a_mapping, default=[], metavar="COLUMN=FIELD", help=columns)
    command(verbs, "list", _list, tr(N_("list the MDMs that are connected")))
    command(verbs, "disconnect", _disconnect, tr(N_("forget an MDM, its key, and what it told"))).add_argument("name")
    rules = command(verbs, "rules", _rules, tr(N_("what is done about tablets that are not enrolled or released")))
    cautions = [each.value for each in Caution]
    rules.add_argument("--at-counter", choices=cautions, help=tr(N_("At the counter, a tablet that is not enrolled")))
    rules.add_argument("--at-return", choices=cautions, help=tr(N_("Made ready, a tablet that still has an owner")))
    days = tr(N_("Days without news until a lent tablet is listed"))
    rules.add_argument("--stale-days", type=at_least_one, metavar="N", help=days)
    owner = tr(N_("Whom an MDM is told to be the owner"))
    rules.add_argument("--owner", choices=[each.value for each in OwnerStyle], help=owner)
    group_of = tr(N_("MDM group that a campaign’s tablets are in"))
    rules.add_argument("--group", action="append", type=_a_group, default=[], metavar="CAMPAIGN=GROUP", help=group_of)


def _a_group(text: str) -> tuple[str, str]:
    """Return a CAMPAIGN=GROUP pair; nothing after the sign means none any more. Raises: ArgumentTypeError."""
    campaign, equals, group = text.rpartition("=")
    if not (equals and campaign):
        raise argparse.ArgumentTypeError(tr(N_("{text} is not CAMPAIGN=GROUP")).format(text=text))
    return campaign, group.strip()


def _asked_secret(name: str) -> str:
    """Return an MDM's key: piped in, or typed and never shown; one of many lines comes by the path of its file."""
    if not sys.stdin.isatty():
        return sys.stdin.read()
    typed = getpass.getpass(tr(N_("Key of {mdm}, or the path of its file: ")).format(mdm=name))
    with suppress(OSError, ValueError, RuntimeError):  # a key is not always a path: ~x is of nobody’s home
        return Path(typed.strip()).expanduser().read_text("utf-8")
    return typed


def _asked_if_there(name: str) -> str:
    """Return a key that a person types; where nobody is there, as under cron, it is a trouble. Raises: NoMdmKey."""
    from tablet_loans.services import connecting_mdm

    return _asked_secret(name) if sys.stdin.isatty() else connecting_mdm.nobody(name)


def _connect(context: Context) -> Answer:
    from tablet_loans.services import connecting_mdm

    options = context.options
    reach = Reach(options.address, options.account, options.tenant, options.proxy, options.ca)
    with context.session() as session:
        receipt = connecting_mdm.connect(
            session, Provider(options.provider), reach, name=options.name, columns=dict(options.map), ask=_asked_secret
        )
    made = receipt.value
    asked: Answer = {}
    if not made.is_key_kept and made.account.provider is not Provider.FILE:
        asked = {"sentence": tr(N_("This computer has no safe keyring: the key is kept nowhere, and asked each time."))}
    return {
        "mdm": made.account.name, "provider": options.provider, "account": made.found.account,
        "devices": made.found.devices, "missing_rights": made.found.missing, "key_kept": made.is_key_kept, **asked,
        "ledger": receipt.ledger_id,
    }  # fmt: skip


def _list(context: Context) -> Answer:
    from tablet_loans.services import connecting_mdm

    with context.session() as session:
        read = connecting_mdm.last_read(session)
        rows = [
            {
                "mdm": account.name, "provider": account.provider.value, "address": account.reach.address,
                "account": account.reach.account, "since": account.connected_at, "read_at": read.get(account.name),
            }
            for account in connecting_mdm.accounts(session)
        ]  # fmt: skip
    return Told({"rows": rows}, lines({"rows": rows}) if rows else [tr(N_("No MDM is connected."))])


def _disconnect(context: Context) -> Answer:
    from tablet_loans.services import connecting_mdm

    with context.session() as session:
        receipt = connecting_mdm.disconnect(session, context.options.name)
    said: Answer = {}
    if receipt.value.is_key_kept:
        said = {"sentence": tr(N_("The keyring did not open: take the key out of it yourself."))}
    return {
        "mdm": receipt.value.account.name,
        "key_kept": receipt.value.is_key_kept,
        **said,
        "ledger": receipt.ledger_id,
    }


def _rules(context: Context) -> Answer:
    from tablet_loans.services import connecting_mdm

    options = context.options
    with context.session() as session:
        receipt = connecting_mdm.rule(
            session,
            at_counter=Caution(options.at_counter) if options.at_counter else None,
            at_return=Caution(options.at_return) if options.at_return else None,
            stale_days=options.stale_days,
            owner=OwnerStyle(options.owner) if options.owner else None,
            groups=dict(options.group) or None,
        )
    chosen = receipt.value
    return {
        "at_counter": chosen.mdm_at_counter.value, "at_return": chosen.mdm_at_return.value,
        "stale_days": chosen.mdm_stale_days, "owner": chosen.mdm_owner.value, "groups": chosen.mdm_groups,
        "ledger": receipt.ledger_id or None,
    }  # fmt: skip


def _sync(context: Context) -> Answer:
    from tablet_loans.services import connecting_mdm

    options = context.options
    with context.session() as session, context.progress(tr(N_("Devices"))) as progress:
        receipt = connecting_mdm.sync_named(
            session,
            options.name,
            is_dry_run=options.dry_run,
            believes_empty=options.believe_empty,
            ask=_asked_if_there,
            progress=progress,
        )
    told = receipt.value
    begun = {"mdm": told.mdm, "devices": told.devices}
    rest = {
        "updated": told.changed, "not_told": told.gone, "unchanged": told.unchanged, "unreadable": told.odd_count,
        "problems": [{"place": each.place, "sentence": tr(each.reason)} for each in told.odd],
        "findings": dict(told.findings), "ledger": receipt.ledger_id or None,
    }  # fmt: skip
    in_words = {**begun, "told_first": told.new, "went_on": told.is_resumed or None, **rest}
    return Told({**begun, "new": told.new, "resumed": told.is_resumed, **rest}, lines(in_words))


def _report(context: Context) -> Answer:
    from tablet_loans.services import connecting_mdm, enrolling

    options = context.options
    kind = FindingKind(options.kind) if options.kind else None
    chosen = FindingFilter(kind, options.school, options.campaign, options.mdm)
    with context.session() as session:
        if options.mdm:
            connecting_mdm.known_account(session, options.mdm)
        found = enrolling.findings(session, chosen)
    rows = [_finding(each, is_whole=options.as_json) for each in found.rows]
    in_words = lines({"rows": rows}) if rows else [tr(N_("Nothing differs."))]
    return Told({"rows": rows, "counts": dict(found.counts)}, in_words)


def _finding(each: Finding, *, is_whole: bool) -> dict[str, object]:
    row: dict[str, object] = {
        "kind": each.kind.value, "tag": each.tag, "serial": each.serial, "school": each.school, "mdm": each.mdm,
        "sentence": each.sentence, "proposal": each.proposal,
    }  # fmt: skip
    if is_whole:
        act = each.act.value if each.act else None
        row |= {"campaign": each.campaign, "external_id": each.external_id, "act": act, "offered": each.is_offered}
    return row


def _act(context: Context) -> Answer:
    from tablet_loans.services import commanding, connecting_mdm

    options = context.options
    act = MdmAct(options.act)
    with context.session() as session:
        account = connecting_mdm.known_account(session, options.mdm)
        if options.dry_run:
            return _previewed(session, account.name, act, options)
        words = commanding.Words(options.message, options.phone)
        with connecting_mdm.reached(session, account, ask=_asked_if_there) as way:
            receipt = commanding.ask(session, account, way, act, options.tag, second=options.second, words=words)
    is_refused = all(task.state is TaskState.FAILED for task in receipt.value)
    said = {"mdm": account.name, "tasks": [_task(task) for task in receipt.value], "ledger": receipt.ledger_id}
    return AllRefused(said) if is_refused else said


def _previewed(session: Session, mdm: str, act: MdmAct, options: Any) -> Answer:
    from tablet_loans.services import commanding, connecting_mdm

    account = connecting_mdm.known_account(session, mdm)
    preview = commanding.previewed(session, account, act, options.tag, second=options.second)
    refused = [
        {"tag": tag, "refusal": type(why).__name__, "sentence": why.spoken(), "facts": why.facts}
        for tag, why in preview.refused
    ]
    said = {"mdm": mdm, "act": act.value, "asked": [each.tag for each in preview.asked], "refused": refused}
    return AllRefused(said) if refused else said


def _tasks(context: Context) -> Answer:
    from tablet_loans.services import commanding, connecting_mdm

    with context.session() as session:
        name = context.options.name
        names = [account.name for account in connecting_mdm.accounts(session)] if name is None else [name]
        unasked = [trouble for each in names if (trouble := _poll(session, each)) is not None]
        tasks = commanding.tasks(session, name or "", size=_MOST_TASKS)
    rows = [_task(task) for task in tasks]
    troubles = [{"trouble": type(each).__name__, "sentence": each.spoken()} for each in unasked]
    in_words = [*lines({"rows": rows}), *(each["sentence"] for each in troubles)]
    return Told({"rows": rows, "not_asked": troubles}, in_words)


def _poll(session: Session, mdm: str) -> Trouble | None:
    """Ask an MDM what became of what it accepted; return why it cannot be asked: its tasks are listed all the same."""
    from tablet_loans.services import commanding, connecting_mdm

    account = connecting_mdm.known_account(session, mdm)
    try:
        if commanding.settle(session, account).value:
            with connecting_mdm.reached(session, account, ask=_asked_if_there) as way:
                commanding.poll(session, account, way)
    except (NoMdmKey, MdmTrouble) as trouble:
        return trouble
    return None


def _task(task: TaskRow) -> dict[str, object]:
    return {
        "mdm": task.mdm, "tag": task.tag, "act": task.act.value, "state": task.state.value, "asked_at": task.asked_at,
        "asked_by": task.asked_by, "second_by": task.second_by or None, "told_at": task.told_at,
        "reason": tr(task.reason) if task.reason else "",
    }  # fmt: skip


def _wipe_list(context: Context) -> Answer:
    from tablet_loans.services import commanding

    with context.session() as session:
        done = commanding.wipe_list(session, context.options.out, context.options.tag)
    return {"rows": done.rows, "file": str(done.file)}


def _counts(context: Context) -> Answer:
    from tablet_loans.services import enrolling

    with context.session() as session:
        return asdict(enrolling.counts(session))
