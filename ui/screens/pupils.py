"""The pupils: a technician or a liaison finds one among 200,000, reads the record, corrects it by hand."""

import json
from dataclasses import replace
from functools import partial
from typing import ClassVar, Final

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QMenu, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from tablet_loans.domain.act import LedgerId
from tablet_loans.domain.barcode import CodeKind, readings
from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.paging import Place, Sort
from tablet_loans.domain.pupil import PupilFilter, PupilId, PupilRow
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.school import SchoolRow
from tablet_loans.services import asking, consulting, serving, undoing
from tablet_loans.services.consulting import PupilFile
from tablet_loans.services.session import Receipt, Session, Topic
from tablet_loans.text import tr, trn
from ui import icons, words
from ui.columns import as_tsv
from ui.dialogs.correct_pupil import CorrectPupil
from ui.jobs import Lane
from ui.tables import BlockModel, Source
from ui.widgets.banner import Banner
from ui.widgets.beside import Beside
from ui.widgets.empty import Empty
from ui.widgets.flow import Flow
from ui.widgets.picker import Option
from ui.widgets.pupil_filters import PupilFilterBar
from ui.widgets.pupil_record import PupilRecordPanel
from ui.widgets.pupil_table import COLUMNS, PupilTable
from ui.widgets.screen import Screen

_TYPING_PAUSE_MS: Final = 120
_MOST_COPIED: Final = 50_000
_HIGH: Final = 34
_SEARCH: Final = 270
_ROOMY: Final = 760
_CODES: Final = frozenset({CodeKind.INE, CodeKind.LOAN})


class Pupils(Screen):
    """Every pupil, by blocks; the record of the one selected stands beside the list."""

    topics: ClassVar = frozenset({Topic.PUPILS, Topic.LOANS, Topic.SCHOOLS})
    import_asked = Signal()

    def _build(self) -> None:
        self._filter = PupilFilter()
        self._asked = 0
        self._shown: PupilId | None = None
        self._is_recalled = self._has_failed = False
        self._counted = ""
        self._correction: LedgerId | None = None
        self._typing = QTimer(self, interval=_TYPING_PAUSE_MS, singleShot=True)
        self.model = BlockModel(COLUMNS, self._jobs, Sort("name"))
        self.model.setParent(self)
        self.filters, self.banner, self.record = PupilFilterBar(), Banner(), PupilRecordPanel()
        self.beside = Beside(self._list(), self.record)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 18, 24, 18)
        layout.setSpacing(12)
        self.head = self._head()
        layout.addWidget(self.head)
        layout.addWidget(self.filters)
        layout.addWidget(self.banner)
        layout.addWidget(self.beside, 1)

    def _head(self) -> QWidget:
        title, self.count, self.search = QLabel(tr("Pupils")), QLabel(), QLineEdit()
        title.setObjectName("title")
        title.setMinimumHeight(_HIGH)
        self.count.setMinimumHeight(_HIGH)
        self.count.setObjectName("soft")
        self.search.setPlaceholderText(tr("Name, class, INE or loan"))
        self.search.setAccessibleName(tr("Search the pupils"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icons.icon("magnifying-glass"), QLineEdit.ActionPosition.LeadingPosition)
        self.bring = QPushButton(tr("Import pupils…"), self)
        self.bring.setObjectName("primary")
        self.bring.setToolTip("Ctrl+I")
        self.bring.setVisible(self._session.actor.may(Permission.ROSTER))
        head = QWidget()
        row = Flow(10, head)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(title)
        row.addWidget(self.count)
        row.push()
        row.addWidget(self.search)
        row.addWidget(self.bring)
        return head

    def _list(self) -> QFrame:
        self.table = PupilTable(self.model)
        self._empty = Empty("student")
        self._empty.setMinimumHeight(1)
        card = QFrame()
        card.setObjectName("card")
        layout = QVBoxLayout(card)
        layout.setContentsMargins(8, 6, 8, 8)
        self._pages = QStackedLayout(layout)
        self._pages.addWidget(self.table)
        self._pages.addWidget(self._empty)
        return card

    def _connect(self) -> None:
        self._typing.timeout.connect(self._on_filter)
        self.search.textEdited.connect(lambda _text: self._typing.start())
        self.search.textChanged.connect(lambda text: None if text else self._typing.start())
        self.search.returnPressed.connect(self._on_searched)
        self.filters.changed.connect(lambda _chosen: self._on_filter())
        self.filters.typed_school.connect(self._on_school_typed)
        self.filters.asked_classes.connect(self._on_classes_asked)
        self.model.counted.connect(self._on_counted)
        self.model.modelReset.connect(self._on_reset)
        self.model.failed.connect(self._on_failed)
        self.table.turned_to.connect(self._on_turned)
        self.table.copy_asked.connect(self._on_copy)
        self.table.opened.connect(self._on_opened)
        self.table.clicked.connect(lambda _place: self.beside.open_panel())
        self.beside.turned.connect(self._on_turned_over)
        self.table.left.connect(self._on_leave)
        self.table.sorted_anew.connect(self._on_sorted)
        self.table.customContextMenuRequested.connect(self._on_row_menu)
        self.record.closed.connect(self._on_leave)
        self.record.correct_asked.connect(self.open_correction)
        self.bring.clicked.connect(self._on_import)
        for keys, act in (
            ("Ctrl+F", self._on_search), ("F2", self.open_correction), ("Ctrl+Z", self.undo),
            ("Ctrl+I", self._on_import), ("Ctrl+Shift+F", self.filters.open_menu),
        ):  # fmt: skip
            QShortcut(QKeySequence(keys), self, act, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        slash = QShortcut(QKeySequence("/"), self.table, self._on_search)
        slash.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_margins()
        self.search.setFixedWidth(_SEARCH if self.width() >= _ROOMY else _SEARCH * 2 // 3)

    def refresh(self) -> None:
        """Read the list again, and the record beside it."""
        self._recall()
        if self._counted:
            self.model.refresh()
        else:
            self._show_list()
        if self._shown is not None:
            self._tell(self._shown)

    def take_focus(self) -> None:
        """Put the focus in the search field."""
        self.search.setFocus()

    def take_scan(self, raw: str) -> None:
        """Show the pupil whom a card, a sheet, a loan or a lent tablet names."""
        self._asked += 1
        self._jobs.run(
            partial(consulting.scanned, self._session, raw),
            done=partial(self._on_scanned, self._asked),
            refused=self.banner.say,
            failed=partial(self.banner.say, again=partial(self.take_scan, raw)),
        )

    def open_correction(self) -> None:
        """Correct the pupil whose record is shown."""
        record = self.record.record
        if record is not None and record.row.id == self._shown and self._session.actor.may(Permission.ROSTER):
            dialog = CorrectPupil(self._session, self._jobs, record, parent=self)
            dialog.corrected.connect(self._on_corrected)
            dialog.open()

    def undo(self) -> None:
        """Take back the last correction made here."""
        if self._correction is None:
            return
        correction, self._correction = self._correction, None
        self._jobs.run(
            partial(undoing.undo, self._session, correction),
            done=lambda _receipt: self.banner.tell(tr("The correction is undone.")),
            refused=self.banner.say,
            failed=self._on_failed,
        )

    def _recall(self) -> None:
        """Take up the filter and the order of the last time, once."""
        if self._is_recalled or self.memory is None:
            return
        kept = json.loads(str(self.memory.value("pupils/list", "{}")))
        self.filters.recall(kept.get("filter", {}))
        self.table.order_by_name(is_descending=bool(kept.get("is_descending")))
        self._is_recalled = True

    def _remember(self) -> None:
        if self.memory is not None and self._is_recalled:
            kept = {"filter": self.filters.kept(), "is_descending": self.table.order().is_descending}
            self.memory.setValue("pupils/list", json.dumps(kept))

    def _on_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _on_searched(self) -> None:
        """Go from the search into the list; the only one found is shown at once."""
        self.table.setFocus()
        if self.model.rowCount() and not self.table.currentIndex().isValid():
            self.table.choose(0)

    def _on_filter(self) -> None:
        self._put_away()
        self._show_list()

    def _show_list(self) -> None:
        self._typing.stop()
        self._filter = replace(self.filters.chosen, search=self.search.text())
        self._remember()
        self.model.show(
            Source(
                partial(consulting.pupils_count, self._session, self._filter),
                partial(consulting.pupils_page, self._session, self._filter),
            )
        )
        if _is_code(self.search.text()):
            self._jobs.run(
                partial(consulting.scanned, self._session, self.search.text()),
                done=partial(self._on_coded, self.search.text()),
                failed=self._on_failed,
                lane=Lane.READING,
            )

    def _on_coded(self, typed: str, file: PupilFile) -> None:
        """List the pupil alone whose INE or loan was typed."""
        if typed == self.search.text() and self._filter.school in (None, file.record.row.school):
            self.model.show(Source(lambda: 1, partial(_pupil_of, self._session, file.record.row.id)))

    def _on_sorted(self) -> None:
        self._put_away()
        self._remember()

    def _on_school_typed(self, text: str) -> None:
        call = partial(serving.schools_like, self._session, text)
        self._jobs.run(call, done=self._on_schools, failed=self._on_failed, lane=Lane.READING)

    def _on_schools(self, schools: list[SchoolRow]) -> None:
        options = [Option(f"{each.name} · {each.commune}", each.uai) for each in schools]
        self.filters.offer(options, is_narrowed=True)

    def _on_classes_asked(self, uai: str) -> None:
        call = partial(asking.classes, self._session, uai)
        self._jobs.run(call, done=self._on_classes, refused=self.banner.say, failed=self._on_failed, lane=Lane.READING)

    def _on_classes(self, names: list[str]) -> None:
        self.filters.offer([Option(name, name) for name in names], is_narrowed=False)

    def _on_counted(self, count: int) -> None:
        if self._has_failed:
            self._has_failed = False
            self.banner.fall_silent()
        self._counted = trn("{count} pupil", "{count} pupils", count).format(count=words.number(count))
        self.count.setText(self._counted)
        if self._filter == PupilFilter():
            said = tr("No pupil yet"), tr("Import the schools, then the file of each school's pupils.")
            act = tr("Import pupils…") if self._session.actor.may(Permission.ROSTER) else ""
            self._empty.say(*said, act, self._on_import)
        else:
            self._empty.say(tr("No pupil is like that"), tr("Change the search, or remove a filter."))
        self._pages.setCurrentWidget(self.table if count else self._empty)

    def _on_reset(self) -> None:
        """Show the first rows without waiting until all are counted."""
        if self.model.rowCount():
            self._pages.setCurrentWidget(self.table)

    def _on_turned(self, row: PupilRow) -> None:
        self._tell(row.id)

    def _tell(self, pupil_id: PupilId) -> None:
        """Show a pupil's record; answers that come late are dropped."""
        self._shown = pupil_id
        self._asked += 1
        self._jobs.run(
            partial(consulting.file_of, self._session, pupil_id),
            done=partial(self._on_file, self._asked),
            refused=self.banner.say,
            failed=self._on_failed,
            lane=Lane.READING,
        )

    def _on_file(self, asked: int, file: PupilFile) -> None:
        if asked == self._asked:
            self._shown = file.record.row.id
            self.record.show_file(file, may_correct=self._session.actor.may(Permission.ROSTER))
            self.beside.show_panel()

    def _on_scanned(self, asked: int, file: PupilFile) -> None:
        """Select the pupil where the list shows her or him, else show the record alone."""
        self.banner.fall_silent()
        self.table.forget_row()
        self.beside.open_panel()
        self._on_file(asked, file)
        for place in range(max(self.table.rowAt(0), 0), self.model.rowCount())[:60]:
            row = self.model.row_at(place)
            if row is not None and row.id == file.record.row.id:
                self.table.choose(place)
                return

    def _on_corrected(self, receipt: Receipt[PupilId]) -> None:
        self._correction = receipt.ledger_id
        self.banner.tell(tr("The pupil is corrected."), self.undo, tr("Undo"))
        self.table.setFocus()  # in the search field, Ctrl+Z would undo what was typed

    def _put_away(self) -> None:
        """Stand on no pupil."""
        self._asked += 1
        self._shown = None
        self.table.forget_row()
        self.beside.put_away()

    def _on_leave(self) -> None:
        self._put_away()
        self.table.setFocus()

    def _on_opened(self) -> None:
        """Read the record with the keys, in the place of the list where it is narrow."""
        if self._shown is not None:
            self.beside.open_panel()
            self.record.take_focus()

    def _on_turned_over(self, is_instead: bool) -> None:
        """Leave the room to the record that stands in the place of the list."""
        self.head.setVisible(not is_instead)
        self.filters.setVisible(not is_instead)
        if is_instead:
            self.record.take_focus()

    def _on_row_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Read the record"), QKeySequence("Return"), self._on_opened)
        menu.addAction(tr("Copy"), QKeySequence("Ctrl+C"), self._on_copy)
        if self._session.actor.may(Permission.ROSTER):
            menu.addAction(tr("Correct…"), QKeySequence("F2"), self.open_correction)
        menu.popup(self.table.viewport().mapToGlobal(place))

    def _on_copy(self) -> None:
        places = self.table.chosen_places()
        if sum(place.size for place in places) > _MOST_COPIED:
            self.banner.tell(tr("That is too much to copy: narrow the list first."))
            return
        self._jobs.run(self.model.reader(places), done=self._on_copied, failed=self._on_failed, lane=Lane.BACKGROUND)

    def _on_copied(self, rows: list[PupilRow]) -> None:
        QGuiApplication.clipboard().setText(as_tsv(COLUMNS, rows))

    def _on_import(self) -> None:
        if self._session.actor.may(Permission.ROSTER):
            self.import_asked.emit()

    def _on_failed(self, error: TabletLoansError) -> None:
        self._has_failed = True
        self.banner.say(error, self.refresh)


def _is_code(typed: str) -> bool:
    """Say whether what is typed may be an INE or the number of a loan."""
    found = readings(typed.strip().upper()) if any(each.isdigit() for each in typed) else ()
    return any(each.kind in _CODES for each in found)


def _pupil_of(session: Session, pupil_id: PupilId, _sort: Sort, _place: Place) -> list[PupilRow]:
    return [consulting.record(session, pupil_id).row]
