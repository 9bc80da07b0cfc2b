"""What a command answers, and how it is said: one JSON document, or lines for a person."""

import dataclasses
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TextIO

from tablet_loans.domain.errors import Refusal, TabletLoansError, Trouble

Answer = Mapping[str, object]


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


def say(answer: Answer, *, as_json: bool, out: TextIO) -> None:
    """Write the answer on `out`."""
    if as_json:
        print(json.dumps(plain(answer), ensure_ascii=False), file=out)
    elif isinstance(rows := answer.get("rows"), Sequence):
        _table([plain(row) for row in rows], out)
    else:
        for name, value in answer.items():
            print(f"{name}: {_cell(plain(value))}", file=out)


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


def _table(rows: Sequence[Mapping[str, object]], out: TextIO) -> None:
    if not rows:
        return
    table = [list(rows[0]), *([_cell(value) for value in row.values()] for row in rows)]
    widths = [max(len(line[place]) for line in table) for place in range(len(table[0]))]
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip(), file=out)


def _cell(value: object) -> str:
    if isinstance(value, list):
        return (
            "".join(f"\n  {_cell(each)}" for each in value)
            if value and isinstance(value[0], dict)
            else ", ".join(map(str, value))
        )
    if isinstance(value, dict):
        return " · ".join(f"{name} {each}" for name, each in value.items())
    return "" if value is None else str(value)
