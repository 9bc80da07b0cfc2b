"""The schools: who has answered, what families lack, what is called back; workbooks go out and answers come in."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar, Final

from PySide6.QtCore import QModelIndex, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QMenu, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.need import Coverage
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.school import Recall, SchoolFilter, SchoolStanding
from tablet_loans.services import asking, consulting, recalling
from tablet_loans.services.consulting import CampaignName
from tablet_loans.services.session import Session, Topic
from tablet_loans.text import tr, trn
from ui import icons, words
from ui.columns import as_tsv
from ui.incoming import TITLES, Kind
from ui.jobs import Lane
from ui.school_files import SchoolFiles
from ui.widgets.beside import Beside
from ui.widgets.campaign_choice import CampaignChoice
from ui.widgets.empty import Empty
from ui.widgets.flow import Flow
from ui.widgets.school_panel import SchoolPanel
from ui.widgets.school_summary import SchoolSummary
from ui.widgets.school_table import COLUMNS, SchoolModel, SchoolTable
from ui.widgets.school_work import SchoolWork
from ui.widgets.screen import Screen

_TYPING_PAUSE_MS: Final = 80
_HIGH: Final = 34
_WIDEST: Final = 300
_ROOMY: Final = (760, 520)


def _school(session: Session, campaign: str | None, uai: str) -> tuple[Sequence[Coverage], Sequence[Recall]]:
    coverages = asking.coverage(session, campaign, uai) if campaign is not None else ()
    return coverages, recalling.recalls(session, uai)


_BROUGHT: Final = (Kind.SCHOOLS, Kind.PUPILS, Kind.GUARDIANS, Kind.ANSWERS)


class Schools(Screen):
    """Every school in one campaign; the one selected stands beside the list."""

    topics: ClassVar = frozenset({Topic.SCHOOLS, Topic.PUPILS, Topic.NEEDS, Topic.LOANS, Topic.CAMPAIGNS})
    import_asked = Signal(Kind, str)

    def _build(self) -> None:
        self._filter = SchoolFilter()
        self._asked = self._told = 0
        self._shown = ""
        self._is_recalled = False
        self._typing = QTimer(self, interval=_TYPING_PAUSE_MS, singleShot=True)
        self.model, self.panel, self.summary = SchoolModel(), SchoolPanel(), SchoolSummary()
        self.model.setParent(self)
        self.work = SchoolWork(self._session, self._jobs, self)
        self.files = SchoolFiles(self.work, self, self.model.name_of)
        self.banner = self.work.banner
        self.beside = Beside(self._list(), self.panel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 18, 24, 18)
        layout.setSpacing(12)
        self.head, self.tools = self._head(), self._tools()
        for widget in (self.head, self.summary, self.tools):
            layout.addWidget(widget)
        layout.addWidget(self.work.strip)
        layout.addWidget(self.banner)
        layout.addWidget(self.beside, 1)

    def _head(self) -> QWidget:
        title, self.campaign, self.write = QLabel(tr("Schools")), CampaignChoice(), QPushButton(tr("Workbooks…"))
        title.setObjectName("title")
        self.campaign.setMaximumWidth(_WIDEST)
        self.bring = QPushButton(icons.icon("upload-simple"), tr("Import…"))
        menu = QMenu(self.bring)
        self.answers = (
            menu.addAction(
                tr("Answers of the schools: files…"),
                QKeySequence("Ctrl+I"),
                partial(self._for_campaign, self.files.ask_answers),
            ),
            menu.addAction(
                tr("Answers of the schools: a folder…"), partial(self._for_campaign, self.files.ask_folder_of_answers)
            ),
        )
        if self._session.actor.may(Permission.ROSTER):
            menu.addSeparator()
            for kind in _BROUGHT:
                menu.addAction(tr(TITLES[kind]), partial(self.import_asked.emit, kind, ""))
        self.bring.setMenu(menu)
        self.write.setObjectName("primary")
        self.write.setEnabled(False)
        title.setMinimumHeight(_HIGH)
        head = QWidget()
        row = Flow(12, head)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(title)
        row.addWidget(self.campaign)
        row.push()
        row.addWidget(self.bring)
        row.addWidget(self.write)
        return head

    def _tools(self) -> QWidget:
        self.count, self.search = QLabel(), QLineEdit()
        self.count.setObjectName("filterLead")
        self.silent, self.recalled = QPushButton(tr("answers missing")), QPushButton(tr("tablets to recall"))
        for toggle in (self.silent, self.recalled):
            toggle.setObjectName("segment")
            toggle.setCheckable(True)
        self.search.setPlaceholderText(tr("Name, commune or UAI"))
        self.search.setAccessibleName(tr("Search the schools"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icons.icon("magnifying-glass"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.setFixedWidth(240)
        self.chase = QPushButton(icons.icon("envelope-simple"), tr("Chase list…"))
        self.chase.setToolTip(tr("Write the addresses of the schools that have not answered"))
        self.chase.setEnabled(False)
        self.count.setMinimumHeight(_HIGH)
        tools = QWidget()
        row = Flow(8, tools)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (self.count, self.silent, self.recalled):
            row.addWidget(widget)
        row.push()
        row.addWidget(self.search)
        row.addWidget(self.chase)
        return tools

    def _list(self) -> QFrame:
        self.table, self._empty = SchoolTable(self.model), Empty("buildings")
        self._empty.setMinimumHeight(1)
        self._empty.say(tr("Counting the answers…"), "")
        card = QFrame()
        card.setObjectName("card")
        layout = QVBoxLayout(card)
        layout.setContentsMargins(8, 6, 8, 8)
        self._pages = QStackedLayout(layout)
        self._pages.addWidget(self.table)
        self._pages.addWidget(self._empty)
        self._pages.setCurrentWidget(self._empty)
        return card

    def _connect(self) -> None:
        self._typing.timeout.connect(self._on_filter)
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.search.returnPressed.connect(self._on_searched)
        for toggle in (self.silent, self.recalled):
            toggle.clicked.connect(self._on_filter)
        self.campaign.activated.connect(lambda _place: self._on_campaign())
        self.model.modelReset.connect(self._on_arranged)
        self.table.selectionModel().currentRowChanged.connect(lambda current, _previous: self._on_current(current))
        self.table.copy_asked.connect(self._on_copy)
        self.table.opened.connect(self._on_opened)
        self.table.clicked.connect(lambda _place: self.beside.open_panel())
        self.beside.turned.connect(self._on_turned_over)
        self.work.busied.connect(self._offer)
        self.table.left.connect(self._on_leave)
        self.table.arranged.connect(self._remember)
        self.panel.closed.connect(self._on_leave)
        self.panel.workbook_asked.connect(partial(self._for_school, self.files.ask_workbooks))
        self.panel.forms_asked.connect(partial(self._for_school, self.files.ask_forms))
        self.panel.roster_asked.connect(lambda: self.import_asked.emit(Kind.PUPILS, self._shown))
        self.write.clicked.connect(lambda: self._for_campaign(self.files.ask_workbooks))
        self.chase.clicked.connect(lambda: self._for_campaign(self.files.ask_chase_list))
        QShortcut(QKeySequence("Ctrl+F"), self, self._on_search, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        slash = QShortcut(QKeySequence("/"), self.table, self._on_search)
        slash.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def refresh(self) -> None:
        """Read the campaigns and the schools again, and the panel beside them."""
        self._jobs.run(
            partial(consulting.campaign_names, self._session),
            done=self._on_campaigns,
            failed=self._on_failed,
            lane=Lane.READING,
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave the room to the list where the window is low or narrow."""
        self.fit_margins()
        self.campaign.setMaximumWidth(_WIDEST if self.width() >= _ROOMY[0] else _WIDEST // 2)
        has_room = self.height() >= _ROOMY[1] and self.width() >= _ROOMY[0]
        self.summary.setVisible(has_room and bool(self.model.every()))
        count = self._with_pupils()
        said = trn("Workbook for {count} school…", "Workbooks for {count} schools…", count)
        is_told = count > 0 and self.width() >= _ROOMY[0]
        self.write.setText(said.format(count=words.number(count)) if is_told else tr("Workbooks…"))

    def _with_pupils(self) -> int:
        return sum(row.pupils > 0 for row in self.model.every())

    def take_focus(self) -> None:
        """Put the focus in the search field."""
        self.search.setFocus()

    def show_campaign(self, name: str) -> None:
        """See the schools through a campaign, once the campaigns are read again."""
        self._keep("campaign", name)
        self.campaign.want(name)
        self.read_again()

    def show_part(self, part: str) -> None:
        """List those schools alone whose answers are missing, or that have tablets to recall."""
        self._recall()
        self.search.clear()
        self.silent.setChecked(part == "silent")
        self.recalled.setChecked(part == "recalled")
        self._on_filter()

    def chosen_campaign(self) -> str | None:
        """Return the campaign through which the schools are seen, None when there is none."""
        return self.campaign.chosen()

    def _on_campaigns(self, campaigns: Sequence[CampaignName]) -> None:
        self._recall()
        self.campaign.know(campaigns, self._kept("campaign"))
        self._read()

    def _on_campaign(self) -> None:
        self._keep("campaign", self.chosen_campaign() or "")
        self._read()

    def _read(self) -> None:
        """Read the schools, then what all answered: a second each, apart from what the counter reads."""
        self._asked += 1
        campaign, asked = self.chosen_campaign(), self._asked
        call = partial(asking.schools_standing, self._session, SchoolFilter(campaign=campaign))
        self._look(call, partial(self._on_standings, asked))
        if campaign is not None:
            self._look(partial(asking.coverage, self._session, campaign), partial(self._on_coverages, asked))

    def _look(self, call: Callable[[], object], done: Callable[..., object]) -> None:
        self._jobs.run(call, done=done, refused=self.banner.say, failed=self._on_failed, lane=Lane.BACKGROUND)

    def _on_standings(self, asked: int, standings: Sequence[SchoolStanding]) -> None:
        if asked != self._asked:
            return
        self.model.show_all(standings)
        self.summary.show_schools(standings)
        self._fit()
        if self.chosen_campaign() is None:
            self.summary.show_needs(())
        self._offer()

    def _offer(self) -> None:
        """Offer what can be done with the schools there are, once nothing else is under way."""
        has_campaign, may_ask = self.chosen_campaign() is not None, self._session.actor.may(Permission.ASK)
        can_begin = has_campaign and may_ask and self._with_pupils() > 0 and not self.work.is_busy()
        for asked_here in (self.write, self.chase, *self.answers):
            asked_here.setEnabled(can_begin)
        self.panel.hold(is_busy=self.work.is_busy())

    def _on_coverages(self, asked: int, coverages: Sequence[Coverage]) -> None:
        if asked == self._asked:
            self.summary.show_needs(coverages)

    def _recall(self) -> None:
        """Take up the filter and the order of the last time, once."""
        if self._is_recalled or self.memory is None:
            return
        kept = json.loads(self._kept("list") or "{}")
        self.silent.setChecked(bool(kept.get("is_silent")))
        self.recalled.setChecked(bool(kept.get("has_recalls")))
        self.table.order_by(str(kept.get("sort")), is_descending=bool(kept.get("is_descending")))
        self._is_recalled = True
        self._on_filter()

    def _remember(self) -> None:
        column, is_descending = self.table.order()
        kept = {
            "is_silent": self.silent.isChecked(), "has_recalls": self.recalled.isChecked(), "sort": column,
            "is_descending": is_descending,
        }  # fmt: skip
        if self._is_recalled:
            self._keep("list", json.dumps(kept))

    def _kept(self, name: str) -> str:
        return str(self.memory.value(f"schools/{name}", "")) if isinstance(self.memory, QSettings) else ""

    def _keep(self, name: str, value: str) -> None:
        if self.memory is not None:
            self.memory.setValue(f"schools/{name}", value)

    def _on_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _on_searched(self) -> None:
        self.table.setFocus()
        if self.model.rows and not self.table.currentIndex().isValid():
            self.table.choose(0)

    def _on_filter(self) -> None:
        self._typing.stop()
        self._filter = replace(
            self._filter,
            search=self.search.text(),
            is_silent=True if self.silent.isChecked() else None,
            has_recalls=True if self.recalled.isChecked() else None,
        )
        self.model.narrow(self._filter)
        self._remember()

    def _on_arranged(self) -> None:
        """Count the rows, and stay on the school that is shown wherever it now stands."""
        count = len(self.model.rows)
        said = trn("{count} school", "{count} schools", count).format(count=words.number(count))
        is_narrowed = self._filter != SchoolFilter()
        self.count.setText(f"{said} ·" if self.silent.isChecked() or self.recalled.isChecked() else said)
        if is_narrowed and self.model.every():
            self._empty.say(tr("No school is like that"), tr("Change the search, or remove a filter."))
        else:
            why, step = tr("No school yet"), tr("Import the schools' directory, then each school's pupils.")
            act = tr("Import the schools…") if self._session.actor.may(Permission.ROSTER) else ""
            self._empty.say(why, step, act, partial(self.import_asked.emit, Kind.SCHOOLS, ""))
        self._pages.setCurrentWidget(self.table if count else self._empty)
        if self._shown and (place := self.model.place_of(self._shown)) >= 0:
            self.table.choose(place)
        elif self._shown:
            self._put_away()

    def _on_current(self, current: QModelIndex) -> None:
        if (row := self.model.standing_at(current.row())) is not None:
            self._tell(row)

    def _tell(self, row: SchoolStanding) -> None:
        self._shown = row.uai
        self._told += 1
        self._jobs.run(
            partial(_school, self._session, self.chosen_campaign(), row.uai),
            done=partial(self._on_school, self._told, row),
            refused=self.banner.say,
            failed=self._on_failed,
            lane=Lane.READING,
        )

    def _on_school(self, told: int, row: SchoolStanding, school: tuple[Sequence[Coverage], Sequence[Recall]]) -> None:
        if told == self._told:
            may = self._session.actor.may
            self.panel.show_school(row, *school)
            self.panel.offer(may_ask=may(Permission.ASK) and self.chosen_campaign() is not None,
                             may_import=may(Permission.ROSTER))  # fmt: skip
            self.beside.show_panel()

    def _put_away(self) -> None:
        self._told += 1
        self._shown = ""
        self.table.clearSelection()
        self.table.setCurrentIndex(QModelIndex())
        self.beside.put_away()

    def _on_leave(self) -> None:
        self._put_away()
        self.table.setFocus()

    def _on_opened(self) -> None:
        """Read the school with the keys, in the place of the list where it is narrow."""
        if self._shown:
            self.beside.open_panel()
            self.panel.take_focus()

    def _on_turned_over(self, is_instead: bool) -> None:
        """Leave the room to the school that stands in the place of the list."""
        self.head.setVisible(not is_instead)
        self.tools.setVisible(not is_instead)
        if is_instead:
            self.panel.take_focus()

    def _on_copy(self) -> None:
        rows = [self.model.rows[at] for place in self.table.chosen_places()
                for at in range(place.start, place.start + place.size)]  # fmt: skip
        QGuiApplication.clipboard().setText(as_tsv(COLUMNS, rows))

    def _for_school(self, ask: Callable[..., object]) -> None:
        self._for_campaign(partial(ask, school=self._shown))

    def _for_campaign(self, ask: Callable[[str], object]) -> None:
        if (campaign := self.chosen_campaign()) is not None:
            ask(campaign)

    def _on_failed(self, error: TabletLoansError) -> None:
        self.banner.say(error, self.refresh)
