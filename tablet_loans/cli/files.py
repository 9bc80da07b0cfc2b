"""import, export, agreements: what comes in from files and what goes out to them."""

from pathlib import Path
from typing import Any

from tablet_loans.cli.answer import Answer
from tablet_loans.cli.context import Context, a_mapping, command, group
from tablet_loans.domain.loan import LoanFilter
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
    _register_agreements(group(nouns, "agreements", tr(N_("loan agreements"))))
    exports = group(nouns, "export", tr(N_("write a list into a file")))
    for name, run, doc in (
        ("assets", _export_assets, N_("the asset list, without a pupil's name")),
        ("loans", _export_loans, N_("the loans")),
    ):
        parser = command(exports, name, run, tr(doc))
        parser.add_argument("--out", type=Path, required=True, metavar="FILE.csv|.xlsx")
        parser.add_argument("--school", metavar="UAI")


def _register_agreements(verbs: Any) -> None:
    printing = command(verbs, "print", _print, tr(N_("print the agreements of open loans")))
    printing.add_argument("loan", nargs="*")
    printing.add_argument("--campaign", metavar="NAME")
    printing.add_argument("--school", metavar="UAI")
    printing.add_argument("--class", dest="class_name", metavar="C")
    printing.add_argument("--out", type=Path, required=True, metavar="FILE")
    command(verbs, "sign", _sign, tr(N_("say that an agreement is signed"))).add_argument("loan")


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


def _print(context: Context) -> Answer:
    from tablet_loans.services import agreeing

    options = context.options
    chosen = LoanFilter(
        school=options.school,
        campaign=options.campaign,
        class_name=options.class_name,
        is_open=True,
        numbers=tuple(number.strip().upper() for number in options.loan),
    )
    with context.session() as session, context.progress(tr(N_("Agreements"))) as progress:
        printed = agreeing.print_agreements(session, chosen, options.out, progress).value
    return {"agreements": printed.agreements, "pages": printed.pages, "file": printed.file}


def _sign(context: Context) -> Answer:
    from tablet_loans.services import agreeing

    with context.session() as session:
        receipt = agreeing.sign(session, context.options.loan)
    return {"loan": receipt.value, "agreement": "signed", "ledger": receipt.ledger_id}


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
