"""What every command shares: its options, its session, its progress, and how words become dates."""

import argparse
import getpass
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from tqdm import tqdm

from tablet_loans import paths, text
from tablet_loans.cli.answer import Answer
from tablet_loans.services import opening
from tablet_loans.services.session import Progress, Session
from tablet_loans.text import N_, tr

_MOST = 10_000_000
Command = Callable[["Context"], Answer]


@dataclass(slots=True)
class Context:
    """One call of the program."""

    options: argparse.Namespace

    @property
    def url(self) -> str:
        """Return the base's address."""
        return str(self.options.database)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Give a session in the base, closed at the end."""
        opened = opening.open_session(self.url, user=self.options.user, ask_key=asked_key)
        with opening.closing(opened):
            yield opened

    @contextmanager
    def progress(self, what: str) -> Iterator[Progress]:
        """Show a progress bar on a terminal's standard error."""
        with tqdm(desc=what, disable=not sys.stderr.isatty(), leave=False, file=sys.stderr) as bar:

            def report(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            yield Progress(report=report)


def asked_key() -> str:
    """Return the recovery phrase or key typed at the prompt, never shown."""
    return getpass.getpass(tr(N_("Recovery phrase: "))) if sys.stdin.isatty() else sys.stdin.readline()


def a_date(text: str) -> date:
    """Return a date given as 2026-07-03 or 03/07/2026. Raises: argparse.ArgumentTypeError."""
    try:
        day, slash, rest = text.partition("/")
        return date.fromisoformat("-".join(reversed([day, *rest.split("/")])) if slash else text)
    except ValueError:
        raise argparse.ArgumentTypeError(tr(N_("{text} is not a date: 2026-07-03")).format(text=text)) from None


def at_least_one(text: str) -> int:
    """Return a whole number of 1 or more. Raises: argparse.ArgumentTypeError."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:10]) <= _MOST or len(text) > 10:
        raise argparse.ArgumentTypeError(tr(N_("{text} is not a whole number of 1 or more")).format(text=text))
    return int(text)


def a_mapping(text: str) -> tuple[str, str]:
    """Return a COLUMN=FIELD pair. Raises: argparse.ArgumentTypeError."""
    column, equals, field = text.rpartition("=")
    if not (equals and column and field):
        raise argparse.ArgumentTypeError(tr(N_("{text} is not COLUMN=FIELD")).format(text=text))
    return column, field


def shared_options(*, with_defaults: bool) -> argparse.ArgumentParser:
    """Return the options that stand before or after any command."""
    parser = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    given: dict[str, object] = {"database": paths.default_database(), "user": None, "as_json": False, "lang": None}
    if with_defaults:
        parser.set_defaults(**given)
    parser.add_argument("--database", metavar="PATH|URL", help=tr(N_("the base: a file or postgresql://…")))
    parser.add_argument("--user", metavar="NAME", help=tr(N_("who acts")))
    parser.add_argument("--json", action="store_true", dest="as_json", help=tr(N_("answer in JSON")))
    parser.add_argument("--lang", choices=text.LANGUAGES, help=tr(N_("language of the sentences")))
    return parser


def command(nouns: Any, name: str, run: Command, doc: str) -> argparse.ArgumentParser:
    """Register one command and return its parser."""
    shared = [shared_options(with_defaults=False)]
    parser: argparse.ArgumentParser = nouns.add_parser(name, help=doc, description=doc, parents=shared)
    parser.set_defaults(run=run)
    return parser


def group(nouns: Any, name: str, doc: str) -> Any:
    """Register a noun with commands of its own and return their place."""
    parser = nouns.add_parser(name, help=doc, description=doc)
    return parser.add_subparsers(dest="verb", metavar="COMMAND", required=True)
