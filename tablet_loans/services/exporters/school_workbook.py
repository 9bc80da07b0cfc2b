"""The school workbook: one sheet that a school fills in by choosing from lists, and sends back."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from tablet_loans.domain import workbook as layout
from tablet_loans.domain.need import Answer
from tablet_loans.domain.trouble import FileTrouble
from tablet_loans.domain.workbook import AskedPupil, Head
from tablet_loans.services.exporters.column import harmless

_WIDTHS: Final = (2, 15, 24, 20, 24, 16, 12, 13, 24)
_TITLE_LINE: Final = 8
_LAST_COLUMN: Final = len(layout.TITLES) - 1
_LONGEST_NAME: Final = 150
_FORBIDDEN: Final = '<>:"/\\|?*'
_FORMATS: Final[Mapping[str, Mapping[str, object]]] = {
    "title": {"bold": True, "font_size": 14},
    "label": {"bold": True},
    "fact": {"num_format": "@"},
    "heading": {"bold": True, "bg_color": "#E8EDF2", "bottom": 1, "text_wrap": True, "valign": "vcenter"},
    "fixed": {"num_format": "@", "bottom": 4},
    "answer": {"num_format": "@", "bottom": 4, "bg_color": "#FFF9E5", "locked": False},
    "day": {"num_format": "dd/mm/yyyy", "align": "left", "bottom": 4, "bg_color": "#FFF9E5", "locked": False},
    "hidden": {"num_format": "@", "font_color": "#FFFFFF"},
}


@dataclass(frozen=True, slots=True)
class Errand:
    """What the workbook tells the school to do: for which authority, by when, and to whom it goes back."""

    authority: str
    return_to: str = ""
    by: date | None = None

    def lines(self) -> tuple[str, ...]:
        """Return the instructions, a line each."""
        until = f"au plus tard le {self.by:%d/%m/%Y}" if self.by else "dès que possible"
        back = f"à {self.return_to}" if self.return_to else "par retour de courriel"
        return (
            "Pour chaque élève, choisissez dans les listes ce que la famille a répondu, sans écrire aucun motif.",
            "Rien : ni ordinateur ni tablette. Partagé : un appareil pour plusieurs personnes. Personnel : un à soi.",
            "Laissez vide tant qu’elle n’a pas répondu. Notez un élève qui manque sur les lignes libres, à la fin.",
            f"Renvoyez ce classeur {until} {back}, sans changer les autres cases.",
        )


def file_name(uai: str, name: str) -> str:
    """Return the name of a school's file, which every system and mail accepts."""
    kept = "".join(" " if mark in _FORBIDDEN or not mark.isprintable() else mark for mark in name)
    stem = " ".join(f"{uai} - {kept}".split()).encode()[:_LONGEST_NAME].decode(errors="ignore")
    return f"{stem.rstrip(' .-')}.xlsx"


def write(path: Path, head: Head, pupils: Sequence[AskedPupil], *, key: bytes, errand: Errand) -> None:
    """Write the workbook of one school, sealed with `key`. Raises: OSError, FileTrouble."""
    # a school's few thousand cells fit in memory, and ten temporary files a workbook cost more than they do; an
    # archive assembled on a full disk would be tried again, aloud, when it is thrown away
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, options)
    try:
        _fill(book, head, pupils, key, errand)
    except BaseException:
        book.fileclosed = True  # nothing of it is wanted: let no half file be assembled
        raise
    try:
        book.close()
    except XlsxWriterException as error:
        raise FileTrouble(path=str(path), reason=str(error)) from error
    path.write_bytes(content.getbuffer())


def _fill(book: Any, head: Head, pupils: Sequence[AskedPupil], key: bytes, errand: Errand) -> None:
    forms = {name: book.add_format(dict(form)) for name, form in _FORMATS.items()}
    sheet = book.add_worksheet(layout.SHEET)
    for place, width in enumerate(_WIDTHS):
        sheet.set_column(place, place, width, None, {"hidden": place == 0})
    _write_head(sheet, forms, head, key, errand)
    first = _TITLE_LINE + 1
    for line, pupil in enumerate(pupils, first):
        _write_row(sheet, forms, line, layout.row_mark(key, head.campaign_id, head.uai, pupil), pupil)
    for line in range(first + len(pupils), first + len(pupils) + layout.SPARE_ROWS):
        _write_spare(sheet, forms, line)
    _arrange(sheet, first, first + len(pupils) + layout.SPARE_ROWS - 1, head)


def _write_head(sheet: Any, forms: Mapping[str, Any], head: Head, key: bytes, errand: Errand) -> None:
    title = " - ".join(filter(None, ("Équipement des élèves à la maison", errand.authority)))
    sheet.write_string(0, 1, title, forms["title"])
    sheet.write_string(1, 0, layout.head_mark(key, head), forms["hidden"])
    facts = ((layout.CAMPAIGN, head.campaign), (layout.SCHOOL, head.school), (layout.MADE, f"{head.made_on:%d/%m/%Y}"))
    for line, (label, fact) in enumerate(facts, 1):
        sheet.write_string(line, 1, label, forms["label"])
        sheet.write_string(line, 2, harmless(fact), forms["fact"])
    for line, said in enumerate(errand.lines(), 4):
        sheet.write_string(line, 1, said)
    sheet.set_row(_TITLE_LINE, 32)
    for place, title in enumerate(layout.TITLES):
        sheet.write_string(_TITLE_LINE, place, title, forms["heading"])


def _write_row(sheet: Any, forms: Mapping[str, Any], line: int, mark: str, pupil: AskedPupil) -> None:
    fixed, free, write = forms["fixed"], forms["answer"], sheet.write_string
    write(line, 0, mark, forms["hidden"])
    write(line, 1, harmless(pupil.class_name), fixed)
    write(line, 2, harmless(pupil.name), fixed)
    write(line, 3, harmless(pupil.given_name), fixed)
    if pupil.answer is None or pupil.told is None:
        for place in (4, 5, 6, 8):
            sheet.write_blank(line, place, None, free)
        sheet.write_blank(line, 7, None, forms["day"])
        return
    for place, word in enumerate(_words(pupil.answer), 4):
        write(line, place, word, free)
    sheet.write_datetime(line, 7, pupil.told.asked_on, forms["day"])
    write(line, 8, harmless(pupil.told.answered_by), free)


def _words(answer: Answer) -> tuple[str, str, str]:
    cellular, priority = (layout.YES if said else layout.NO for said in (answer.is_cellular, answer.is_priority))
    return layout.EQUIPMENT_OFFERED[answer.equipment], cellular, priority


def _write_spare(sheet: Any, forms: Mapping[str, Any], line: int) -> None:
    sheet.write_string(line, 0, layout.SPARE, forms["hidden"])
    for place in range(1, _LAST_COLUMN + 1):
        sheet.write_blank(line, place, None, forms["day" if place == 7 else "answer"])


def _arrange(sheet: Any, first: int, last: int, head: Head) -> None:
    """Offer the lists, lock the rest, keep the titles in sight, and print it as a list."""
    yes_or_no = {"validate": "list", "source": [layout.YES, layout.NO]}
    equipment = {"validate": "list", "source": list(layout.EQUIPMENT_OFFERED.values())}
    sheet.data_validation(first, 4, last, 4, {**equipment, "error_title": layout.EQUIPMENT})
    sheet.data_validation(first, 5, last, 6, yes_or_no)
    day = {"validate": "date", "criteria": ">=", "value": date(2020, 1, 1), "error_title": layout.ASKED}
    sheet.data_validation(first, 7, last, 7, {**day, "error_message": "Une date, par exemple 06/04/2026."})
    sheet.protect("", {"autofilter": True, "sort": True, "format_columns": False})
    sheet.ignore_errors({"number_stored_as_text": f"A1:I{last + 1}"})
    sheet.autofilter(_TITLE_LINE, 0, last, _LAST_COLUMN)
    sheet.freeze_panes(_TITLE_LINE + 1, 4)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_TITLE_LINE)
    sheet.print_area(0, 0, last, _LAST_COLUMN)
    sheet.set_footer(f"&L{head.uai}&C{layout.SHEET}&RPage &P / &N")
