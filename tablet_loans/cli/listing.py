"""papers: the lists of a hand-over and of what is not signed, delivery notes and receipts."""

from pathlib import Path
from typing import Any

from tablet_loans.cli.answer import Answer
from tablet_loans.cli.context import Context, at_least_one, command, group
from tablet_loans.domain.listing import UnsignedLoan
from tablet_loans.domain.trouble import FileTrouble
from tablet_loans.text import N_, tr

_PDF = ".pdf"
_FORMS = (_PDF, ".csv", ".xlsx")


def register(nouns: Any) -> None:
    """Register the commands."""
    papers = group(nouns, "papers", tr(N_("lists and receipts on paper")))
    handing = command(papers, "hand-over", _hand_over, tr(N_("a list a class, with a column to sign")))
    handing.add_argument("--campaign", metavar="NAME")
    handing.add_argument("--school", metavar="UAI")
    handing.add_argument("--class", dest="class_name", metavar="C")
    codes = tr(N_("leave out the codes to scan when the list comes back"))
    handing.add_argument("--no-codes", dest="codes", action="store_false", help=codes)
    handing.add_argument("--with-codes", dest="codes", action="store_true", default=True)
    delivering = command(papers, "delivery-note", _delivery, tr(N_("what leaves the depot for each school")))
    delivering.add_argument("--campaign", metavar="NAME")
    delivering.add_argument("--school", metavar="UAI")
    copies = tr(N_("1, or 2: the school's and the depot's"))
    delivering.add_argument("--copies", type=at_least_one, choices=(1, 2), default=1, metavar="N", help=copies)
    for name, run, doc in (
        ("return-receipt", _returns, N_("what came back, for the family and to sign")),
        ("hand-over-receipt", _receipts, N_("what a family was handed: tag, serial number, accessories")),
    ):
        command(papers, name, run, tr(doc)).add_argument("loan", nargs="+")
    unsigned = command(papers, "unsigned", _unsigned, tr(N_("what is lent without a signed agreement")))
    unsigned.add_argument("--campaign", metavar="NAME")
    unsigned.add_argument("--school", metavar="UAI")
    for parser in papers.choices.values():
        is_table = parser is unsigned
        form = "FILE.pdf|.csv|.xlsx" if is_table else "FILE.pdf"
        parser.add_argument("--out", type=Path, required=not is_table, metavar=form)


def _hand_over(context: Context) -> Answer:
    from tablet_loans.services import listing, starting

    options = context.options
    starting.give_way()
    with context.session() as session, context.progress(tr(N_("Hand-over lists"))) as progress:
        printed = listing.print_hand_overs(
            session,
            options.campaign,
            options.out,
            school=options.school,
            class_name=options.class_name,
            has_codes=options.codes,
            progress=progress,
        )
    return {
        "schools": printed.schools, "classes": printed.parts, "pupils": printed.lines, "pages": printed.pages,
        "file": printed.file,
    }  # fmt: skip


def _delivery(context: Context) -> Answer:
    from tablet_loans.services import listing, starting

    options = context.options
    starting.give_way()
    with context.session() as session, context.progress(tr(N_("Delivery notes"))) as progress:
        printed = listing.print_deliveries(
            session, options.campaign, options.out, school=options.school, copies=options.copies, progress=progress
        )
    return {
        "schools": printed.schools, "cartons": printed.parts, "devices": printed.lines, "pages": printed.pages,
        "file": printed.file,
    }  # fmt: skip


def _returns(context: Context) -> Answer:
    from tablet_loans.services import listing

    return _printed(context, listing.print_return_receipts)


def _receipts(context: Context) -> Answer:
    from tablet_loans.services import listing

    return _printed(context, listing.print_hand_over_receipts)


def _printed(context: Context, write: Any) -> Answer:
    with context.session() as session, context.progress(tr(N_("Receipts"))) as progress:
        printed = write(session, context.options.loan, context.options.out, progress)
    return {"loans": printed.loans, "pages": printed.pages, "file": printed.file}


def _unsigned(context: Context) -> Answer:
    from tablet_loans.services import listing, starting

    options = context.options
    chosen = {"campaign": options.campaign, "school": options.school}
    with context.session() as session:
        if options.out is None:
            return {"rows": [_row(each) for each in listing.unsigned(session, **chosen)]}
        if options.out.suffix.lower() not in _FORMS:
            raise FileTrouble(path=str(options.out), reason=N_("its name must end in .pdf, .csv or .xlsx"))
        if options.out.suffix.lower() != _PDF:
            exported = listing.export_unsigned(session, options.out, **chosen)
            return {"loans": exported.rows, "file": str(exported.file)}
        starting.give_way()
        with context.progress(tr(N_("Lent, not signed"))) as progress:
            printed = listing.print_unsigned(session, options.out, **chosen, progress=progress)
    return {
        "schools": printed.schools, "classes": printed.parts, "loans": printed.lines, "pages": printed.pages,
        "file": printed.file,
    }  # fmt: skip


def _row(row: UnsignedLoan) -> dict[str, object]:
    return {
        "school": row.uai, "class": row.class_name, "pupil": row.pupil, "loan": row.loan, "tag": row.tag,
        "lent_on": row.lent_on, "printed_at": row.printed_on,
    }  # fmt: skip
