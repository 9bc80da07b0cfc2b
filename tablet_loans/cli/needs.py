"""need, needs: what families answered, from the command line; import needs brings a survey in."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tablet_loans.cli.answer import Answer
from tablet_loans.cli.context import Context, a_date, a_mapping, command, group
from tablet_loans.domain import need as need_rules
from tablet_loans.domain.need import (
    LONGEST_WHO,
    Coverage,
    Equipment,
    NeedFilter,
    NeedRow,
    NotConfirmed,
    Source,
    Told,
)
from tablet_loans.domain.paging import Place
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.school import SchoolFilter
from tablet_loans.services.session import Session
from tablet_loans.text import N_, tr

_BLOCK = 2_000


def register(nouns: Any) -> None:
    """Register the commands."""
    _register_set(command(group(nouns, "need", tr(N_("a pupil's need"))), "set", _set, tr(N_("record an answer"))))
    needs = group(nouns, "needs", tr(N_("needs of a campaign")))
    listed = command(needs, "list", _list, tr(N_("list the pupils and their answers")))
    listed.add_argument("--missing", action="store_true", help=tr(N_("only those who have not answered")))
    listed.add_argument("--to-confirm", action="store_true", help=tr(N_("only answers of the campaign before")))
    covered = command(needs, "coverage", _coverage, tr(N_("who answered, by school or by class of one")))
    chase = command(needs, "chase", _chase, tr(N_("write the schools whose answers are missing into a file")))
    form = command(needs, "form", _form, tr(N_("print the forms of a school's classes")))
    for parser in (listed, covered, chase, form):
        parser.add_argument("--campaign", metavar="NAME")
    for parser in (listed, covered, form):
        parser.add_argument("--school", metavar="UAI", required=parser is form)
    for parser in (listed, form):
        parser.add_argument("--class", dest="class_name", metavar="C")
    chase.add_argument("--out", type=Path, required=True, metavar="FILE.csv|.xlsx")
    form.add_argument("--out", type=Path, required=True, metavar="FILE.pdf")
    confirm = command(needs, "confirm", _confirm, tr(N_("let the answers of the campaign before stand as they are")))
    confirm.add_argument("campaign", metavar="NAME")
    confirm.add_argument("--school", metavar="UAI")
    confirm.add_argument("--class", dest="class_name", metavar="C", help=tr(N_("of that school, one class alone")))
    close = command(needs, "close", _close, tr(N_("close the needs for good, and forget guardians without a need")))
    close.add_argument("campaign", metavar="NAME")
    close.add_argument("--yes", action="store_true", help=tr(N_("do not ask")))


def register_import(kinds: Any) -> None:
    """Register `import needs` among the files that come in."""
    parser = command(kinds, "needs", _import, tr(N_("a survey's answers, or a school's own list (CSV, XLSX, ODS)")))
    parser.add_argument("file", type=Path)
    parser.add_argument("--campaign", metavar="NAME")
    parser.add_argument("--school", metavar="UAI")
    parser.add_argument("--map", action="append", default=[], type=a_mapping, metavar="COLUMN=FIELD")
    parser.add_argument("--dry-run", action="store_true", help=tr(N_("say what would change, write nothing")))


def _register_set(parser: Any) -> None:
    parser.add_argument("pupil")
    parser.add_argument("--campaign", metavar="NAME")
    choices = [equipment.value for equipment in Equipment]
    parser.add_argument("--equipment", choices=choices, required=True, metavar="|".join(choices))
    parser.add_argument("--cellular", action="store_true", help=tr(N_("a SIM card is needed")))
    parser.add_argument("--priority", action="store_true", help=tr(N_("the school asks for it, without a reason")))
    parser.add_argument("--asked-on", type=a_date, metavar="DATE", help=tr(N_("today unless said")))
    parser.add_argument("--by", default="", metavar="WHO", help=tr(N_("who answered")))


def _set(context: Context) -> Answer:
    from tablet_loans.services import asking

    options = context.options
    answer = need_rules.Answer(Equipment(options.equipment), options.cellular, options.priority)
    with context.session() as session:
        told = Told(options.asked_on or session.today(), options.by[:LONGEST_WHO], Source.COMMAND)
        receipt = asking.set_answer(session, campaign=options.campaign, pupil=options.pupil, answer=answer, told=told)
        known = known_need(session, options.campaign, receipt.value)
    counts = known is None or known.told is None or known.told.asked_on <= told.asked_on
    said = {
        "pupil": receipt.value, "equipment": answer.equipment.value, "cellular": answer.is_cellular,
        "priority": answer.is_priority, "asked_on": told.asked_on, "counts": counts, "ledger": receipt.ledger_id,
    }  # fmt: skip
    return said if counts else {**said, "sentence": tr(N_("Kept, but it does not count: a later answer does."))}


def known_need(session: Session, campaign: str | None, pupil: PupilId) -> NeedRow | None:
    """Return a pupil on the roll with the answer that counts in a campaign, or in the only open one."""
    from tablet_loans.services import asking, consulting, lending

    row = consulting.record(session, pupil).row
    running = lending.chosen_campaign(session, campaign)
    chosen = NeedFilter(running.name, school=row.school, class_name=row.class_name)
    return next((each for each in asking.block(session, chosen, Place(0, _BLOCK)) if each.pupil_id == pupil), None)


def _list(context: Context) -> Answer:
    from tablet_loans.services import lending
    from tablet_loans.services.locating import known_school

    options = context.options
    with context.session() as session:
        chosen = NeedFilter(
            lending.chosen_campaign(session, options.campaign).name,
            school=known_school(session, options.school).uai if options.school else None,
            class_name=options.class_name,
            is_answered=False if options.missing else None,
            to_confirm=True if options.to_confirm else None,
        )
        return {"rows": [_row(row) for row in _every(session, chosen)]}


def _every(session: Session, chosen: NeedFilter) -> Iterator[NeedRow]:
    """Yield a whole list, block after block."""
    from tablet_loans.services import asking

    start = 0
    while block := asking.block(session, chosen, Place(start, _BLOCK)):
        yield from block
        start += _BLOCK


def _row(row: NeedRow) -> dict[str, object]:
    answer, told = row.answer, row.told
    return {
        "id": row.pupil_id, "family_name": row.usage_name or row.family_name, "given_name": row.given_name,
        "school": row.school, "class": row.class_name, "equipment": answer.equipment.value if answer else None,
        "cellular": answer.is_cellular if answer else None, "priority": answer.is_priority if answer else None,
        "asked_on": told.asked_on if told else None, "answered_by": told.answered_by if told else None,
        "source": told.source.value if told else None, "loan": row.loan, "household_loans": row.household_loans,
        "to_confirm": row.to_confirm if answer else None,
    }  # fmt: skip


def _coverage(context: Context) -> Answer:
    from tablet_loans.services import asking, lending

    options = context.options
    with context.session() as session:
        covered = asking.coverage(session, options.campaign, options.school)
        if options.school is not None:
            return {"rows": [{"class": each.name, **_figures(each)} for each in covered]}
        running = lending.chosen_campaign(session, options.campaign)
        names = {each.uai: each.name for each in asking.schools_standing(session, SchoolFilter(running.name))}
    return {
        "rows": [{"school": each.name, "school_name": names.get(each.name, ""), **_figures(each)} for each in covered]
    }


def _figures(each: Coverage) -> dict[str, object]:
    return {
        "pupils": each.pupils, "answered": each.answered, "missing": each.pupils - each.answered,
        **{equipment.value: each.by_equipment[equipment] for equipment in Equipment},
        "lacking": each.lacking, "cellular": each.cellular, "priority": each.priority,
        "to_confirm": each.to_confirm,
    }  # fmt: skip


def _chase(context: Context) -> Answer:
    from tablet_loans.services import asking

    with context.session() as session:
        count, file = asking.export_chase(session, context.options.campaign, context.options.out)
    return {"rows": count, "file": str(file)}


def _form(context: Context) -> Answer:
    from tablet_loans.services import asking

    options = context.options
    with context.session() as session, context.progress(tr(N_("Forms"))) as progress:
        printed = asking.print_forms(
            session,
            campaign=options.campaign,
            school=options.school,
            class_name=options.class_name,
            out=options.out,
            progress=progress,
        ).value
    return {"pupils": printed.pupils, "classes": printed.classes, "pages": printed.pages, "file": printed.file}


def _confirm(context: Context) -> Answer:
    from tablet_loans.services import campaigning

    options = context.options
    with context.session() as session, context.progress(tr(N_("Confirmation"))) as progress:
        receipt = campaigning.confirm_needs(
            session, options.campaign, school=options.school, class_name=options.class_name, progress=progress
        )
    return {"confirmed": receipt.value, "ledger": receipt.ledger_id}


def _close(context: Context) -> Answer:
    from tablet_loans.services import asking, campaigning

    options = context.options
    if not options.yes:
        if not sys.stdin.isatty():
            raise NotConfirmed(campaign=options.campaign)
        if not _is_confirmed(options.campaign):
            return {"closed": False}
    with context.session() as session:
        gone = asking.close_needs(session, options.campaign).value
        shown = campaigning.shown(session, options.campaign)
    return {
        "closed": True, "guardians": gone.guardians, "phones": gone.phones, "seed_hash": shown.seed_hash,
        "seed": shown.seed,
    }  # fmt: skip


def _is_confirmed(campaign: str) -> bool:
    """Ask whether to close, which nothing takes back."""
    question = N_(
        "Close the needs of “{campaign}”? Guardians and phone numbers of pupils without a need are forgotten;"
        " closed needs are not opened again. Type “yes” to go on: "
    )
    print(tr(question).format(campaign=campaign), end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().casefold() in {"yes", tr(N_("yes"))}


def _import(context: Context) -> Answer:
    from tablet_loans.services import answering, mapping

    options = context.options
    said = dict(options.map)
    with context.session() as session, context.progress(tr(N_("Import"))) as progress:
        report = answering.import_answers(
            session,
            options.file,
            campaign=options.campaign,
            school=options.school,
            mapping=said or mapping.of_file(session, "answers", options.file),
            is_dry_run=options.dry_run,
            progress=progress,
        ).value
        if not options.dry_run:
            mapping.remember_file(session, "answers", options.file, said)
    return {
        "rows": report.rows, "created": report.created, "updated": report.updated, "unchanged": report.unchanged,
        "left": report.left,
        "problems": [{"line": problem.line, "sentence": problem.spoken()} for problem in report.problems],
    }  # fmt: skip
