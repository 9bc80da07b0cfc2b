"""import, export: what comes in from files and what goes out to them, on paper too."""

from pathlib import Path
from typing import Any

from tablet_loans.cli import papers
from tablet_loans.cli.answer import Answer
from tablet_loans.cli.context import Context, a_mapping, command, group
from tablet_loans.text import N_, tr


def register(nouns: Any) -> None:
    """Register the commands."""
    kinds = group(nouns, "import", tr(N_("bring in a file")))
    for name, run, doc in (
        ("schools", _import_schools, N_("the ministry's directory of schools (CSV)")),
        ("pupils", _import_pupils, N_("a school's pupils (ONDE CSVExtraction.csv)")),
        ("devices", _import_devices, N_("a supplier's delivery list (CSV, XLSX, ODS)")),
    ):
        parser = command(kinds, name, run, tr(doc))
        parser.add_argument("file", type=Path)
        parser.add_argument("--map", action="append", default=[], type=a_mapping, metavar="COLUMN=FIELD")
        parser.add_argument("--dry-run", action="store_true", help=tr(N_("say what would change, write nothing")))
        if name == "pupils":
            parser.add_argument("--school", required=True, metavar="UAI")
    papers.register(nouns)
    exports = group(nouns, "export", tr(N_("write a list into a file")))
    for name, run, doc in (
        ("assets", _export_assets, N_("the asset list, without a pupil's name")),
        ("loans", _export_loans, N_("the loans")),
    ):
        parser = command(exports, name, run, tr(doc))
        parser.add_argument("--out", type=Path, required=True, metavar="FILE.csv|.xlsx")
        parser.add_argument("--school", metavar="UAI")


def _import_schools(context: Context) -> Answer:
    from tablet_loans.services import rostering

    return _imported(context, rostering.import_schools)


def _import_pupils(context: Context) -> Answer:
    from tablet_loans.services import rostering

    return _imported(context, rostering.import_pupils, school=context.options.school)


def _import_devices(context: Context) -> Answer:
    from tablet_loans.services import receiving

    return _imported(context, receiving.import_devices)


def _imported(context: Context, bring_in: Any, **named: str) -> Answer:
    options = context.options
    with context.session() as session, context.progress(tr(N_("Import"))) as progress:
        receipt = bring_in(
            session, options.file, mapping=dict(options.map), is_dry_run=options.dry_run, progress=progress, **named
        )
    report = receipt.value
    return {
        "rows": report.rows,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "left": report.left,
        "problems": [{"line": problem.line, "sentence": problem.spoken()} for problem in report.problems],
    }


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
