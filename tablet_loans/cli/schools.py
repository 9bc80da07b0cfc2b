"""schools: the workbooks that go out and come back, who has answered, and what is called back."""

from pathlib import Path
from typing import Any

from tablet_loans.cli.answer import Answer
from tablet_loans.cli.context import Context, a_date, command, group
from tablet_loans.domain.school import SchoolFilter
from tablet_loans.domain.workbook import SchoolReturn
from tablet_loans.text import N_, tr


def register(nouns: Any) -> None:
    """Register the commands."""
    verbs = group(nouns, "schools", tr(N_("schools, and the workbooks they fill in")))
    workbook = command(verbs, "workbook", _workbook, tr(N_("write a workbook for each school to fill in")))
    workbook.add_argument("--campaign", required=True, metavar="NAME")
    workbook.add_argument("--school", metavar="UAI")
    workbook.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    workbook.add_argument("--by", type=a_date, metavar="DATE", help=tr(N_("when schools are to send it back")))
    workbook.add_argument("--return-to", default="", metavar="TEXT", help=tr(N_("to whom: a name, a mail address")))
    listed = command(verbs, "list", _list, tr(N_("list the schools, with who has answered")))
    listed.add_argument("--campaign", metavar="NAME")
    listed.add_argument("--search", default="", metavar="TEXT")
    recall = command(verbs, "recall", _recall, tr(N_("list the loans of pupils who left or moved")))
    recall.add_argument("--school", metavar="UAI")


def register_import(kinds: Any) -> None:
    """Register `import school-return`."""
    returned = command(kinds, "school-return", _import_returns, tr(N_("workbooks that schools filled in")))
    returned.add_argument("file", type=Path, nargs="+", metavar="FILE")
    returned.add_argument("--campaign", required=True, metavar="NAME")
    returned.add_argument("--school", metavar="UAI", help=tr(N_("refuse those of other schools")))
    returned.add_argument("--problems", type=Path, metavar="FOLDER", help=tr(N_("where lines not taken are told")))
    returned.add_argument("--dry-run", action="store_true", help=tr(N_("say what would change, write nothing")))


def _workbook(context: Context) -> Answer:
    from tablet_loans.services import surveying

    options = context.options
    with context.session() as session, context.progress(tr(N_("Workbooks"))) as progress:
        written = surveying.write_workbooks(
            session,
            campaign=options.campaign,
            school=options.school,
            out=options.out,
            by=options.by,
            return_to=options.return_to,
            progress=progress,
        )
    return {"files": written.files, "pupils": written.pupils, "folder": written.folder}


def _import_returns(context: Context) -> Answer:
    from tablet_loans.services import surveying

    options = context.options
    with context.session() as session, context.progress(tr(N_("Import"))) as progress:
        returns = surveying.import_returns(
            session,
            options.file,
            campaign=options.campaign,
            school=options.school,
            is_dry_run=options.dry_run,
            progress=progress,
        )
        sheets = [] if options.dry_run else surveying.write_problems(session, returns, options.problems)
    return {"schools": [_return(each) for each in returns], "problem_sheets": [str(sheet) for sheet in sheets]}


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
    from tablet_loans.services import asking

    options = context.options
    with context.session() as session:
        rows = asking.schools_standing(session, SchoolFilter(campaign=options.campaign, search=options.search))
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
    from tablet_loans.services import recalling

    with context.session() as session:
        rows = recalling.recalls(session, context.options.school)
    return {
        "rows": [
            {
                "loan": row.loan, "tag": row.tag, "pupil": row.pupil, "class": row.class_name, "gone_on": row.gone_on,
                "moved_to": row.moved_to, "due": row.due_on,
            }
            for row in rows
        ]
    }  # fmt: skip
