"""Letters to families: who is written to, what they read, on paper or by mail, and the journal of what was."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSettings, Qt, QUrl
from PySide6.QtGui import QCloseEvent, QDesktopServices, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.letter import REMINDERS, LetterChoice, LetterKind, WrittenLetters
from tablet_loans.domain.mail import NoMailServer
from tablet_loans.services import addressing
from tablet_loans.services.addressing import Concerned
from tablet_loans.services.mail_drafting import WrittenMails
from tablet_loans.services.mailing import MailRun
from tablet_loans.services.session import Session, Topic
from tablet_loans.text import tr
from ui.dialogs.mail_server import MailServer
from ui.dialogs.paper_preview import PaperPreview
from ui.jobs import Jobs, Lane
from ui.widgets.banner import Banner
from ui.widgets.letter_foot import LetterFoot
from ui.widgets.letter_head import LetterHead
from ui.widgets.letter_journal import LetterJournal
from ui.widgets.letter_list import LetterList
from ui.widgets.letter_memory import LetterMemory
from ui.widgets.letter_paper import Asked, LetterPaper
from ui.widgets.letter_sending import LetterSending, is_well
from ui.widgets.letter_tabs import JOURNAL, LetterTabs
from ui.widgets.letter_words import KINDS, filed_said, written_said
from ui.widgets.letter_work import LetterOrder, LetterWork, Rehearsed
from ui.widgets.screen import Screen

_WIDTHS: Final = (820, 420)
_LEAST_PAPER: Final = 360
_FOLDER: Final = "letters/folder"
_MOST_NAMED: Final = 20_000  # an engine takes so many numbers in one question
_TOPICS: Final = frozenset({Topic.LOANS, Topic.PUPILS, Topic.CAMPAIGNS})
_Found = tuple[dict[LetterKind, int], list[Concerned]]


def _read(session: Session, kind: LetterKind, chosen: LetterChoice) -> _Found:
    return addressing.counts(session, chosen), addressing.concerned(session, kind, chosen)


class WriteLetters(QDialog):
    """The list of a kind of letter, the letter of the loan selected or the mails about to leave, and the journal."""

    def __init__(
        self,
        session: Session,
        jobs: Jobs,
        campaign: str,
        *,
        school: str | None = None,
        parent: QWidget | None = None,
        memory: QSettings | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._jobs, self._memory = session, jobs, memory
        self._asked, self._is_anew, self._is_put_away = 0, True, False
        self._listed: tuple[LetterKind, LetterChoice] | None = None
        self._looked_at: LetterOrder | None = None  # what the mails that wait for a word are about
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.head = LetterHead(session, jobs, campaign, school)
        self.work = LetterWork(session, jobs, self)
        self.paper = LetterPaper(session, jobs, self._letter_asked, memory)
        self._build()
        self._kept.recall(self)
        self._connect()
        self._offer()
        self.read()
        self.list.table.setFocus()

    def read(self) -> None:
        """Read the list again, and how many letters of each kind are due."""
        self._asked += 1
        kind, chosen = self.list.kinds.kind(), self.head.chosen()
        self._is_anew |= self._listed != (kind, chosen)
        self._listed = kind, chosen
        self.head.offer_days(is_on=kind in REMINDERS)
        call = partial(_read, self._session, kind, chosen)
        done = partial(self._on_read, self._asked)
        self._jobs.run(call, done=done, refused=self._on_failed, failed=self._on_unread, lane=Lane.READING)

    def order(self) -> LetterOrder:
        """Return the letters ticked, as they are printed or sent."""
        ticked = self.list.model.ticked()
        is_all = len(ticked) == len(self.list.model.rows) and len(ticked) > _MOST_NAMED
        numbers = () if is_all else tuple(row.loan for row in ticked)
        chosen = replace(self.head.chosen(), numbers=numbers, is_again=True)
        return LetterOrder(self.list.kinds.kind(), chosen, self.head.language())

    def take_scan(self, raw: str) -> None:
        """Give what was scanned to the room behind."""
        if isinstance(room := self.parent(), Screen):
            room.take_scan(raw)

    def take_double(self, raw: str) -> None:
        """Tell the room behind that a code was read twice."""
        if isinstance(room := self.parent(), Screen):
            room.take_double(raw)

    def is_writing(self) -> bool:
        """Say whether letters are being written or mails are leaving."""
        return self.work.is_busy()

    def stop_writing(self) -> None:
        """Stop: what was sent stays sent, and is not sent again."""
        self.work.stop()

    def reject(self) -> None:
        """Leave: first the mails not confirmed, then the window; mails that leave go on without it."""
        if self.beside.currentWidget() is self.sending and not self.work.is_sending():
            self._show_letter()
        elif self._is_left_open():
            super().reject()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._is_put_away = False

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._is_left_open():
            super().closeEvent(event)
        else:
            event.ignore()

    def done(self, answer: int) -> None:
        self.paper.throw_away()
        super().done(answer)

    def _is_left_open(self) -> bool:
        """Say whether the window may go: it stays out of sight until the mails have left, and stops what it writes."""
        self._kept.remember(self)
        if self.work.is_sending():
            self._is_put_away = True
            self.hide()
            return False
        if self.work.is_busy():
            self.work.stop()
            return False
        return True

    def _build(self) -> None:
        self.setWindowTitle(tr("Letters to families"))
        self.banner, self.list, self.sending = Banner(), LetterList(), LetterSending()
        self.foot, self.journal = LetterFoot(), LetterJournal(self._session, self._jobs)
        self.tabs = LetterTabs(tr("Letters to families"))
        self._kept = LetterMemory(self.list.kinds, self.head, self.sending, self._memory)
        self.beside = QStackedWidget()
        self.beside.addWidget(self.paper)
        self.beside.addWidget(self.sending)
        self.beside.setMinimumWidth(_LEAST_PAPER)
        self.parts = QSplitter(Qt.Orientation.Horizontal)
        self.parts.setChildrenCollapsible(False)
        self.parts.setHandleWidth(14)
        self.parts.addWidget(self.list)
        self.parts.addWidget(self.beside)
        self.parts.setStretchFactor(0, 3)
        self.parts.setStretchFactor(1, 2)
        self.parts.setSizes(list(_WIDTHS))
        letters = QWidget()
        letters.setObjectName("plain")
        column = QVBoxLayout(letters)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.head)
        column.addWidget(self.parts, 1)
        self.pages = QStackedWidget()
        self.pages.addWidget(letters)
        self.pages.addWidget(self.journal)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 14, 20, 14)
        layout.setSpacing(10)
        layout.addWidget(self.tabs)
        layout.addWidget(self.work.strip)
        layout.addWidget(self.banner)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.foot)

    def _connect(self) -> None:
        self.head.changed.connect(self._on_other_list)
        self.head.spoken.connect(self._on_spoken)
        self.head.failed.connect(self._on_failed)
        self.list.kinds.chosen.connect(lambda _kind: self._on_other_list())
        self.list.moved.connect(self.paper.make_soon)
        self.list.table.opened.connect(self.paper.view.view.setFocus)
        self.list.table.left.connect(self.reject)
        self.journal.table.left.connect(self.reject)
        self.list.model.ticks_changed.connect(self._on_ticks)
        self.tabs.turned.connect(self._turn_to)
        self.foot.ticks_asked.connect(self.list.model.tick_due)
        self.foot.print_.clicked.connect(self._on_print)
        self.foot.send.clicked.connect(self._rehearse)
        self.foot.files.clicked.connect(self._on_files)
        self.foot.close_.clicked.connect(self.close)
        self.sending.rehearsal_asked.connect(self._rehearse)
        self.sending.confirmed.connect(self._on_confirmed)
        self.sending.left.connect(self._show_letter)
        self.sending.journal_asked.connect(lambda: self._turn_to(JOURNAL))
        self.work.busied.connect(self._offer)
        self.work.printed.connect(self._on_printed)
        self.work.filed.connect(self._on_filed)
        self.work.rehearsed.connect(self._on_rehearsed)
        self.work.sent.connect(self._on_sent)
        self.work.stopped.connect(self._on_stopped)
        self.work.failed.connect(self._on_failed)
        self.paper.view.failed.connect(self.banner.say)
        self.paper.view.said.connect(self.banner.tell)
        self._jobs.changed.connect(self._on_changed)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Print), self, self.foot.print_.click)
        QShortcut(QKeySequence("F5"), self, self._on_again)

    def _turn_to(self, tab: str) -> None:
        is_journal = tab == JOURNAL
        self.tabs.turn_to(tab)
        self.pages.setCurrentIndex(int(is_journal))
        self.foot.show_acts(is_on=not is_journal)
        if is_journal:
            self.journal.read()
            self.journal.take_focus()
        else:
            self._offer()
            self.list.table.setFocus()

    def _letter_asked(self) -> Asked | None:
        chosen, loan = self._listed, self.list.current()
        if chosen is None or loan is None:
            return None
        return chosen[0], chosen[1].campaign or "", loan, self.head.language()

    def _on_other_list(self) -> None:
        self.banner.fall_silent()
        if not self.work.is_sending():
            self._show_letter()
        self.read()

    def _on_spoken(self) -> None:
        if not self.work.is_sending():
            self._show_letter()
        self.paper.make()

    def _on_read(self, asked: int, found: _Found) -> None:
        if asked != self._asked:
            return
        counts, rows = found
        loan = self.list.current()
        self.list.kinds.tell(counts)
        self.list.model.show_loans(rows, is_anew=self._is_anew)
        self._is_anew = False
        self.list.settle_on(loan)

    def _on_unread(self, error: TabletLoansError) -> None:
        self.banner.say(error, self.read)

    def _on_ticks(self) -> None:
        """Offer what can be done; where mails were looked at that are others now, look at the letters again."""
        if self._looked_at is not None and self._looked_at != self.order():
            self._show_letter()
        self._offer()

    def _on_changed(self, topics: frozenset[Topic]) -> None:
        if topics & _TOPICS and self.isVisible():
            self._on_again()

    def _on_again(self) -> None:
        self.read()
        if self.pages.currentWidget() is self.journal:
            self.journal.read()

    def _offer(self) -> None:
        if self.pages.currentWidget() is not self.journal:
            self.foot.offer(self.list.model.concerned(), self.list.model.ticked(), is_busy=self.work.is_busy())

    def _on_print(self) -> None:
        if self.pages.currentWidget() is self.journal:
            return
        self.banner.fall_silent()
        self.work.print_letters(self.order())

    def _on_printed(self, paper: Path, written: WrittenLetters) -> None:
        """Show the paper, and tell what must be known of it."""
        self._on_again()
        name = tr("letters {kind}.pdf").format(kind=tr(KINDS[self.list.kinds.kind()]).lower())
        shown = partial(self._show_paper, paper, name)
        self.banner.tell(written_said(written), shown, tr("Show it"))
        shown()

    def _show_paper(self, paper: Path, name: str) -> None:
        room = self.parent()
        PaperPreview(paper, name, room if isinstance(room, Screen) else self, self._memory).show()

    def _on_files(self) -> None:
        folder = str(self._memory.value(_FOLDER, "")) if self._memory is not None else ""
        ask = QFileDialog(self, tr("Folder for the mails"), folder)
        ask.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        ask.setFileMode(QFileDialog.FileMode.Directory)
        ask.fileSelected.connect(lambda chosen: self.write_files(Path(chosen)))
        ask.open()

    def write_files(self, folder: Path) -> None:
        """Write the mails ticked into a folder."""
        if self._memory is not None:
            self._memory.setValue(_FOLDER, str(folder))
        self.banner.fall_silent()
        self.work.write_files(self.order(), self.sending.how(self.head.language()), folder)

    def _on_filed(self, written: WrittenMails) -> None:
        self._on_again()
        folder = Path(written.folder)
        show = partial(QDesktopServices.openUrl, QUrl.fromLocalFile(str(folder)))
        self.banner.tell(filed_said(written), show, tr("Open the folder"))

    def _rehearse(self) -> None:
        """Find out who gets a mail, before anything leaves."""
        if not self.work.is_busy() and self.list.model.ticked():
            self.banner.fall_silent()
            self.sending.begin()
            self.beside.setCurrentWidget(self.sending)
            self._looked_at = self.order()
            self.work.rehearse(self._looked_at, self.sending.how(self.head.language()))

    def _on_rehearsed(self, told: Rehearsed) -> None:
        if told.order == self._looked_at and not self.work.is_busy():
            homes = sum(row.letters - row.without_email for row in self.list.model.ticked())
            self.sending.show_rehearsed(told, homes)

    def _on_confirmed(self, told: Rehearsed, password: str) -> None:
        self._looked_at = None
        self.work.send(told.order, told.how, password)
        self.sending.show_sending()

    def _on_sent(self, run: MailRun) -> None:
        self._on_again()
        self.sending.show_sent(run)
        self.beside.setCurrentWidget(self.sending)
        self._come_back(is_needed=not is_well(run))

    def _on_stopped(self, said: str) -> None:
        self._on_again()
        self._show_letter()
        self.banner.tell(said)
        self._come_back(is_needed=False)

    def _on_failed(self, error: TabletLoansError) -> None:
        """Say why not; without a mail server, ask for one."""
        self._show_letter()
        if isinstance(error, NoMailServer):
            self.ask_server()
            return
        self.banner.say(error)
        self._on_again()
        self._come_back(is_needed=True)

    def ask_server(self) -> MailServer:
        """Ask which server takes the mails; then go on."""
        dialog = MailServer(self._session, self._jobs, self)
        dialog.connected.connect(dialog.accept)
        dialog.connected.connect(self._rehearse)
        dialog.show()
        return dialog

    def _come_back(self, *, is_needed: bool) -> None:
        """End the window that was out of sight, or show it again where somebody must look."""
        if self._is_put_away and is_needed:
            self.show()
            self.raise_()
        elif self._is_put_away:
            self.close()

    def _show_letter(self) -> None:
        self._looked_at = None
        self.beside.setCurrentWidget(self.paper)
