"""The house is a test like another: its contracts, its sizes, its sentences."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tablet_loans import paths

ROOT = Path(__file__).parent.parent
CODE = [*(ROOT / "tablet_loans").rglob("*.py"), *(ROOT / "ui").rglob("*.py")]


def test_imports_point_down() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_file_outgrows_its_room() -> None:
    long = {str(path): count for path in CODE if (count := len(path.read_text("utf-8").splitlines())) > 400}
    assert not long


def test_no_function_outgrows_a_page() -> None:
    long = [
        f"{path.name}:{node.lineno} {node.name}"
        for path in CODE
        if "migrations" not in path.parts
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno > 60
    ]
    assert not long


def test_every_public_function_says_what_the_caller_gets() -> None:
    silent = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in CODE
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not silent


def test_no_room_has_a_vague_name() -> None:
    vague = re.compile(r"utils|helpers|manager|handler|data$|info$")
    assert not [path for path in CODE if vague.search(path.stem)]


def _sentences() -> Iterator[tuple[str, str]]:
    keywords = {"N_": None, "tr": None, "trn": (1, 2)}
    for folder in ("tablet_loans", "ui"):
        for file, _line, message, _comments, _context in extract_from_dir(str(ROOT / folder), keywords=keywords):
            for text in (message,) if isinstance(message, str) else message[:1]:
                if text:
                    yield f"{folder}/{file}", text


def _french() -> dict[str, tuple[str, ...]]:
    """Return each sentence's French forms, by its English singular."""
    with (paths.catalogues() / "fr" / "LC_MESSAGES" / "tablet_loans.po").open("rb") as catalogue:
        return {
            _forms(message.id)[0]: _forms(message.string) for message in read_po(catalogue, locale="fr") if message.id
        }


def _forms(text: Any) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def test_every_sentence_has_its_french() -> None:
    french = _french()
    assert not [f"{file}: {text}" for file, text in _sentences() if not all(french.get(text, ("",)))]


def test_a_french_sentence_keeps_the_facts_of_the_english_one() -> None:
    field = re.compile(r"{(\w+)}")
    for english, forms in _french().items():
        for form in forms:
            assert set(field.findall(form)) == set(field.findall(english)), english


def test_each_folder_of_tests_is_a_package() -> None:
    folders = {path.parent for path in (ROOT / "tests").rglob("*.py")}
    assert not [folder for folder in folders if not (folder / "__init__.py").exists()]
