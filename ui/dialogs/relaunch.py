"""A campaign is launched again in one step: a new name and new dates, all else goes along."""

import re
from datetime import date, timedelta
from functools import partial
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tablet_loans.domain.campaign import Relaunched
from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.services import campaigning
from tablet_loans.services.campaigning import LONGEST_NAME, CampaignView
from tablet_loans.services.session import Receipt, Session
from tablet_loans.text import tr, trn
from ui import words
from ui.apart import Apart
from ui.jobs import Jobs
from ui.widgets.banner import Banner
from ui.widgets.campaign_days import CampaignDays, add_row, shape_form
from ui.widgets.record_parts import label
from ui.widgets.work import Work

_SIZE: Final = QSize(560, 440)
_USUAL: Final = timedelta(days=90)
_LONGEST: Final = timedelta(days=730)
_DAYS: Final = ("starts_on", "needs_until", "due_on")


class Relaunch(QDialog):
    """What the campaign launched again is called and when it runs; `relaunched` gives its name and the receipt."""

    relaunched = Signal(str, object)

    def __init__(self, session: Session, jobs: Jobs, old: CampaignView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._old, self._today = old, session.today()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._apart = Apart(session, jobs, self)
        self.name, self.days, self.banner, self.strip = QLineEdit(), CampaignDays(self._today, _DAYS), Banner(), Work()
        self.is_open = QCheckBox(tr("Open it at once: it can lend today"))
        self.cancel, self.go = QPushButton(tr("Cancel")), QPushButton(tr("Relaunch the campaign"))
        self._build()
        self._propose()
        self._connect()
        self._on_written()
        self.name.setFocus()
        self.name.selectAll()

    def is_writing(self) -> bool:
        """Say whether the campaign is being launched again."""
        return self._apart.is_busy()

    def stop_writing(self) -> None:
        """Stop before anything counts, unless it is decided already."""
        self._apart.stop()

    def reject(self) -> None:
        """Leave; what is under way is stopped first."""
        if self._apart.is_busy():
            self._on_stop()
        else:
            super().reject()

    def _build(self) -> None:
        self.setWindowTitle(tr("Relaunch a campaign"))
        title, form = QLabel(tr("Relaunch “{campaign}”").format(campaign=self._old.name)), QFormLayout()
        title.setObjectName("title")
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setWordWrap(True)
        self.name.setMaxLength(LONGEST_NAME)
        shape_form(form)
        add_row(form, tr("Name"), self.name)
        row, layout = QHBoxLayout(), QVBoxLayout(self)
        row.addStretch(1)
        for button in (self.cancel, self.go):
            row.addWidget(button)
        self.cancel.setAutoDefault(False)
        self.go.setObjectName("primary")
        self.go.setDefault(True)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        for widget in (title, label(carried_over(self._old), "soft"), self.banner):
            layout.addWidget(widget)
        layout.addLayout(form)
        layout.addWidget(self.days)
        layout.addWidget(self.is_open)
        layout.addStretch(1)
        layout.addWidget(self.strip)
        layout.addLayout(row)
        self.strip.stop.hide()
        above = self.parentWidget()
        self.resize(_SIZE.boundedTo(above.window().size()) if above is not None else _SIZE)

    def _propose(self) -> None:
        starts_on, due_on = proposed_days(self._old, self._today)
        self.name.setText(proposed_name(self._old.name, due_on.year))
        needs_until = proposed_needs_until(self._old, starts_on, due_on)
        self.days.show_days({"starts_on": starts_on, "needs_until": needs_until, "due_on": due_on})

    def _connect(self) -> None:
        self.name.textEdited.connect(lambda _text: self._on_written())
        self.days.written.connect(self._on_written)
        self.go.clicked.connect(self._on_go)
        self.cancel.clicked.connect(self.reject)
        self._apart.reported.connect(self.strip.reported)
        self._apart.done.connect(self._on_done)
        self._apart.failed.connect(self._on_failed)
        self._apart.stopped.connect(self._on_stopped)

    def _on_written(self) -> None:
        is_whole = bool(self.name.text().strip()) and self.days.is_whole()
        self.go.setEnabled(is_whole and not self._apart.is_busy())

    def _on_go(self) -> None:
        due_on = self.days.day("due_on")
        if due_on is None:
            return
        self.banner.fall_silent()
        self.strip.begin(tr("Carrying the needs over"), can_stop=False)
        work = partial(
            campaigning.relaunch,
            name=self._old.name,
            new_name=self.name.text().strip(),
            due_on=due_on,
            starts_on=self.days.day("starts_on"),
            needs_until=self.days.day("needs_until"),
            is_open=self.is_open.isChecked(),
        )
        self._apart.begin(work)
        self._on_written()

    def _on_stop(self) -> None:
        self._apart.stop()
        self.strip.begin(tr("Stopping…"), can_stop=False)

    def _on_done(self, receipt: Receipt[Relaunched]) -> None:
        self.strip.end()
        self.relaunched.emit(self.name.text().strip(), receipt)
        self.accept()

    def _on_failed(self, error: TabletLoansError) -> None:
        self.strip.end()
        self._on_written()
        self.banner.say(error)

    def _on_stopped(self) -> None:
        self.strip.end()
        self._on_written()
        self.banner.tell(tr("Stopped: nothing was launched."))


def carried_over(old: CampaignView) -> str:
    """Return in one sentence what goes along, and what is new."""
    needs = trn(
        "The rules, the schools, the accessories and the wording go along, with {count} need to be confirmed; a new "
        "lot is drawn.",
        "The rules, the schools, the accessories and the wording go along, with {count} needs to be confirmed; a new "
        "lot is drawn.",
        old.needs,
    ).format(count=words.number(old.needs))
    out = trn(
        "{count} tablet of this campaign is still out.", "{count} tablets of this campaign are still out.",
        old.open_loans,
    ).format(count=words.number(old.open_loans))  # fmt: skip
    return f"{needs} {out}" if old.open_loans else needs


def proposed_name(old: str, year: int) -> str:
    """Return the old name with its year or its number moved on."""
    found = re.search(r"\b(20\d\d)\b", old)
    if found is not None and int(found[1]) < year:
        return f"{old[: found.start()]}{year}{old[found.end() :]}"
    numbered = re.fullmatch(r"(.*\S) (\d{1,3})", old)
    return f"{numbered[1]} {int(numbered[2]) + 1}" if numbered is not None else f"{old} 2"


def proposed_days(old: CampaignView, today: date) -> tuple[date, date]:
    """Return today, and a last day as far from it as it was in the old campaign."""
    lasted = old.due - old.starts_on if old.starts_on is not None else _USUAL
    return today, today + (lasted if timedelta(days=1) <= lasted <= _LONGEST else _USUAL)


def proposed_needs_until(old: CampaignView, starts_on: date, due_on: date) -> date | None:
    """Return a last day for needs as far from the first day as it was in the old campaign, None where none was said."""
    if old.needs_until is None or old.starts_on is None:
        return None
    return min(starts_on + max(old.needs_until - old.starts_on, timedelta(0)), due_on)
