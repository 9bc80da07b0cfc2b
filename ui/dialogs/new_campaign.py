"""A campaign is written: a new one, or the dates, schools, kit and wording of one there is."""

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from tablet_loans.domain.campaign import CampaignId
from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.services import campaigning
from tablet_loans.services.campaigning import CampaignView
from tablet_loans.services.session import Receipt, Session
from tablet_loans.text import tr
from ui.dialogs.campaign_form import CampaignForm, Written
from ui.jobs import Jobs
from ui.widgets.banner import Banner

_SIZE: Final = QSize(640, 620)


class NewCampaign(QDialog):
    """The form of a campaign; `done_with` gives its name and the receipt, once it is created or edited."""

    done_with = Signal(str, object)

    def __init__(
        self, session: Session, jobs: Jobs, known: CampaignView | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._jobs, self._known = session, jobs, known
        self._is_asked = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.form, self.banner = CampaignForm(session, jobs), Banner()
        self.is_open = QCheckBox(tr("Open it at once: it can lend today"))
        self._build()
        if known is not None:
            self.form.show_view(known)
        self.form.written.connect(self._on_written)
        self.form.schools.failed.connect(self.banner.say)
        self.form.take_focus()
        self._on_written()

    def _build(self) -> None:
        is_new = self._known is None
        said = tr("New campaign") if is_new else tr("Edit the campaign")
        self.setWindowTitle(said)
        title, cancel = QLabel(said), QPushButton(tr("Cancel"))
        title.setObjectName("title")
        self.go = QPushButton(tr("Create the campaign") if is_new else tr("Save the changes"))
        self.go.setObjectName("primary")
        self.go.setDefault(True)
        self.go.clicked.connect(self._on_go)
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.is_open.setVisible(is_new)
        row, layout = QHBoxLayout(), QVBoxLayout(self)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.go)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        layout.addWidget(title)
        layout.addWidget(self.banner)
        layout.addWidget(self.form, 1)
        layout.addWidget(self.is_open)
        layout.addLayout(row)
        above = self.parentWidget()
        self.resize(_SIZE.boundedTo(above.window().size()) if above is not None else _SIZE)

    def _on_written(self) -> None:
        self.go.setEnabled(self.form.is_whole() and not self._is_asked)

    def _on_go(self) -> None:
        if (written := self.form.values()) is None:
            return
        self._is_asked = True
        self._on_written()
        self._jobs.run(
            self._act(written),
            done=partial(self._on_done, written.name),
            refused=self._on_failed,
            failed=self._on_failed,
        )

    def _act(self, written: Written) -> Callable[[], Receipt[CampaignId]]:
        if self._known is None:
            act = partial(campaigning.create, is_draft=not self.is_open.isChecked(), name=written.name)
        else:
            days = {"starts_on": written.starts_on, "needs_until": written.needs_until}
            gone = tuple(name for name, day in days.items() if day is None)
            act = partial(campaigning.edit, name=self._known.name, without=gone)
        return partial(
            act,
            self._session,
            due_on=written.due_on,
            starts_on=written.starts_on,
            needs_until=written.needs_until,
            schools_taking_part=written.schools,
            kit=written.kit,
            wording=written.wording,
        )

    def _on_done(self, name: str, receipt: Receipt[CampaignId]) -> None:
        self.done_with.emit(name, receipt)
        self.accept()

    def _on_failed(self, error: TabletLoansError) -> None:
        self._is_asked = False
        self._on_written()
        self.banner.say(error)
