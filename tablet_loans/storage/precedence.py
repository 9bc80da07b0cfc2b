"""Precedence: long work asks, before each of its turns, whether somebody is being served, and lets them go first.

A file of eight bytes beside the base, seen by every process, says until when. Nobody holds it and nobody must free it:
what a killed process claimed is over a moment later, and what lies further ahead
is of before the machine was started. A server needs none of this, for there only rows are waited for.
"""

import struct
from contextlib import suppress
from mmap import mmap
from pathlib import Path
from time import monotonic_ns, sleep
from typing import Final

_CLAIM_NS: Final = 120_000_000  # longer than a scanner lets pass between two keys
_LONGEST_NS: Final = 250_000_000  # under scans without a pause, long work still goes on
_LOOK_S: Final = 0.001
_MOMENT: Final = struct.Struct("=q")


class Precedence:
    """Who goes first among the processes of one machine that write to the base at `path`."""

    def __init__(self, path: Path | None) -> None:
        """Take part in the precedence of a base in a file; on a server, there is none."""
        self._path = path and path.with_name(f"{path.name}.acts-first")
        self._until: mmap | None = None

    def claim(self) -> None:
        """Go first from now on, until `yield_` or a moment after the last claim."""
        self._write(monotonic_ns() + _CLAIM_NS)

    def yield_(self) -> None:
        """Let long work go on."""
        self._write(0)

    def let_pass(self) -> None:
        """Wait while somebody goes first, a quarter of a second at most."""
        if (until := self._opened()) is None:
            return
        patience = monotonic_ns() + _LONGEST_NS
        while (now := monotonic_ns()) < patience and 0 < _MOMENT.unpack_from(until)[0] - now <= _CLAIM_NS:
            sleep(_LOOK_S)

    def _write(self, moment: int) -> None:
        if (until := self._opened()) is not None:
            _MOMENT.pack_into(until, 0, moment)

    def _opened(self) -> mmap | None:
        """Return the eight bytes, or None where nothing can be written beside the base."""
        if self._until is None and self._path is not None:
            with suppress(OSError, ValueError):
                with self._path.open("ab") as file:
                    file.truncate(_MOMENT.size)
                with self._path.open("r+b") as file:
                    self._until = mmap(file.fileno(), _MOMENT.size)
        return self._until
