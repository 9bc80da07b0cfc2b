"""What a command answers, and how it is said: one JSON document, or lines for a person."""

import dataclasses
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, TextIO

from tablet_loans.cli.labels import label, word
from tablet_loans.domain.errors import Refusal, TabletLoansError, Trouble, spoken_day
from tablet_loans.text import N_, tr

Answer = Mapping[str, object]

_WIDEST: Final = 60
_UNLABELLED: Final = ("sentence", "name", "fate", "change")


class AllRefused(dict[str, object]):
    """An answer that tells of refusals alone: nothing of what was asked was done."""


class Told(dict[str, object]):
    """An answer that a person reads as lines of its own, and a program by its keys."""

    def __init__(self, said: Answer, lines: Iterable[str]) -> None:
        super().__init__(said)
        self.lines = tuple(lines)


def plain(value: Any) -> Any:
    """Return a value that JSON can say: dates in ISO, dataclasses as objects."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def say(answer: Answer, *, as_json: bool, out: TextIO, is_dry_run: bool = False) -> int:
    """Write the answer on `out` and return the exit code."""
    if as_json:
        print(json.dumps(plain(answer), ensure_ascii=False), file=out)
    else:
        for line in lines(answer):
            print(line, file=out)
    if is_dry_run and not as_json:
        print(tr(N_("Dry run: nothing was written.")), file=out)
    return 1 if isinstance(answer, AllRefused) else 0


def refuse(error: TabletLoansError, *, as_json: bool) -> int:
    """Say what went wrong and return the exit code: 1 for a refusal, 3 for trouble."""
    kind = "refusal" if isinstance(error, Refusal) else "trouble"
    if as_json:
        document = {kind: type(error).__name__, "sentence": error.spoken(), "facts": plain(error.facts)}
        print(json.dumps(document, ensure_ascii=False), file=sys.stdout)
    else:
        print(error.spoken(), file=sys.stderr)
        problems = error.facts.get("problems")
        for problem in problems if isinstance(problems, list) else []:
            print(f"  {problem}", file=sys.stderr)
    return 3 if isinstance(error, Trouble) else 1


def lines(answer: Answer) -> Iterator[str]:
    """Yield what a person reads of an answer: lines of its own, a table of its rows, or a line for each key."""
    if isinstance(answer, Told):
        yield from answer.lines
    elif isinstance(rows := answer.get("rows"), Sequence):
        yield from _table(rows)
    else:
        yield from _lines(answer)


def _table(rows: Sequence[Mapping[str, object]]) -> Iterator[str]:
    if not rows:
        return
    table = [list(map(label, rows[0])), *(_cut([_cell(*each) for each in row.items()]) for row in rows)]
    widths = [max(len(line[place]) for line in table) for place in range(len(table[0]))]
    for line in table:
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()


def _cut(cells: list[str]) -> list[str]:
    """Return the cells of a line, each on one line and short enough for the next column to be seen but the last."""
    *before, last = ("".join(mark if mark.isprintable() or mark == "\n" else " " for mark in each) for each in cells)
    plain_cells = (" ".join(each.split("\n")) for each in before)
    return [*(each if len(each) <= _WIDEST else f"{each[: _WIDEST - 1]}…" for each in plain_cells), last]


def _lines(said: Mapping[str, object], indent: str = "") -> Iterator[str]:
    """Yield what an answer says a line each, and under it what it holds many of; what is empty is not said."""
    for key, value in said.items():
        if _is_empty(key, value):
            continue
        if _is_listed(value):
            yield indent + tr(N_("{label}:")).format(label=label(key))
            for each in value if isinstance(value, Sequence) else [value]:
                yield from _block(each, f"{indent}  ")
        elif key == "sentence":
            yield f"{indent}{value}"
        else:
            yield indent + tr(N_("{label}: {value}")).format(label=label(key), value=_cell(key, value))


def _block(each: Any, indent: str) -> Iterator[str]:
    """Yield one thing of many: what it is on a line, and under it what it holds many of."""
    said = _fields(each)
    yield indent + _cell("", {key: value for key, value in said.items() if not _is_listed(value)})
    yield from _lines({key: value for key, value in said.items() if _is_listed(value)}, f"{indent}  ")


def _is_listed(value: object) -> bool:
    """Say whether a value takes lines of its own: many things, or one that is no refusal."""
    if isinstance(value, list | tuple):
        return any(_is_thing(each) for each in value)
    return _is_thing(value) and "sentence" not in _fields(value)


def _is_thing(value: object) -> bool:
    return isinstance(value, Mapping) or dataclasses.is_dataclass(value)


def _fields(thing: Any) -> Mapping[str, object]:
    if isinstance(thing, Mapping):
        return thing
    return {field.name: getattr(thing, field.name) for field in dataclasses.fields(thing)}


def _is_empty(key: str, value: object) -> bool:
    if key == "line":
        return not value  # what is said of no line is said of the whole file
    return value is None or (key != "class" and value in ("", [], (), {}))


def _cell(key: str, value: object) -> str:
    """Return a value on one line, in the reader's words."""
    match value:
        case None:
            return ""
        case str():
            return word(key, str(value))
        case bool():
            return tr(N_("yes")) if value else tr(N_("no"))
        case datetime():
            moment = value.astimezone()
            return f"{spoken_day(moment)} {moment:%H:%M}"
        case date():
            return spoken_day(value)
        case list() | tuple() | set() | frozenset():
            return ", ".join(_cell(key, each) for each in value)
        case _ if _is_thing(value):
            said = _fields(value)
            if "refusal" in said or "trouble" in said:
                return str(said.get("sentence", ""))
            return " · ".join(_part(each, said[each]) for each in said if not _is_empty(each, said[each]))
        case _:
            return str(value)


def _part(key: str, value: object) -> str:
    cell = _cell(key, value)
    return cell if key in _UNLABELLED else tr(N_("{label}: {value}")).format(label=label(key), value=cell)
