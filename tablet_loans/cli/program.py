"""The program of the command line: its words read, one command run, its answer said."""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from tablet_loans import __version__, logs, paths, text
from tablet_loans.cli import (
    allocation,
    answer,
    bases,
    campaigns,
    counter,
    files,
    households,
    letters,
    lists,
    mail,
    mdm,
    needs,
    packing,
    plans,
    schools,
)
from tablet_loans.cli.context import Context, shared_options
from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.trouble import FileTrouble, ProgramFault, reason_of
from tablet_loans.text import N_, tr


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 refused, 2 usage, 3 trouble, 130 stopped with Ctrl+C."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    _speak_utf8()
    text.set_language(_asked_language(words) or text.system_language(), paths.catalogues())
    logs.start()
    _Parser.speaks_json = "--json" in words
    parser = _parser()
    if any(mark == "\0" or "\ud800" <= mark <= "\udfff" for word in words for mark in word):
        parser.error(tr(N_("a word holds a sign that cannot be read")))
    options = parser.parse_args(words)
    try:
        said = options.run(Context(options))
    except TabletLoansError as error:
        logs.LOG.info("%s: %s", options.command, type(error).__name__)
        return answer.refuse(error, as_json=options.as_json)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return _quiet_exit(0)
    except OSError as error:
        trouble = FileTrouble(path=str(error.filename or ""), reason=reason_of(error))
        return answer.refuse(trouble, as_json=options.as_json)
    except Exception:
        logs.LOG.exception("%s: a bug", options.command)
        return answer.refuse(ProgramFault(), as_json=options.as_json)
    try:
        is_dry_run = getattr(options, "dry_run", False)
        code = answer.say(said, as_json=options.as_json, out=sys.stdout, is_dry_run=is_dry_run)
        sys.stdout.flush()
    except BrokenPipeError:
        return _quiet_exit(0)
    except OSError:
        return _quiet_exit(3)
    return code


def _quiet_exit(code: int) -> int:
    """Leave without a word when nobody can read the answer: a pipe closed, a disk full."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def _speak_utf8() -> None:
    """Answer in UTF-8 whatever the terminal's code page; a sign it cannot show becomes a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")


def _asked_language(words: Sequence[str]) -> str | None:
    """Return what --lang says, before any help is spoken."""
    for place, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name == "--lang":
            found = value if equals else next(iter(words[place + 1 :]), "")
            return found if found in text.LANGUAGES else None
    return None


class _Parser(argparse.ArgumentParser):
    """A parser whose usage errors are a JSON document too when that was asked for."""

    speaks_json = False

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the words, and exit with 2."""
        if _Parser.speaks_json:
            answer.say({"usage": message}, as_json=True, out=sys.stdout)
        super().error(message)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="tablet-loans",
        description=tr(N_("Lend tablets to the pupils who have no equipment at home.")),
        parents=[shared_options(with_defaults=True)],
    )
    parser.add_argument("--version", action="version", version=f"tablet-loans {__version__}")
    nouns = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for noun in (
        bases,
        campaigns,
        counter,
        files,
        lists,
        schools,
        needs,
        households,
        allocation,
        plans,
        packing,
        letters,
        mail,
        mdm,
    ):
        noun.register(nouns)
    return parser
