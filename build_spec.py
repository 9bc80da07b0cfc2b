"""Set up, run, test and measure tablet-loans the same way on every system: `python build_spec.py VERB`."""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import os
import re
import shutil
import subprocess
import sys
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT: Final = Path(__file__).resolve().parent
VENV: Final = ROOT / ".venv"
SCRIPTS: Final = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON: Final = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
STAMP: Final = VENV / "installed-for"
LOCK: Final = ROOT / "requirements.lock"
PROJECT: Final = ROOT / "pyproject.toml"
CATALOGUES: Final = ROOT / "resources" / "locale"
DEMO: Final = ROOT / "demo"
DEMO_BASE: Final = DEMO / "demo.sqlite"
OLDEST_PYTHON: Final = (3, 11)

QT_LIBRARIES: Final = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libpulse.so.0": "libpulse0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
"""What Qt loads on Linux beyond its own wheel, and the Debian package of each."""

SCREEN_PROGRAMS: Final = {"Xvfb": "xvfb", "setxkbmap": "x11-xkb-utils", "xdotool": "xdotool"}
"""With what the tests open real windows and strike real keys on Linux, and the Debian package of each."""

CHECKS: Final = {
    "ruff check": (PYTHON, "-m", "ruff", "check", "."),
    "ruff format": (PYTHON, "-m", "ruff", "format", "--check", "."),
    "mypy": (PYTHON, "-m", "mypy"),
    "lint-imports": (SCRIPTS / "lint-imports", "--no-logo"),
    "pytest": (PYTHON, "-m", "pytest"),
}


class Stop(Exception):
    """The work cannot go on; its one sentence says why, and what to do."""


def say(sentence: str) -> None:
    """Print one line now, in its place among the lines of the commands around it."""
    print(sentence, flush=True)


def succeeds(*command: str | Path, environment: dict[str, str] | None = None) -> bool:
    """Tell whether `command`, run in the project's folder with nothing to read, ends well."""
    around = {**os.environ, **(environment or {})}
    try:
        ended = subprocess.run(command, cwd=ROOT, env=around, stdin=subprocess.DEVNULL, check=False)
    except OSError as trouble:
        say(f"{Path(command[0]).name} cannot be started: {trouble.strerror}.")
        return False
    return ended.returncode == 0


def must(*command: str | Path, otherwise: str, environment: dict[str, str] | None = None) -> None:
    """Run `command`. Raises: Stop, with the sentence `otherwise`, when it fails."""
    if not succeeds(*command, environment=environment):
        raise Stop(otherwise)


def setup() -> None:
    """Make `.venv` hold exactly what this checkout needs, and the catalogues match their sources."""
    if read_stamp() != wanted_stamp():
        make_environment()
        install()
        STAMP.write_text(wanted_stamp(), encoding="utf-8")
    provide_qt_libraries()
    check_qt()
    compile_catalogues()
    must(PYTHON, "-m", "compileall", "-q", "tablet_loans", "ui", otherwise="The program could not be compiled.")


def wanted_stamp() -> str:
    """Return this folder and the digest of what is to be installed, a line each."""
    digest = hashlib.sha256(LOCK.read_bytes() + PROJECT.read_bytes()).hexdigest()
    return f"{ROOT}\n{digest}\n"


def read_stamp() -> str:
    """Return what the environment was installed for; nothing when it is absent, broken or unfinished."""
    return STAMP.read_text(encoding="utf-8") if PYTHON.exists() and STAMP.exists() else ""


def make_environment() -> None:
    """Make `.venv` anew, unless a whole one already belongs to this folder."""
    if read_stamp().startswith(f"{ROOT}\n"):
        return
    if find_spec("venv") is None or find_spec("ensurepip") is None:
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        raise Stop(f"This Python cannot make an environment; first run: {apt_line([package])}")
    say("Making .venv")
    must(sys.executable, "-m", "venv", "--clear", VENV, otherwise="The environment .venv could not be made.")


def install() -> None:
    """Install the locked packages, every file checked by its hash, then the project itself.

    The build tool comes first, from the lock too: pip's own build isolation would fetch it unchecked.
    """
    say("Installing the packages of requirements.lock (a few minutes the first time)")
    tool = VENV / "build-tool.lock"
    tool.write_text(locked_lines("setuptools"), encoding="utf-8")
    pip_install("--require-hashes", "-r", tool)
    pip_install("--require-hashes", "--no-build-isolation", "-r", LOCK)
    pip_install("--no-deps", "--no-build-isolation", "-e", ".")


def locked_lines(package: str) -> str:
    """Return the lines of the lock that pin `package`, hashes included."""
    found = re.search(rf"^{package}==(?:.*\\\n)*.*\n", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise Stop(f"requirements.lock does not name {package}; run: python build_spec.py lock")
    return found.group()


def pip_install(*what: str | Path) -> None:
    """Install into the environment, silent but for errors."""
    quietly = ("-qq", "--no-input", "--disable-pip-version-check")
    command = (PYTHON, "-m", "pip", "install", *quietly, *what)
    must(*command, otherwise="The packages could not be installed; pip says why above.")


def provide_qt_libraries() -> None:
    """Install the shared libraries that Qt misses on Debian or Ubuntu, or print the line that does."""
    missing = missing_qt_packages()
    if not missing or shutil.which("apt-get") is None:
        return
    if not apt_install(missing) or missing_qt_packages():
        say(f"Qt misses shared libraries; run: {apt_line(missing)}")


def missing_qt_packages() -> list[str]:
    """Return the Debian packages of the libraries that Qt needs and that do not load here."""
    if not sys.platform.startswith("linux"):
        return []
    return [package for library, package in QT_LIBRARIES.items() if not loads(library)]


def loads(library: str) -> bool:
    """Tell whether the system finds and loads a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def is_root() -> bool:
    """Tell whether we may write anywhere."""
    return sys.platform != "win32" and os.geteuid() == 0


def may_install() -> bool:
    """Tell whether system packages can be installed without asking anybody for a password."""
    if is_root():
        return True
    if shutil.which("sudo") is None:
        return False
    asked = subprocess.run(["sudo", "-n", "true"], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return asked.returncode == 0


def apt_install(packages: list[str]) -> bool:
    """Install Debian packages, where we may, and tell whether that ended well."""
    if not may_install():
        return False
    say(f"Installing {' '.join(packages)}")
    asking_nothing = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y")
    apt = asking_nothing if is_root() else ("sudo", "-n", *asking_nothing)
    succeeds(*apt, "update")
    return succeeds(*apt, "install", "--no-install-recommends", *packages)


def screen() -> None:
    """Install what the tests of real windows need, where we may; without it they are skipped."""
    missing = [package for program, package in SCREEN_PROGRAMS.items() if shutil.which(program) is None]
    if not missing or shutil.which("apt-get") is None or apt_install(missing):
        return
    say(f"The tests of real windows are skipped; to have them, run: {apt_line(missing)}")


def apt_line(packages: list[str]) -> str:
    """Return the one line that installs Debian packages."""
    return f"{'' if is_root() else 'sudo '}apt-get install -y {' '.join(packages)}"


def check_qt() -> None:
    """Make sure that Qt can be imported. Raises: Stop, with the loader's own reason."""
    tried = subprocess.run(
        [PYTHON, "-c", "import PySide6.QtGui, PySide6.QtWidgets"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if tried.returncode != 0:
        reason = (tried.stderr.strip().splitlines() or [f"code {tried.returncode}"])[-1]
        raise Stop(f"Qt does not load here: {reason}")


def compile_catalogues(*, even_fresh: bool = False) -> None:
    """Compile the gettext catalogues that are older than their sources, or all of them."""
    for source in sorted(CATALOGUES.glob("*/LC_MESSAGES/tablet_loans.po")):
        compiled = source.with_suffix(".mo")
        if even_fresh or not compiled.exists() or compiled.stat().st_mtime <= source.stat().st_mtime:
            command = (PYTHON, "-m", "babel.messages.frontend", "-q", "compile", "-i", source, "-o", compiled)
            must(*command, otherwise=f"{source.relative_to(ROOT)} could not be compiled.")


def catalogues() -> None:
    """Set up and compile every gettext catalogue."""
    setup()
    compile_catalogues(even_fresh=True)


def run() -> None:
    """Set up and open the window on a demonstration base; without a display, do the same day headless."""
    setup()
    make_demonstration()
    if has_display():
        desk = (SCRIPTS / "tablet-loans-desk", "--database", DEMO_BASE)
        must(*desk, otherwise="The window closed on an error.")
        return
    say("There is no display here: doing the same day without a window.")
    day = (PYTHON, "-m", "ui.headless", "--database", DEMO_BASE, "--out", DEMO)
    must(*day, otherwise="The day without a window failed.", environment=without_display())
    say("The agreements and the pictures of the screens are in demo/.")


def make_demonstration() -> None:
    """Make the demonstration base, whole or not at all, if there is none."""
    if DEMO_BASE.exists():
        return
    DEMO.mkdir(exist_ok=True)
    say("Making the demonstration base demo/demo.sqlite")
    sizes = ("--schools", "12", "--pupils", "4000", "--devices", "1200", "--seed", "2020")
    command = (SCRIPTS / "tablet-loans", "--database", DEMO_BASE, "demo", *sizes)
    try:
        must(*command, otherwise="The demonstration base could not be made.")
    except (Stop, KeyboardInterrupt):
        for left in DEMO.glob(f"{DEMO_BASE.name}*"):
            left.unlink()
        raise


def has_display() -> bool:
    """Tell whether a window can be seen here."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def without_display() -> dict[str, str]:
    """Return the environment in which Qt paints in memory, unless another is asked for."""
    return {"QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}


def test() -> None:
    """Set up, then lint, types, contracts and tests: each is run, and each must pass."""
    setup()
    failed = []
    for name, command in CHECKS.items():
        say(f"- {name}")
        if not succeeds(*command, environment=without_display()):
            failed.append(name)
    if failed:
        raise Stop(f"Failed: {', '.join(failed)}.")


def bench(name: str | None) -> None:
    """Set up and measure every promise, or the one called `name`."""
    setup()
    must(PYTHON, "-m", "benchmarks", *([name] if name else []), otherwise="A benchmark failed.")


def lock() -> None:
    """Write requirements.lock anew from pyproject.toml: every system, every hash, no address."""
    uv = shutil.which("uv")
    tool = (uv,) if uv else (PYTHON, "-m", "uv")
    every_system = ("--universal", "--python-version", "3.11", "--extra", "dev", "--generate-hashes")
    no_address = ("--no-emit-index-url", "--no-emit-find-links")
    header = ("--custom-compile-command", "python build_spec.py lock")
    options = ("--quiet", *every_system, *no_address, *header)
    command = (*tool, "pip", "compile", *options, PROJECT.name, "-o", LOCK.name)
    must(*command, otherwise="The lock could not be made (it needs uv: pip install uv).")


def parse(arguments: list[str]) -> Callable[[], None]:
    """Return what the command line asks for, ready to be called."""
    parser = argparse.ArgumentParser(prog="build_spec.py", description=__doc__)
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    for act in (run, test, bench, setup, screen, catalogues, lock):
        verb = verbs.add_parser(act.__name__, help=act.__doc__, description=act.__doc__)
        verb.set_defaults(act=act)
        if act is bench:
            verb.add_argument("name", metavar="NAME", nargs="?")
    chosen = vars(parser.parse_args(arguments))
    return partial(chosen.pop("act"), **chosen)


def main(arguments: list[str]) -> int:
    """Do what the command line asks and return the exit code."""
    if sys.version_info < OLDEST_PYTHON:
        running = ".".join(map(str, sys.version_info[:3]))
        print(f"Python {running} is too old: try `make run PYTHON=python3.11`, or newer.", file=sys.stderr)
        return 1
    act = parse(arguments)
    try:
        act()
    except (Stop, OSError) as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
