"""Of which loans letters are written: the campaign, the school, how late at least, and in which language."""

from functools import partial
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.letter import LetterChoice
from tablet_loans.services import consulting, writing
from tablet_loans.services.session import Session
from tablet_loans.text import tr
from ui import icons
from ui.jobs import Jobs, Lane
from ui.widgets.campaign_choice import CampaignChoice
from ui.widgets.choice import Choice
from ui.widgets.flow import Flow
from ui.widgets.letter_words import LANGUAGES
from ui.widgets.number_field import NumberField
from ui.widgets.school_choice import SchoolChoice

_PAUSE_MS: Final = 250
_MOST_DAYS: Final = 9_999
_NARROW: Final = 58
_WIDE: Final = 210


class LetterHead(QWidget):
    """The choices; `changed` tells that another list is wanted, `spoken` that the letters speak another language."""

    changed = Signal()
    spoken = Signal()
    failed = Signal(object)

    def __init__(self, session: Session, jobs: Jobs, campaign: str, school: str | None) -> None:
        super().__init__()
        self.setObjectName("plain")
        self._session, self._jobs, self._asked = session, jobs, campaign
        self._school, self._school_name = school, ""
        self._pause = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self._schools = SchoolChoice(session, jobs, self)
        self._build()
        self._connect()
        failed = self._on_failed
        call = partial(consulting.campaign_names, session)
        jobs.run(call, done=self._on_campaigns, refused=failed, failed=failed, lane=Lane.READING)
        self._on_school(school or "")

    def chosen(self) -> LetterChoice:
        """Return about which loans letters are written."""
        return LetterChoice(campaign=self.campaign.chosen(), school=self._school, overdue_days=self.least_days())

    def language(self) -> str:
        """Return the language of the letters."""
        return str(self.languages.currentData() or "fr")

    def least_days(self) -> int:
        """Return by how many days a loan must be overdue at least."""
        return min(max(self.days.number(1), 1), _MOST_DAYS)

    def recall(self, days: int, language: str) -> None:
        """Take up the choices of the last time, and say nothing of it."""
        self.days.setText(str(days))
        self._pause.stop()
        if (place := self.languages.findData(language)) >= 0:
            self.languages.setCurrentIndex(place)

    def offer_days(self, *, is_on: bool) -> None:
        """Offer how late a loan must be, where letters are about that."""
        for widget in (self._late, self.days, self._unit):
            widget.setVisible(is_on)

    def _build(self) -> None:
        self.campaign, self.languages, self.days = CampaignChoice(), Choice(), NumberField()
        self.campaign.addItem(self._asked, self._asked)
        self.campaign.setMaximumWidth(_WIDE)
        self.school, self.all = (
            QPushButton(tr("All schools")),
            QPushButton(icons.icon("x"), ""),
        )
        self.school.setMaximumWidth(_WIDE)
        self.all.setObjectName("quiet")
        self.all.setAccessibleName(tr("All schools"))
        self.all.setToolTip(tr("All schools"))
        self._late = QLabel(tr("Overdue by at least"))
        self._late.setObjectName("filterLead")
        self._late.setBuddy(self.days)
        self.days.setText("1")
        self.days.setFixedWidth(_NARROW)
        self._unit = QLabel(tr("days"))
        self._unit.setObjectName("filterLead")
        self.days.setAccessibleName(tr("Overdue by at least"))
        self.languages.setAccessibleName(tr("Language of the letters"))
        for language in writing.languages():
            self.languages.addItem(tr(LANGUAGES[language]) if language in LANGUAGES else language, language)
        row = Flow(8, self)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (self.campaign, self.school, self.all, self._late, self.days, self._unit):
            row.addWidget(widget)
        row.push()
        row.addWidget(self.languages)
        for button in (self.school, self.all):
            button.setAutoDefault(False)

    def _connect(self) -> None:
        self._pause.timeout.connect(self.changed)
        self.campaign.activated.connect(lambda _place: self.changed.emit())
        self.days.textChanged.connect(lambda _days: self._pause.start())
        self.languages.activated.connect(lambda _place: self.spoken.emit())
        self.school.clicked.connect(lambda: self._schools.ask_under(self.school))
        self.all.clicked.connect(lambda: self._on_chosen(""))
        self._schools.chosen.connect(self._on_chosen)
        self._schools.named.connect(self._on_named)
        self._schools.failed.connect(self.failed)

    def _on_campaigns(self, campaigns: list[consulting.CampaignName]) -> None:
        before = self.campaign.chosen()
        self.campaign.want(before or "")
        self.campaign.know(campaigns, self._asked)
        if self.campaign.chosen() != before:
            self.changed.emit()

    def _on_failed(self, error: TabletLoansError) -> None:
        self.failed.emit(error)

    def _on_chosen(self, uai: str) -> None:
        self._on_school(uai)
        self.changed.emit()
        self.school.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_school(self, uai: str) -> None:
        self._school = uai or None
        self.all.setVisible(bool(uai))
        self._on_named(uai)
        if uai:
            self._schools.name([uai])

    def _on_named(self, said: str) -> None:
        room = _WIDE - 52
        shown = self.school.fontMetrics().elidedText(said, Qt.TextElideMode.ElideRight, room)
        self.school.setText((shown or tr("All schools")).replace("&", "&&"))
        self.school.setAccessibleName(said or tr("All schools"))
        self.school.setToolTip(said.replace("&", "&amp;").replace("<", "&lt;"))
        self.updateGeometry()
