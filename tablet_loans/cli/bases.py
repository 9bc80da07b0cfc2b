"""init, recovery, upgrade, demo, backup, restore, check, log: the base itself."""

import sys
from pathlib import Path
from typing import Any

from tablet_loans import logs
from tablet_loans.cli.answer import Answer
from tablet_loans.cli.context import Context, asked_key, at_least_one, command, group
from tablet_loans.domain.trouble import FileTrouble, reason_of
from tablet_loans.services import checking, opening
from tablet_loans.text import N_, tr


def register(nouns: Any) -> None:
    """Register the commands."""
    init = command(nouns, "init", _init, tr(N_("create the base")))
    init.add_argument("--no-encryption", action="store_true", help=tr(N_("a plain file, for no real pupil")))
    init.add_argument("--prompt", action="store_true", help=tr(N_("keep the key nowhere, ask for it each time")))
    recovery = group(nouns, "recovery", tr(N_("the recovery phrase")))
    command(recovery, "confirm", _confirm, tr(N_("type the recovery phrase back")))
    upgrade = command(nouns, "upgrade", _upgrade, tr(N_("bring the base to this version, a copy made first")))
    upgrade.add_argument("--no-encryption", action="store_true", help=tr(N_("a plain copy of a server's base")))
    demo = command(nouns, "demo", _demo, tr(N_("make a demonstration base")))
    for name, default in (("schools", 12), ("pupils", 4_000), ("devices", 1_200), ("seed", 2020)):
        demo.add_argument(f"--{name}", type=at_least_one, default=default, metavar="N")
    backup = command(nouns, "backup", _backup, tr(N_("copy the base into a file, verified")))
    backup.add_argument("file", type=Path)
    backup.add_argument("--no-encryption", action="store_true", help=tr(N_("a plain copy of a server's base")))
    restore = command(nouns, "restore", _restore, tr(N_("make the base from a copy")))
    restore.add_argument("file", type=Path)
    command(nouns, "check", _check, tr(N_("verify the base and its ledger")))
    log = group(nouns, "log", tr(N_("the program's log")))
    save = command(log, "save", _save_log, tr(N_("save the last lines as a report")))
    save.add_argument("file", type=Path)


def _init(context: Context) -> Answer:
    options = context.options
    made = opening.create_base(context.url, is_encrypted=not options.no_encryption, keeps_key=not options.prompt)
    is_confirmed = made.phrase is None or _typed_back(context, made.phrase)
    if not made.is_encrypted and not options.as_json:
        print(tr(N_("This base is not encrypted by the program.")), file=sys.stderr)
    return {"path": made.path, "encrypted": made.is_encrypted, "recovery_confirmed": is_confirmed}


def _typed_back(context: Context, phrase: str) -> bool:
    """Show the phrase once; on a terminal, ask for it at once."""
    print(tr(N_("Recovery phrase, to be written on paper and kept in a safe:")), file=sys.stderr)
    print(f"\n    {phrase}\n", file=sys.stderr)
    if not sys.stdin.isatty():
        print(tr(N_("Then run “tablet-loans recovery confirm”.")), file=sys.stderr)
        return False
    with opening.closing(opening.open_session(context.url, user=context.options.user, key=phrase)) as session:
        opening.confirm_recovery(session, asked_key())
    return True


def _confirm(context: Context) -> Answer:
    with context.session() as session:
        opening.confirm_recovery(session, asked_key())
    return {"recovery_confirmed": True}


def _upgrade(context: Context) -> Answer:
    with context.progress(tr(N_("Copy"))) as progress:
        done = opening.upgrade(
            context.url,
            user=context.options.user,
            ask_key=asked_key,
            copy_is_plain=context.options.no_encryption,
            progress=progress,
        )
    return {"versions": done.versions, "copy": done.copy}


def _demo(context: Context) -> Answer:
    from tablet_loans.services import demonstrating

    options = context.options
    with (
        opening.closing(opening.demonstration_session(context.url, options.user)) as session,
        context.progress(tr(N_("Demonstration"))) as progress,
    ):
        receipt = demonstrating.fill(
            session,
            schools=options.schools,
            pupils=options.pupils,
            devices=options.devices,
            seed=options.seed,
            progress=progress,
        )
    return {"database": opening.shown(context.url), "counts": receipt.value}


def _backup(context: Context) -> Answer:
    with context.session() as session, context.progress(tr(N_("Copy"))) as progress:
        rows = opening.back_up(session, context.options.file, is_plain=context.options.no_encryption, progress=progress)
    return {"rows_copied": rows, "file": str(context.options.file)}


def _restore(context: Context) -> Answer:
    with context.progress(tr(N_("Copy"))) as progress:
        rows = opening.restore(context.url, context.options.file, ask_key=asked_key, progress=progress)
    return {"rows_copied": rows, "database": opening.shown(context.url)}


def _check(context: Context) -> Answer:
    with context.session() as session, context.progress(tr(N_("Check"))) as progress:
        sound = checking.check(session, progress)
    return {
        "sound": True,
        "stations": sound.stations,
        "lines": sound.lines,
        "erased": sound.erased,
        "heads": sound.heads,
        "problems": [],
    }


def _save_log(context: Context) -> Answer:
    out: Path = context.options.file
    if out.suffix.lower() not in (".txt", ".log"):
        raise FileTrouble(path=str(out), reason=N_("its name must end in .txt or .log"))
    try:
        return {"lines": logs.save_report(out), "file": str(out)}
    except OSError as error:
        raise FileTrouble(path=str(out), reason=reason_of(error)) from error
