"""mail: letters to families by mail, sent through the authority's server or written as drafts."""

import getpass
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from tablet_loans.cli.answer import Answer, Told, lines
from tablet_loans.cli.context import Context, at_least_one, command, group
from tablet_loans.cli.letters import add_choice, choice_of
from tablet_loans.cli.lines import fitting, listed, read
from tablet_loans.domain.letter import LetterKind
from tablet_loans.domain.mail import MailServer, MessageRow, MessageState, Security
from tablet_loans.domain.trouble import FileMissing, FileUnreadable, NoPlaceForSecret, reason_of
from tablet_loans.text import N_, tr

_PORTS: Final = {Security.STARTTLS: 587, Security.SSL: 465, Security.NONE: 25}
_MOST_CERTIFICATES: Final = 2_000_000
_NAMED: Final = 6
_SEND: Final = "tablet-loans --json mail send … --dry-run"
_JOURNAL: Final = "tablet-loans --json mail journal"


def register(nouns: Any) -> None:
    """Register the commands."""
    mail = group(nouns, "mail", tr(N_("letters to families by mail")))
    sending = command(mail, "send", _send, tr(N_("mail reminders, recalls, damage and loss notices")))
    again = tr(N_("also to those of whom it is not known whether the mail left; never twice within three days"))
    add_choice(sending, again)
    sending.add_argument("--dry-run", action="store_true", help=tr(N_("connect to nothing, say what would be sent")))
    pace = tr(N_("so many mails a minute at most (30)"))
    sending.add_argument("--per-minute", type=at_least_one, default=30, metavar="N", help=pace)
    files = command(mail, "files", _files, tr(N_("write the mails as .eml files, drafts that mail programs open")))
    add_choice(files)
    files.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    for parser in (sending, files):
        parser.add_argument("--attach", action="store_true", help=tr(N_("with the letter as a PDF")))
    _register_server(mail)
    journal = command(mail, "journal", _journal, tr(N_("list what was sent, printed and refused")))
    journal.add_argument("--state", choices=[state.value for state in MessageState])
    journal.add_argument("--loan", metavar="LOAN")


def _register_server(mail: Any) -> None:
    connect = command(mail, "connect", _connect, tr(N_("set the mail server, tried first; its password is asked for")))
    connect.add_argument("--host", metavar="H")
    connect.add_argument("--port", type=at_least_one, metavar="P", help="587, 465 (ssl)")
    login = tr(N_("the user at the mail server; none when it asks for none"))
    connect.add_argument("--login", default="", metavar="U", help=login)
    connect.add_argument("--from", dest="sender", metavar="ADDRESS", help=tr(N_("the address mails come from")))
    plain = tr(N_("none: only for a server on this computer"))
    securities = [security.value for security in Security]
    connect.add_argument("--security", choices=securities, default=Security.STARTTLS.value, help=plain)
    trusted = tr(N_("the certificate authorities to trust instead of the computer’s, in PEM"))
    connect.add_argument("--ca", type=Path, metavar="FILE", help=trusted)
    connect.add_argument("--forget", action="store_true", help=tr(N_("forget the server and its password")))
    connect.set_defaults(usage_error=connect.error)
    test = command(mail, "test", _test, tr(N_("send a test mail")))
    test.add_argument("--to", required=True, metavar="ADDRESS")


def _send(context: Context) -> Answer:
    from tablet_loans.services import mailing

    options = context.options
    chosen = replace(choice_of(options), is_again=False)
    with context.session() as session, context.progress(tr(N_("Mails"))) as progress:
        receipt = mailing.send(
            session, LetterKind(options.kind), chosen, _how(options), _asked_password, progress=progress
        )
    told = asdict(receipt.value)
    if options.as_json:
        return {**told, "ledger": receipt.ledger_id or None}
    return Told(told, _lines_of(told, is_dry_run=options.dry_run))


def _lines_of(told: dict[str, Any], *, is_dry_run: bool) -> Iterator[str]:
    """Yield what a person reads of mails sent, or of those that would be."""
    counts = {name: value for name, value in told.items() if name not in {"sent", "to_send"}}
    summed: dict[str, object] = {"mails": len(told["to_send"])} if is_dry_run else {"sent": told["sent"]}
    summed |= {name: _shortened(value) for name, value in counts.items() if value}
    yield from fitting(lines(summed))
    if told["to_send"]:
        yield from listed(told["to_send"], _SEND)


def _files(context: Context) -> Answer:
    from tablet_loans.services import mail_drafting

    options = context.options
    with context.session() as session, context.progress(tr(N_("Mails"))) as progress:
        receipt = mail_drafting.write_files(
            session, LetterKind(options.kind), choice_of(options), options.out, _how(options), progress
        )
    said = asdict(receipt.value)
    if options.as_json:
        return {**said, "ledger": receipt.ledger_id}
    return read({name: _shortened(value) for name, value in said.items()})


def _how(options: Any) -> Any:
    from tablet_loans.services.mail_drafting import PER_MINUTE, How

    return How(
        language=options.language,
        per_minute=getattr(options, "per_minute", PER_MINUTE),
        is_attached=options.attach,
        is_again=options.again,
        is_dry_run=getattr(options, "dry_run", False),
    )


def _connect(context: Context) -> Answer:
    from tablet_loans.services import mail_connecting

    options = context.options
    if options.forget:
        with context.session() as session:
            mail_connecting.forget(session)
        return {"host": None, "sentence": tr(N_("The mail server and its password are forgotten."))}
    if not options.host or not options.sender:
        options.usage_error(tr(N_("--host and --from are needed")))
    security = Security(options.security)
    asked = MailServer(
        host=options.host,
        port=options.port or _PORTS[security],
        user=options.login,
        sender=options.sender,
        security=security,
        authority_pem="" if options.ca is None else _certificates(options.ca),
    )
    with context.session() as session:
        done = mail_connecting.connect(session, asked, _asked_password)
    said = {**asdict(done), "password_kept": done.is_password_kept}
    del said["is_password_kept"]
    if done.user and not done.is_password_kept:
        said["sentence"] = NoPlaceForSecret().spoken()
    return said


def _certificates(path: Path) -> str:
    """Return the certificates in a file. Raises: FileMissing, FileUnreadable."""
    wrong = FileUnreadable(path=str(path), reason=N_("the file of authorities holds no certificate"))
    try:
        if path.stat().st_size > _MOST_CERTIFICATES:
            raise wrong
        return path.read_text("ascii") or "\n"
    except FileNotFoundError as error:
        raise FileMissing(path=str(path)) from error
    except OSError as error:
        raise FileUnreadable(path=str(path), reason=reason_of(error)) from error
    except UnicodeDecodeError as error:
        raise wrong from error


def _test(context: Context) -> Answer:
    from tablet_loans.services import mail_connecting

    with context.session() as session:
        return asdict(mail_connecting.test(session, context.options.to, _asked_password))


def _journal(context: Context) -> Answer:
    from tablet_loans.services import mailing

    options = context.options
    state = None if options.state is None else MessageState(options.state)
    with context.session() as session:
        found = mailing.journal(session, state=state, loan=options.loan)
    said = {"rows": [asdict(row) for row in found], "undeliverable": _undeliverable(found)}
    if options.as_json:
        return said
    return Told(said, _journal_lines(said))


def _undeliverable(found: list[MessageRow]) -> int:
    return sum(row.state == MessageState.REFUSED for row in found)


def _journal_lines(said: dict[str, Any]) -> Iterator[str]:
    rows = [{**row, "reason": tr(row["reason"])} for row in said["rows"]]
    yield from listed(rows, _JOURNAL, tr(N_("No message matches.")))
    if said["undeliverable"]:
        yield from lines({"undeliverable": said["undeliverable"]})


def _shortened(value: object) -> object:
    """Return a value as a person reads it: of many loans the first, and how many more."""
    if not isinstance(value, tuple) or len(value) <= _NAMED:
        return value
    return (*value[:_NAMED], tr(N_("… and {count} more")).format(count=len(value) - _NAMED))


def _asked_password() -> str:
    """Return the password typed at the prompt, never shown."""
    if sys.stdin.isatty():
        return getpass.getpass(tr(N_("Password of the mail server: ")))
    return sys.stdin.readline().rstrip("\r\n")
