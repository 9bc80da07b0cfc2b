"""agreements file, sign, scan: what comes back signed, and is given back."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from tablet_loans.cli.answer import Answer
from tablet_loans.cli.context import Context, at_least_one, command
from tablet_loans.domain.filing import FiledPage
from tablet_loans.text import N_, tr


def register(agreements: Any) -> None:
    """Register the commands."""
    filing = command(agreements, "file", _file, tr(N_("file a pile of signed agreements that was scanned")))
    filing.add_argument("file", nargs="+", type=Path, metavar="FILE", help=tr(N_("PDF, JPEG, PNG or TIFF")))
    each = tr(N_("how many pages an agreement has, when the pile is not whole: 1 when one side was scanned"))
    filing.add_argument("--pages-each", type=at_least_one, metavar="N", help=each)
    looks = tr(N_("a folder for small pictures of the pages to look at"))
    filing.add_argument("--look", type=Path, metavar="FOLDER", help=looks)
    filing.add_argument("--dry-run", action="store_true", help=tr(N_("say what would change, write nothing")))
    signing = command(agreements, "sign", _sign, tr(N_("say that an agreement is signed")))
    signing.add_argument("loan")
    signing.add_argument("--scan", type=Path, metavar="FILE", help=tr(N_("keep the signed pages of this file with it")))
    signing.add_argument("--form", metavar="CODE", help=tr(N_("it is the blank agreement of this number")))
    signing.set_defaults(usage_error=signing.error)
    giving = command(agreements, "scan", _give_back, tr(N_("give back the signed pages of a loan")))
    giving.add_argument("loan")
    giving.add_argument("--page", type=at_least_one, metavar="N")
    giving.add_argument("--out", type=Path, required=True, metavar="FILE.pdf|.jpg")


def _file(context: Context) -> Answer:
    from tablet_loans.services import filing, starting

    options = context.options
    starting.give_way()
    with context.session() as session, context.progress(tr(N_("Signed agreements"))) as progress:
        receipt = filing.file_pile(
            session,
            options.file,
            pages_each=options.pages_each,
            looks=options.look,
            is_dry_run=options.dry_run,
            progress=progress,
        )
    report = receipt.value
    answer: dict[str, object] = {
        "pages": report.pages, "signed": report.signed, "filed": report.filed, "filed_again": report.filed_again,
        "doubled": report.doubled, "empty": report.empty, "to_look_at": [_page(page) for page in report.to_look_at],
    }  # fmt: skip
    if options.as_json:
        answer |= {"told": [_page(page) for page in report.told], "ledger": receipt.ledger_id or None}
    return answer


def _page(page: FiledPage) -> dict[str, object]:
    said = asdict(page) | {"fate": page.fate.value}
    del said["place"]
    return said


def _sign(context: Context) -> Answer:
    from tablet_loans.services import agreeing, attaching

    loan, scan, form = context.options.loan, context.options.scan, context.options.form
    if scan is not None and form is not None:
        context.options.usage_error(tr(N_("a scan tells by itself which blank agreement it is")))
    with context.session() as session:
        if form is not None:
            receipt = attaching.sign_with_form(session, loan, form)
        else:
            receipt = agreeing.sign(session, loan) if scan is None else attaching.sign_with_scan(session, loan, scan)
    return {"loan": receipt.value, "agreement": "signed", "ledger": receipt.ledger_id or None}


def _give_back(context: Context) -> Answer:
    from tablet_loans.services import attaching

    options = context.options
    with context.session() as session:
        return asdict(attaching.give_back(session, options.loan, options.out, options.page))
