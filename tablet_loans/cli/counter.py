"""check-out, check-in, prepare, renew, swap, undo: what is done at the counter."""

from contextlib import suppress
from typing import Any

from tablet_loans.cli.answer import Answer
from tablet_loans.cli.context import Context, a_date, at_least_one, command
from tablet_loans.cli.packing import offer_said
from tablet_loans.domain.device import Condition
from tablet_loans.domain.errors import Trouble
from tablet_loans.domain.loan import ReceivedBy
from tablet_loans.services import cautioning, lending, offering, promising, stocking, undoing
from tablet_loans.services.lending import Handover
from tablet_loans.services.session import Receipt
from tablet_loans.text import N_, tr


def register(nouns: Any) -> None:
    """Register the commands."""
    check_out = command(nouns, "check-out", _check_out, tr(N_("lend a device to a pupil")))
    check_out.add_argument("tag")
    check_out.add_argument("pupil")
    check_out.add_argument("--campaign", metavar="NAME")
    check_out.add_argument("--due", type=a_date, metavar="DATE")
    check_out.add_argument("--received-by", choices=[who.value for who in ReceivedBy], default=ReceivedBy.PUPIL.value)
    form = tr(N_("the number of a blank agreement, filled in and signed"))
    check_out.add_argument("--form", metavar="CODE", help=form)
    check_in = command(nouns, "check-in", _check_in, tr(N_("take a device back")))
    check_in.add_argument("tag")
    check_in.add_argument("--condition", choices=[each.value for each in Condition], default=Condition.GOOD.value)
    check_in.add_argument("--missing", action="append", default=[], metavar="ITEM")
    command(nouns, "prepare", _prepare, tr(N_("make devices ready"))).add_argument("tag", nargs="+")
    renew = command(nouns, "renew", _renew, tr(N_("change a loan's return date")))
    renew.add_argument("loan")
    renew.add_argument("--due", type=a_date, required=True, metavar="DATE")
    swap = command(nouns, "swap", _swap, tr(N_("swap the devices of two loans")))
    swap.add_argument("tag")
    swap.add_argument("other")
    undo = command(nouns, "undo", _undo, tr(N_("undo this station's last acts")))
    undo.add_argument("--last", type=at_least_one, default=1, metavar="N")


def _handed(receipt: Receipt[Handover]) -> Answer:
    value = receipt.value
    return {
        "loan": value.number, "device": value.tag, "pupil": value.pupil_id, "due": value.due_on,
        "overdue_days": value.overdue_days, "missing": value.missing, "ledger": receipt.ledger_id,
    }  # fmt: skip


def _check_out(context: Context) -> Answer:
    options = context.options
    with context.session() as session:
        receipt = lending.check_out(
            session,
            code=options.tag,
            pupil_id=lending.pupil_known_as(session, options.pupil),
            campaign=options.campaign,
            due_on=options.due,
            received_by=ReceivedBy(options.received_by),
            form=options.form,
        )
        left = promising.Aftermath()
        with suppress(Trouble):  # the tablet is lent, whatever can still be read
            left = promising.aftermath(session, receipt.value)
    short: Answer = {"short": left.short} if left.short else {}
    aside: Answer = {"set_aside": True} if left.is_set_aside else {}
    return {**_handed(receipt), **short, **aside}


def _check_in(context: Context) -> Answer:
    options = context.options
    with context.session() as session:
        return _handed(
            lending.check_in(
                session,
                code=options.tag,
                condition=Condition(options.condition),
                missing=options.missing or None,
            )
        )


def _prepare(context: Context) -> Answer:
    with context.session() as session:
        receipt = stocking.prepare(session, context.options.tag)
        offers = offering.offers_for(session, receipt.value)
        kept = cautioning.unreleased(session, receipt.value)
    owned: Answer = {"not_released": kept} if kept else {}
    return {
        "loan": None, "device": receipt.value[-1], "pupil": None, "devices": receipt.value,
        "offers": [offer_said(each) for each in offers], "ledger": receipt.ledger_id, **owned,
    }  # fmt: skip


def _renew(context: Context) -> Answer:
    with context.session() as session:
        return _handed(lending.renew(session, number=context.options.loan, due_on=context.options.due))


def _swap(context: Context) -> Answer:
    with context.session() as session:
        receipt = lending.swap(session, code=context.options.tag, other_code=context.options.other)
    return {
        "loans": [{"loan": each.number, "device": each.tag, "pupil": each.pupil_id} for each in receipt.value],
        "ledger": receipt.ledger_id,
    }


def _undo(context: Context) -> Answer:
    with context.session() as session, context.progress(tr(N_("Undo"))) as progress:
        undone = undoing.undo_last(session, context.options.last, progress)
    acts = [
        {
            "action": each.value.line.action, "undoes": each.value.line.id, "loan": each.value.loan,
            "device": each.value.tag, "pupil": each.value.pupil_id, "ledger": each.ledger_id,
        }
        for each in undone
    ]  # fmt: skip
    return {**acts[-1], "undone": acts}
