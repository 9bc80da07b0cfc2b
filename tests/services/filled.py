"""A workbook as a school fills it in: the cells of its sheet changed, sorted or deleted, nothing else of the file."""

import shutil
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path

from lxml import etree

from tablet_loans.domain import workbook as layout

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_SHEET = "xl/worksheets/sheet1.xml"
_STRINGS = "xl/sharedStrings.xml"
_LETTERS = dict(zip(layout.TITLES, "ABCDEFGHI", strict=True))
TITLE_LINE = 9


class FilledSheet:
    """The sheet of a workbook, its lines by number and its columns by title."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            self._parts = {name: archive.read(name) for name in archive.namelist()}
        self._tree = etree.fromstring(self._parts[_SHEET])
        texts = [_text(each) for each in etree.fromstring(self._parts[_STRINGS])]
        for cell in [cell for cell in self._tree.iter(f"{_MAIN}c") if cell.get("t") == "s"]:
            _write(cell, texts[int(_text(cell))])

    def text(self, line: int, title: str) -> str:
        """Return the text of a cell."""
        return _text(self._cell(line, _LETTERS[title]))

    def line_of(self, name: str) -> int:
        """Return the line of the pupil with this name."""
        return next(line for line in self.lines() if self.text(line, layout.NAME) == name)

    def lines(self) -> list[int]:
        """Return the lines of pupils, without the spare ones."""
        marks = {int(cell.get("r", "")[1:]): _text(cell) for cell in self._tree.iter(f"{_MAIN}c")
                 if cell.get("r", "").startswith("A")}  # fmt: skip
        return [line for line, mark in marks.items() if line > TITLE_LINE and mark not in ("", layout.SPARE)]

    def spare(self) -> int:
        """Return the first free line."""
        return max(self.lines()) + 1

    def write(self, line: int, **said: str) -> "FilledSheet":
        """Write text into cells, named by the constants of the layout, as a spreadsheet does."""
        for name, text in said.items():
            self.put(line, _LETTERS[getattr(layout, name)], text)
        return self

    def fill(self, title: str, text: str) -> None:
        """Write the same text for every pupil."""
        wanted = {f"{_LETTERS[title]}{line}" for line in self.lines()}
        for cell in [cell for cell in self._tree.iter(f"{_MAIN}c") if cell.get("r") in wanted]:
            _write(cell, text)

    def put(self, line: int, letter: str, text: str) -> None:
        """Write text into a cell by its column's letter."""
        _write(self._cell(line, letter), text)

    def put_number(self, line: int, title: str, number: float) -> None:
        """Write a number, which a date is too, into a cell."""
        cell = self._cell(line, _LETTERS[title])
        for child in list(cell):
            cell.remove(child)
        if "t" in cell.attrib:
            del cell.attrib["t"]
        etree.SubElement(cell, f"{_MAIN}v").text = str(number)

    def delete(self, line: int) -> None:
        """Empty a line altogether."""
        self._tree.find(f"{_MAIN}sheetData").remove(self._row(line))  # type: ignore[union-attr]

    def sort(self, key: Callable[[Mapping[str, str]], str]) -> None:
        """Sort the lines of pupils, as a person who unprotected the sheet does."""
        lines = self.lines()
        said = {line: {title: self.text(line, title) for title in layout.TITLES} for line in lines}
        cells = {line: [deepcopy(cell) for cell in self._row(line)] for line in lines}
        for line, source in zip(lines, sorted(lines, key=lambda line: key(said[line]), reverse=True), strict=True):
            row = self._row(line)
            for cell in list(row):
                row.remove(cell)
            for cell in cells[source]:
                cell.set("r", f"{cell.get('r', '')[0]}{line}")
                row.append(cell)

    def save(self, path: Path) -> Path:
        """Write the file and return its path."""
        parts = {**self._parts, _SHEET: etree.tostring(self._tree, xml_declaration=True, encoding="UTF-8")}
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        return path

    def _rows(self) -> list[etree._Element]:
        return self._tree.findall(f".//{_MAIN}row")

    def _row(self, line: int) -> etree._Element:
        return next(row for row in self._rows() if row.get("r") == str(line))

    def _cell(self, line: int, letter: str) -> etree._Element:
        row = self._row(line)
        found = next((cell for cell in row if cell.get("r") == f"{letter}{line}"), None)
        return etree.SubElement(row, f"{_MAIN}c", {"r": f"{letter}{line}"}) if found is None else found


def _text(element: etree._Element) -> str:
    return "".join(map(str, element.itertext()))


def _write(cell: etree._Element, text: str) -> None:
    for child in list(cell):
        cell.remove(child)
    cell.set("t", "inlineStr")
    etree.SubElement(etree.SubElement(cell, f"{_MAIN}is"), f"{_MAIN}t").text = text


def office() -> str | None:
    """Return LibreOffice's command when it is installed."""
    return shutil.which("soffice")


def saved_by_office(path: Path, ending: str, folder: Path) -> Path:
    """Return the file as LibreOffice saves it in another form: xlsx or ods."""
    home = folder / "office"
    command = [str(office()), f"-env:UserInstallation={home.as_uri()}", "--headless", "--convert-to", ending]
    subprocess.run([*command, "--outdir", str(folder), str(path)], check=True, capture_output=True, timeout=120)
    return folder / f"{path.stem}.{ending}"
