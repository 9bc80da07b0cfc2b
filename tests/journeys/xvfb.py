"""The real program on a screen of its own: Xvfb draws it, xdotool strikes the keys of its keyboard.

A scanner is a keyboard: it strikes places, and the computer's layout decides which characters they are. So keys
go by their number. For a character that the layout lacks, xdotool would remap a spare key, and the program would see
the map change in the middle of a scan: characters lost, or wrong.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
PATIENCE_S: Final = 60
SCAN_GAP_MS: Final = 300
"""The gap to set in the base: where the processors are busy, xdotool itself may rest longer than a scanner does."""
_PROGRAMS: Final = ("Xvfb", "xdotool", "setxkbmap")
_ROWS: Final = ((10, "1234567890-="), (24, "qwertyuiop[]"), (38, "asdfghjkl;'`"), (51, "\\zxcvbnm,./"))
_UPPER: Final = dict(zip('!@#$%^&*()_+{}:"~|<>?', "1234567890-=[];'`\\,./", strict=True))
_KEYS: Final = {
    **{mark: str(first + place) for first, row in _ROWS for place, mark in enumerate(row)},
    " ": "65",
    "\r": "36",
    "\t": "23",
    "\n": "104",
    "\x1d": "ctrl+35",
}
"""The number of the key of each character on an American keyboard, as evdev counts."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The window, open on its own screen, and the keyboard before it."""

    process: "subprocess.Popen[bytes]"
    around: dict[str, str]

    def scan(self, text: str, *, end: str = "\r", gap_ms: int = 2) -> None:
        """Strike the keys of a scanner set to an American keyboard, whatever the computer is set to."""
        self.strike(*map(_key, text + end), gap_ms=gap_ms)

    def type_by_hand(self, text: str) -> None:
        """Strike the keys of a text as slowly as a hand."""
        self.strike(*map(_key, text), gap_ms=2 * SCAN_GAP_MS)

    def strike(self, *keys: str, gap_ms: int = 12) -> None:
        """Strike keys that xdotool names, such as F2 or ctrl+z."""
        self._run("xdotool", "key", "--delay", str(gap_ms), *keys)

    def set_layout(self, layout: str) -> None:
        """Set the computer's keyboard: us, fr."""
        self._run("setxkbmap", layout)

    def scan_while_it_stalls(self, text: str, *, after: int) -> None:
        """Scan a code, and stop the program `after` some characters, as a busy system does, for half a second.

        All in one command: another would take longer to start than a scanner takes from key to key.
        """
        keys, kill = [_key(mark) for mark in f"{text}\r"], ("exec", "--sync", "--args", "3", "kill")
        key, number = ("key", "--delay", "2"), str(self.process.pid)
        stop, go_on = (*kill, "-STOP", number), ("sleep", "0.5", *kill, "-CONT", number)
        self._run("xdotool", *key, *keys[:after], *stop, *key, *keys[after:], *go_on)

    def wait_for_window(self, name: str = "Tablet Loans") -> None:
        """Come back once a window of that name is there and has the keyboard."""
        found = ("xdotool", "search", "--onlyvisible", "--name", name)
        until(lambda: self.process.poll() is not None or self._succeeds(*found))
        assert self.process.poll() is None, "the program ended before its window came: see desk.log and its own log"
        self._run(*found, "windowfocus", "--sync")

    def leave(self, name: str) -> None:
        """Strike Escape as a person does, again when it only emptied a field, until no window of that name is there."""
        end = monotonic() + PATIENCE_S
        while self._succeeds("xdotool", "search", "--onlyvisible", "--name", name):
            assert monotonic() < end, f"{name} is still there"
            self.strike("Escape")
            Event().wait(1)

    def _succeeds(self, *command: str) -> bool:
        return subprocess.run(command, env=self.around, check=False, capture_output=True).returncode == 0

    def _run(self, *command: str) -> None:
        subprocess.run(command, env=self.around, check=True, timeout=PATIENCE_S, stdout=subprocess.DEVNULL)


def until(is_so: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    """Wait until it is so, and fail when it takes too long."""
    end, pause = monotonic() + patience_s, Event()
    while not is_so():
        assert monotonic() < end, f"not so after {patience_s} s"
        pause.wait(0.02)


@contextmanager
def desk(folder: Path, base: str, *, language: str = "fr") -> Iterator[Desk]:
    """Open the program's window on a base; what it says on its way goes to desk.log in the folder."""
    with _screen() as name, (folder / "desk.log").open("wb") as log:
        around = {**os.environ, "DISPLAY": name, "QT_QPA_PLATFORM": "xcb"}
        command = (sys.executable, "-m", "ui", "--database", base, "--lang", language)
        with subprocess.Popen(command, cwd=ROOT, env=around, stdout=log, stderr=log) as process:
            opened = Desk(process, around)
            try:
                opened.wait_for_window()
                yield opened
            finally:
                process.kill()


@contextmanager
def _screen() -> Iterator[str]:
    """Start an X server of 1280x800 on a number of its choice, and return its name."""
    if missing := [program for program in _PROGRAMS if shutil.which(program) is None]:
        pytest.skip(f"No window can be opened here: {', '.join(missing)} cannot be had (apt-get install xvfb xdotool).")
    told, number = os.pipe()
    command = ("Xvfb", "-displayfd", str(number), "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset")
    with subprocess.Popen(command, pass_fds=[number], stderr=subprocess.DEVNULL) as server:
        os.close(number)
        try:
            with os.fdopen(told) as answer:
                yield f":{answer.readline().strip()}"
        finally:
            server.terminate()


def _key(mark: str) -> str:
    if mark in _KEYS:
        return _KEYS[mark]
    return f"shift+{_KEYS[_UPPER.get(mark) or mark.lower()]}"
