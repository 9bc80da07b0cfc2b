"""import, export: what comes in from files and what goes out to them, on paper too."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from tablet_loans.cli import needs, papers, schools
from tablet_loans.cli.answer import Answer
from tablet_loans.cli.context import Context, a_mapping, at_least_one, command, group
from tablet_loans.domain.problem import ImportReport
from tablet_loans.text import N_, tr


def register(nouns: Any) -> None:
    """Register the commands."""
    kinds = group(nouns, "import", tr(N_("bring in a file")))
    for name, run, doc in (
        ("schools", _import_schools, N_("the ministry's directory of schools (CSV)")),
        ("pupils", _import_pupils, N_("pupils (SIECLE, ONDE, AAF, OneRoster, any list)")),
        ("guardians", _import_guardians, N_("who looks after pupils (SIECLE, ONDE, AAF, OneRoster)")),
        ("devices", _import_devices, N_("a supplier's delivery list (CSV, XLSX, ODS)")),
    ):
        parser = command(kinds, name, run, tr(doc))
        parser.add_argument("file", type=Path)
        parser.add_argument("--map", action="append", default=[], type=a_mapping, metavar="COLUMN=FIELD")
        parser.add_argument("--dry-run", action="store_true", help=tr(N_("say what would change, write nothing")))
        if name in ("pupils", "guardians"):
            parser.add_argument("--school", metavar="UAI", help=tr(N_("whose file it is, when it does not say")))
        if name == "pupils":
            _add_decisions(parser)
    schools.register_import(kinds)
    needs.register_import(kinds)
    papers.register(nouns)
    exports = group(nouns, "export", tr(N_("write a list into a file")))
    for name, run, doc in (
        ("assets", _export_assets, N_("the asset list, without a pupil's name")),
        ("loans", _export_loans, N_("the loans")),
    ):
        parser = command(exports, name, run, tr(doc))
        parser.add_argument("--out", type=Path, required=True, metavar="FILE.csv|.xlsx")
        parser.add_argument("--school", metavar="UAI")


def _add_decisions(parser: ArgumentParser) -> None:
    for option, form, read, doc in (
        ("--same", "LINE[=PUPIL]", _a_decision, N_("this line is the pupil whom it may be")),
        ("--new", "LINE", at_least_one, N_("this line is not the pupil whom it may be")),
    ):
        parser.add_argument(option, action="append", default=[], type=read, metavar=form, help=tr(doc))


def _a_decision(text: str) -> tuple[int, int | None]:
    """Return the line, and the number of the pupil whom a person named or None. Raises: argparse.ArgumentTypeError."""
    line, equals, pupil = text.partition("=")
    return at_least_one(line), at_least_one(pupil) if equals else None


def _import_schools(context: Context) -> Answer:
    from tablet_loans.services import rostering

    return _counts(_imported(context, "schools", rostering.import_schools))


def _import_pupils(context: Context) -> Answer:
    from tablet_loans.services import rostering

    options = context.options
    named = {"school": options.school, "same": dict(options.same), "new": options.new}
    report = _imported(context, "pupils", rostering.import_pupils, **named)
    return _counts(report) | {
        "moved": report.moved,
        "doubts": [
            {
                "line": doubt.line,
                "name": doubt.name,
                "pupil": doubt.other_id,
                "other": doubt.other_name,
                "why": tr(doubt.why),
            }
            for doubt in report.doubts
        ],
        "changes": _changes(report),
    }


def _import_guardians(context: Context) -> Answer:
    from tablet_loans.services import caring

    report = _imported(context, "guardians", caring.import_guardians, school=context.options.school)
    return _counts(report) | {"changes": _changes(report)}


def _import_devices(context: Context) -> Answer:
    from tablet_loans.services import receiving

    return _counts(_imported(context, "devices", receiving.import_devices))


def _imported(context: Context, kind: str, bring_in: Any, **named: Any) -> ImportReport:
    """Bring a file in, its columns as they were named now, else as they were the last time."""
    from tablet_loans.services import mapping

    options, said = context.options, dict(context.options.map)
    with context.session() as session, context.progress(tr(N_("Import"))) as progress:
        columns = said or mapping.of_file(session, kind, options.file)
        receipt = bring_in(
            session, options.file, mapping=columns, is_dry_run=options.dry_run, progress=progress, **named
        )
        if not options.dry_run:
            mapping.remember_file(session, kind, options.file, said)
    report: ImportReport = receipt.value
    return report


def _counts(report: ImportReport) -> dict[str, object]:
    return {
        "rows": report.rows,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "left": report.left,
        "problems": [{"line": problem.line, "sentence": problem.spoken()} for problem in report.problems],
    }


def _changes(report: ImportReport) -> list[dict[str, object]]:
    return [
        {
            "fate": told.fate.value,
            "line": told.line,
            "name": told.name,
            "school": told.school,
            "class": told.class_name,
            "changes": [{"field": field, "before": before, "after": after} for field, before, after in told.changes],
            "loan": told.loan,
        }
        for told in report.told
    ]


def _export_assets(context: Context) -> Answer:
    from tablet_loans.services import reporting

    return _exported(context, reporting.export_assets)


def _export_loans(context: Context) -> Answer:
    from tablet_loans.services import reporting

    return _exported(context, reporting.export_loans)


def _exported(context: Context, write: Any) -> Answer:
    with context.session() as session:
        count, file = write(session, context.options.out, school=context.options.school)
    return {"rows": count, "file": str(file)}
