"""agreements, labels: what is printed for the counter and the families."""

import argparse
from pathlib import Path
from typing import Any

from tablet_loans.cli.answer import Answer
from tablet_loans.cli.context import Context, command, group
from tablet_loans.domain.loan import LoanFilter
from tablet_loans.services.session import Session
from tablet_loans.text import N_, tr


def register(nouns: Any) -> None:
    """Register the commands."""
    agreements = group(nouns, "agreements", tr(N_("loan agreements")))
    _add_options(command(agreements, "print", _print, tr(N_("print the agreements of open loans"))))
    command(agreements, "sign", _sign, tr(N_("say that an agreement is signed"))).add_argument("loan")
    labels = group(nouns, "labels", tr(N_("codes to scan")))
    commands = command(labels, "commands", _commands, tr(N_("print the counter's command codes")))
    commands.add_argument("--out", type=Path, required=True, metavar="FILE.pdf")


def _add_options(printing: argparse.ArgumentParser) -> None:
    printing.add_argument("loan", nargs="*")
    before = tr(N_("before a tablet is known, for the pupils of a school or those named"))
    printing.add_argument("--before", action="store_true", help=before)
    printing.add_argument("--campaign", metavar="NAME")
    printing.add_argument("--school", metavar="UAI")
    printing.add_argument("--class", dest="class_name", metavar="C")
    printing.add_argument("--pupil", action="append", default=[], metavar="PUPIL", help=tr(N_("with --before")))
    printing.add_argument("--out", type=Path, required=True, metavar="FILE")
    printing.set_defaults(usage_error=printing.error)


def _print(context: Context) -> Answer:
    from tablet_loans.services import agreeing, starting

    options = context.options
    if options.before and options.loan:
        options.usage_error(tr(N_("--before prints for pupils, not for loans")))
    if options.pupil and not options.before:
        options.usage_error(tr(N_("--pupil goes with --before")))
    chosen = LoanFilter(
        school=options.school,
        campaign=options.campaign,
        class_name=options.class_name,
        is_open=True,
        numbers=tuple(number.strip().upper() for number in options.loan),
    )
    starting.give_way()
    with context.session() as session, context.progress(tr(N_("Agreements"))) as progress:
        printed = (
            agreeing.print_sheets(
                session,
                campaign=options.campaign,
                school=options.school,
                class_name=options.class_name,
                pupils=_pupils(session, options.pupil),
                out=options.out,
                progress=progress,
            ).value
            if options.before
            else agreeing.print_agreements(session, chosen, options.out, progress).value
        )
    return {"agreements": printed.agreements, "pages": printed.pages, "file": printed.file}


def _pupils(session: Session, codes: list[str]) -> list[Any]:
    from tablet_loans.services import lending

    return [lending.pupil_known_as(session, code) for code in codes]


def _sign(context: Context) -> Answer:
    from tablet_loans.services import agreeing

    with context.session() as session:
        receipt = agreeing.sign(session, context.options.loan)
    return {"loan": receipt.value, "agreement": "signed", "ledger": receipt.ledger_id}


def _commands(context: Context) -> Answer:
    from tablet_loans.services import labelling

    with context.session() as session:
        printed = labelling.print_commands(session, context.options.out)
    return {"accessories": printed.accessories, "pages": printed.pages, "file": printed.file}
