"""schools: the workbooks that go out and come back, who has answered, and what is called back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tablet_loans.cli.answer import AllRefused, Answer
from tablet_loans.cli.context import Context, a_date, command, group
from tablet_loans.domain.errors import NoOpenCampaign
from tablet_loans.domain.school import Recall, SchoolFilter, SchoolStanding
from tablet_loans.domain.workbook import NoWorkbookThere, SchoolReturn
from tablet_loans.services.session import Session
from tablet_loans.text import N_, tr


def register(nouns: Any) -> None:
    """Register the commands."""
    verbs = group(nouns, "schools", tr(N_("schools, and the workbooks they fill in")))
    workbook = command(verbs, "workbook", _workbook, tr(N_("write a workbook for each school to fill in")))
    workbook.add_argument("--campaign", metavar="NAME")
    workbook.add_argument("--school", metavar="UAI")
    workbook.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    workbook.add_argument("--by", type=a_date, metavar="DATE", help=tr(N_("when schools are to send it back")))
    workbook.add_argument("--return-to", default="", metavar="TEXT", help=tr(N_("to whom: a name, a mail address")))
    listed = command(verbs, "list", _list, tr(N_("list the schools, with who has answered")))
    listed.add_argument("--campaign", metavar="NAME")
    listed.add_argument("--search", default="", metavar="TEXT")
    recall = command(verbs, "recall", _recall, tr(N_("list the loans of pupils who left or moved")))
    recall.add_argument("--school", metavar="UAI")
    recall.add_argument("--out", type=Path, metavar="FILE.csv|.xlsx", help=tr(N_("write the list into a file")))


def register_import(kinds: Any) -> None:
    """Register `import school-return`."""
    returned = command(kinds, "school-return", _import_returns, tr(N_("workbooks that schools filled in")))
    returned.add_argument("file", type=Path, nargs="+", metavar="FILE")
    returned.add_argument("--campaign", metavar="NAME")
    returned.add_argument("--school", metavar="UAI", help=tr(N_("refuse those of other schools")))
    returned.add_argument("--problems", type=Path, metavar="FOLDER", help=tr(N_("where lines not taken are told")))
    returned.add_argument("--dry-run", action="store_true", help=tr(N_("say what would change, write nothing")))


def _workbook(context: Context) -> Answer:
    from tablet_loans.services import asking, surveying

    options = context.options
    with context.session() as session, context.progress(tr(N_("Workbooks"))) as progress:
        written = surveying.write_workbooks(
            session,
            campaign=asking.asking_campaign(session, options.campaign).name,
            school=options.school,
            out=options.out,
            by=options.by,
            return_to=options.return_to,
            progress=progress,
        )
    return {"files": written.files, "pupils": written.pupils, "folder": written.folder}


def _import_returns(context: Context) -> Answer:
    from tablet_loans.services import asking, surveying

    options = context.options
    with context.session() as session, context.progress(tr(N_("Import"))) as progress:
        returns = surveying.import_returns(
            session,
            options.file,
            campaign=asking.asking_campaign(session, options.campaign).name,
            school=options.school,
            is_dry_run=options.dry_run,
            progress=progress,
        )
        if not returns:
            raise NoWorkbookThere(folder=", ".join(map(str, options.file)))
        sheets = [] if options.dry_run else surveying.write_problems(session, returns, options.problems)
    kind = AllRefused if all(each.refused for each in returns) else dict
    return kind(schools=[_return(each) for each in returns], problem_sheets=[str(sheet) for sheet in sheets])


def _return(each: SchoolReturn) -> dict[str, object]:
    refused = None if each.refused is None else {
        "refusal": type(each.refused).__name__, "sentence": each.refused.spoken(), "facts": each.refused.facts,
    }  # fmt: skip
    return {
        "file": each.file, "school": each.school, "read": each.read, "refused": refused, "changed": each.changed,
        "unchanged": each.unchanged, "missing": each.missing,
        "problems": [{"line": problem.line, "sentence": problem.spoken()} for problem in each.problems],
    }  # fmt: skip


def _list(context: Context) -> Answer:
    from tablet_loans.services import asking, lending

    options = context.options
    with context.session() as session:
        try:
            campaign = lending.chosen_campaign(session, options.campaign).name
        except NoOpenCampaign:
            campaign = None
        rows = asking.schools_standing(session, SchoolFilter(campaign=campaign, search=options.search))
    return {
        "rows": [
            {
                "uai": row.uai, "name": row.name, "kind": row.kind, "commune": row.commune, "email": row.email,
                "pupils": row.pupils, "answered": row.answered, "lacking": row.lacking, "lent": row.lent,
                "to_recall": row.to_recall,
            }
            for row in rows
        ]
    }  # fmt: skip


def _recall(context: Context) -> Answer:
    from tablet_loans.services import reporting
    from tablet_loans.services.exporters.recall_list import RECALLS

    options = context.options
    with context.session() as session:
        called = list(_called(session, options.school))
        if options.out is not None:
            count, file = reporting.exported(session, options.out, "recalls", RECALLS, called, tr(N_("Recalls")))
            return {"rows": count, "file": str(file)}
    return {
        "rows": [
            {
                "school": school.uai, "school_name": school.name, "loan": row.loan, "tag": row.tag,
                "pupil": row.pupil, "class": row.class_name, "gone_on": row.gone_on, "moved_to": row.moved_to,
                "due": row.due_on,
            }
            for school, row in called
        ]
    }  # fmt: skip


def _called(session: Session, school: str | None) -> Iterator[tuple[SchoolStanding, Recall]]:
    """Yield what is called back, with the school that calls."""
    from tablet_loans.services import asking, recalling
    from tablet_loans.services.locating import known_school

    only = None if school is None else known_school(session, school).uai
    for each in asking.schools_standing(session, SchoolFilter(has_recalls=True)):
        if only in (None, each.uai):
            for row in recalling.recalls(session, each.uai):
                yield each, row
