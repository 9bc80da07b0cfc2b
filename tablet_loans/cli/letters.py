"""letters: what is written to families about their loans."""

from argparse import ArgumentTypeError
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from tablet_loans.cli.answer import Answer, Told
from tablet_loans.cli.context import Context, at_least_one, command, group
from tablet_loans.cli.lines import listed, read
from tablet_loans.domain.letter import LetterChoice, LetterKind, ReminderRow
from tablet_loans.domain.wording import FRENCH
from tablet_loans.text import N_, tr

_LIST: Final = "tablet-loans --json letters list"
_NAMED: Final = 6
_MOST_DAYS: Final = 366


def register(nouns: Any) -> None:
    """Register the commands."""
    letters = group(nouns, "letters", tr(N_("letters to families")))
    printing = command(letters, "print", _print, tr(N_("print reminders, recalls, damage and loss notices")))
    add_choice(printing)
    printing.add_argument("--out", type=Path, required=True, metavar="FILE.pdf")
    listing = command(letters, "list", _list, tr(N_("list the overdue loans and the last reminder of each")))
    listing.add_argument("--campaign", metavar="NAME")
    listing.add_argument("--school", metavar="UAI")
    late = tr(N_("overdue by so many days at least"))
    listing.add_argument("--overdue", type=at_least_one, default=1, metavar="DAYS", help=late)


def add_choice(parser: Any, again: str = "") -> None:
    """Add the options by which letters are chosen; `again` says what --again does, when not the usual."""
    parser.add_argument("kind", choices=[kind.value for kind in LetterKind])
    parser.add_argument("loan", nargs="*")
    parser.add_argument("--campaign", metavar="NAME")
    parser.add_argument("--school", metavar="UAI")
    parser.add_argument("--class", dest="class_name", metavar="C")
    late = tr(N_("for reminders: overdue by so many days at least"))
    parser.add_argument("--overdue", type=at_least_one, default=1, metavar="DAYS", help=late)
    given = tr(N_("how many days the letter gives"))
    parser.add_argument("--days", type=a_few_days, metavar="N", help=given)
    usual = tr(N_("also where such a notice was written before"))
    parser.add_argument("--again", action="store_true", help=again or usual)
    parser.add_argument("--language", default=FRENCH, metavar="L", help=tr(N_("language of the letters")))


def a_few_days(text: str) -> int:
    """Return how many days a letter gives, a year at most. Raises: argparse.ArgumentTypeError."""
    if (days := at_least_one(text)) > _MOST_DAYS:
        raise ArgumentTypeError(tr(N_("{text} is not from 1 to {most} days")).format(text=text, most=_MOST_DAYS))
    return days


def choice_of(options: Any) -> LetterChoice:
    """Return which letters the options ask for."""
    return LetterChoice(
        campaign=options.campaign,
        school=options.school,
        class_name=options.class_name,
        numbers=tuple(options.loan),
        overdue_days=options.overdue,
        days=options.days,
        is_again=options.again,
    )


def _print(context: Context) -> Answer:
    from tablet_loans.services import starting, writing

    options = context.options
    starting.give_way()
    kind = LetterKind(options.kind)
    with context.session() as session, context.progress(tr(N_("Letters"))) as progress:
        receipt = writing.write_letters(session, kind, choice_of(options), options.out, progress, options.language)
    said = {**asdict(receipt.value), "ledger": receipt.ledger_id}
    if options.as_json:
        return said
    return read({name: _shortened(value) for name, value in said.items() if name != "ledger"})


def _shortened(value: object) -> object:
    """Return a value as a person reads it: of many loans the first, and how many more."""
    if not isinstance(value, tuple) or len(value) <= _NAMED:
        return value
    return (*value[:_NAMED], tr(N_("… and {count} more")).format(count=len(value) - _NAMED))


def _list(context: Context) -> Answer:
    from tablet_loans.services import writing

    options = context.options
    with context.session() as session:
        found = writing.overdue(session, school=options.school, campaign=options.campaign, overdue_days=options.overdue)
    rows = [_row(row) for row in found]
    if options.as_json:
        return {"rows": rows}
    shown = [{key: value for key, value in row.items() if key != "due"} for row in rows]
    return Told({"rows": rows}, listed(shown, _LIST, tr(N_("No loan is overdue."))))


def _row(row: ReminderRow) -> dict[str, object]:
    said = asdict(row)
    return {"class" if name == "class_name" else name: value for name, value in said.items()}
