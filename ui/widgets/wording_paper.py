"""The agreement as its clauses would print it, made anew a moment after each change; the last good one stays."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QPointF, QSettings, QTimer, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tablet_loans.domain.clause import Clause, Group
from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.wording import LEAST_SIZE, Room
from tablet_loans.services import exemplifying
from tablet_loans.services.exemplifying import Exemplified
from tablet_loans.services.session import Session
from tablet_loans.text import tr, trn
from ui import words
from ui.jobs import Jobs, Lane
from ui.kept_papers import KeptPapers
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.paper_view import PaperView
from ui.widgets.record_parts import label

_PAUSE_MS: Final = 300

Shown = tuple[Sequence[Clause], str, int]
"""The clauses, their language, and their version."""


class WordingPaper(QWidget):
    """The preview; `refused` tells why the clauses cannot be printed, `shown` that they are."""

    refused = Signal(object)
    shown = Signal()

    def __init__(
        self, session: Session, jobs: Jobs, campaign: str, asked: Callable[[], Shown | None], memory: QSettings | None
    ) -> None:
        """`asked` gives what is to be printed when its turn comes, None when it cannot be."""
        super().__init__()
        self.setObjectName("plain")
        self._session, self._jobs, self._campaign, self._asked = session, jobs, campaign, asked
        self._papers, self._turn, self._page = KeptPapers(), 0, 0
        self._is_busy = self._is_stale = self._is_over = False
        self._pause = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self.make)
        self.view, self.banner, self.told = PaperView(self, memory), Banner(), label("", "notes")
        self.view.save.setShortcut(QKeySequence())  # Ctrl+S keeps the texts
        self.view.save.setToolTip(tr("Save as…"))
        self.view.failed.connect(self.banner.say)
        self.view.said.connect(self.banner.tell)
        self.view.offer(tr("Making the preview…"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.banner)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.told)

    def make_soon(self) -> None:
        """Make the preview once nothing was typed for a moment."""
        self._pause.start()

    def make(self) -> None:
        """Make the preview now, or as soon as the one being made is there."""
        self._pause.stop()
        if self._is_busy:
            self._is_stale = True
        elif not self._is_over and (asked := self._asked()) is not None:
            clauses, language, version = asked
            self._is_busy, self._turn = True, 1 - self._turn  # the file shown is not written over
            call = partial(
                exemplifying.exemplify, self._session, self._campaign, clauses,
                language=language, version=version, out=self._papers.place(f"{self._turn}.pdf"),
            )  # fmt: skip
            self._jobs.run(
                call,
                done=partial(self._on_made, clauses), refused=self._on_refused, failed=self._on_refused,
                lane=Lane.BACKGROUND,
            )  # fmt: skip

    def turn_to(self, page: int) -> None:
        """Show a page, counted from 0, unless it is shown; the next preview begins with it when there is none yet."""
        self._page = page
        pages = self.view.view.pageNavigator()
        if page < self.view.document.pageCount() and pages.currentPage() != page:
            pages.jump(page, QPointF())

    def throw_away(self) -> None:
        """Make no more previews, and remove those made."""
        self._is_over = True
        self._pause.stop()
        self.view.throw_away()
        self._papers.throw_away()

    def _on_made(self, clauses: Sequence[Clause], made: Exemplified) -> None:
        if not self._is_over:
            is_first = not self.view.has_paper()
            self.view.show_paper(made.file, tr("agreement-example.pdf"))
            if is_first:
                self.turn_to(self._page)
            self._tell_room(made.room, clauses)
            self.shown.emit()
        self._go_on()

    def _on_refused(self, error: TabletLoansError) -> None:
        if not self._is_over:
            self.refused.emit(error)
        self._go_on()

    def _go_on(self) -> None:
        self._is_busy = False
        if self._is_stale:
            self._is_stale = False
            self.make()

    def _tell_room(self, room: Room, clauses: Sequence[Clause]) -> None:
        """Say on how many pages the clauses lie, and warn of what does not fit or is too small to be read."""
        warnings = list(_warnings(room, {each.group: each.title for each in clauses}))
        self.told.setVisible(not warnings)
        if warnings:
            self.banner.tell("\n".join(warnings), tone=Tone.WARN)
        else:
            self.banner.fall_silent()
            is_tight = room.size <= LEAST_SIZE
            self.told.setText(tr("Two pages, in the smallest letters.") if is_tight else tr("Two pages."))


def _warnings(room: Room, titles: Mapping[Group, str]) -> Iterator[str]:
    if room.lines_over:
        said = trn(
            "Too long by about {count} line: the clauses go on to page {page}.",
            "Too long by about {count} lines: the clauses go on to page {page}.",
            room.lines_over,
        )
        yield said.format(count=words.number(room.lines_over), page=words.number(room.pages))
    for group in room.cramped:
        said = tr("“{title}” is too long for its place: it is printed too small to be read.")
        yield said.format(title=titles[group])
