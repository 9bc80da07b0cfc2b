"""agreements, labels: what is printed for the counter and the families."""

import argparse
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from tablet_loans.cli import filing, labelling, listing
from tablet_loans.cli.answer import Answer
from tablet_loans.cli.context import Context, at_least_one, command, group
from tablet_loans.domain.agreement import AgreementRow, SignatureState
from tablet_loans.domain.clause import FIELDS, Group, UnknownGroup, clause_from
from tablet_loans.domain.loan import LoanFilter
from tablet_loans.domain.trouble import FileMissing, FileUnreadable, reason_of
from tablet_loans.domain.wording import FRENCH
from tablet_loans.services.session import Progress, Session
from tablet_loans.text import N_, tr


def register(nouns: Any) -> None:
    """Register the commands."""
    agreements = group(nouns, "agreements", tr(N_("loan agreements")))
    _add_options(command(agreements, "print", _print, tr(N_("print the agreements of open loans"))))
    filing.register(agreements)
    listed = command(agreements, "list", _list, tr(N_("list the agreements of open loans")))
    listed.add_argument("--school", metavar="UAI")
    missing = tr(N_("missing: lent, not signed; printed: not signed yet; signed"))
    listed.add_argument("--state", choices=[state.value for state in SignatureState], help=missing)
    wording = command(agreements, "wording", _wording, tr(N_("show or change the clauses of a campaign's agreement")))
    wording.add_argument("--campaign", metavar="NAME")
    wording.add_argument("--language", default=FRENCH, metavar="L")
    wording.add_argument("--version", type=at_least_one, metavar="N")
    edited = tr(N_("a clause's new text, its title on the first line, in a file named after its group"))
    wording.add_argument("--edit", action="append", default=[], type=Path, metavar="FILE.txt", help=edited)
    labelling.register(group(nouns, "labels", tr(N_("labels and codes to scan"))))
    listing.register(nouns)


def _add_options(printing: argparse.ArgumentParser) -> None:
    printing.add_argument("loan", nargs="*")
    before = tr(N_("before a tablet is known, for the pupils of a school or those named"))
    printing.add_argument("--before", action="store_true", help=before)
    promised = tr(N_("before a tablet is known, for the pupils to whom the campaign promised one"))
    printing.add_argument("--promised", action="store_true", help=promised)
    spare = tr(N_("so many blank agreements, each with a number of its own"))
    printing.add_argument("--spare", type=at_least_one, metavar="N", help=spare)
    printing.add_argument("--campaign", metavar="NAME")
    printing.add_argument("--school", metavar="UAI")
    printing.add_argument("--class", dest="class_name", metavar="C")
    printing.add_argument("--pupil", action="append", default=[], metavar="PUPIL", help=tr(N_("with --before")))
    per_school = tr(N_("one file a school, in the folder --out; stopped, it goes on when asked again"))
    printing.add_argument("--per-school", action="store_true", help=per_school)
    printing.add_argument("--reword", action="store_true", help=tr(N_("in the newest wording, also if printed before")))
    language = tr(N_("a language of the clauses; named again, one more copy in that language"))
    printing.add_argument("--language", action="append", default=[], metavar="L", help=language)
    printing.add_argument("--out", type=Path, required=True, metavar="FILE")
    printing.set_defaults(usage_error=printing.error)


def _print(context: Context) -> Answer:
    from tablet_loans.services import starting

    options = context.options
    _must_go_together(options)
    starting.give_way()
    with context.session() as session, context.progress(tr(N_("Agreements"))) as progress:
        if options.spare:
            return _spare(session, options, progress)
        if options.before or options.promised:
            return _before(session, options, progress)
        return _lent(session, options, progress)


def _must_go_together(options: Any) -> None:
    is_before = options.before or options.promised
    if is_before and options.loan:
        options.usage_error(tr(N_("--before prints for pupils, not for loans")))
    if options.pupil and not options.before:
        options.usage_error(tr(N_("--pupil goes with --before")))
    if options.pupil and (options.promised or options.per_school):
        options.usage_error(tr(N_("--pupil goes neither with --promised nor with --per-school")))
    chooses = is_before or options.loan or options.school or options.class_name or options.per_school or options.reword
    if options.spare and chooses:
        options.usage_error(tr(N_("--spare prints blank agreements, for no pupil and no loan")))


def _how(options: Any) -> Any:
    from tablet_loans.services.drafting import How

    return How(tuple(dict.fromkeys(options.language)) or (FRENCH,), options.reword)


def _lent(session: Session, options: Any, progress: Progress) -> Answer:
    from tablet_loans.services import agreeing, batching

    chosen = LoanFilter(
        school=options.school,
        campaign=options.campaign,
        class_name=options.class_name,
        is_open=True,
        numbers=tuple(number.strip().upper() for number in options.loan),
    )
    if options.per_school:
        return asdict(batching.print_loans(session, chosen, options.out, progress, _how(options)))
    return asdict(agreeing.print_agreements(session, chosen, options.out, progress, _how(options)).value)


def _before(session: Session, options: Any, progress: Progress) -> Answer:
    from tablet_loans.services import agreeing, batching

    chosen = {
        "campaign": options.campaign,
        "school": options.school,
        "class_name": options.class_name,
        "is_promised": options.promised,
        "progress": progress,
        "how": _how(options),
    }
    if options.per_school:
        return asdict(batching.print_sheets(session, options.out, **chosen))
    pupils = _pupils(session, options.pupil)
    return asdict(agreeing.print_sheets(session, pupils=pupils, out=options.out, **chosen).value)


def _spare(session: Session, options: Any, progress: Progress) -> Answer:
    from tablet_loans.services import batching

    printed = batching.print_spare(
        session, options.spare, options.out, campaign=options.campaign, progress=progress, how=_how(options)
    )
    return asdict(printed.value)


def _pupils(session: Session, codes: list[str]) -> list[Any]:
    from tablet_loans.services import lending

    return [lending.pupil_known_as(session, code) for code in codes]


def _list(context: Context) -> Answer:
    from tablet_loans.services import agreeing

    options = context.options
    state = None if options.state is None else SignatureState(options.state)
    with context.session() as session:
        found = agreeing.listed(session, options.school, state)
    return {"rows": [_row(row) for row in found]}


def _row(row: AgreementRow) -> dict[str, object]:
    said = {"class" if name == "class_name" else name: value for name, value in asdict(row).items()}
    return said | {name: _moment(said[name]) for name in ("printed_at", "signed_at")}


def _moment(kept: str | None) -> datetime | None:
    return None if kept is None else datetime.fromisoformat(kept)


def _wording(context: Context) -> Answer:
    from tablet_loans.services import wording

    options = context.options
    with context.session() as session:
        if options.edit:
            clauses = [clause_from(_group(file), _text(file)) for file in options.edit]
            words = wording.edit(session, options.campaign, clauses, options.language).value
        elif options.version:
            words = wording.shown(session, options.campaign, options.version, options.language)
        else:
            words = wording.in_force(session, options.campaign, options.language)
    rows = [{"group": each.group.value, "title": each.title, "text": each.text} for each in words.clauses]
    return {"language": words.language, "version": words.version, "fields": list(FIELDS), "rows": rows}


def _group(file: Path) -> Group:
    """Return the group that a file is named after: 07_damage.txt, damage.txt. Raises: UnknownGroup."""
    try:
        return Group(file.stem.lstrip("0123456789").lstrip("_-. "))
    except ValueError:
        raise UnknownGroup(file=file.name, groups=", ".join(Group)) from None


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except FileNotFoundError as error:
        raise FileMissing(path=str(file)) from error
    except OSError as error:
        raise FileUnreadable(path=str(file), reason=reason_of(error)) from error
    except UnicodeDecodeError as error:
        raise FileUnreadable(path=str(file), reason=N_("it is not text in UTF-8")) from error
