"""What a campaign is, to be written: its name, its dates, its schools, its kit, and what its papers say."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from tablet_loans.domain.campaign import Wording
from tablet_loans.services.campaigning import LONGEST_NAME, CampaignView
from tablet_loans.services.session import Session
from tablet_loans.text import tr
from ui.dialogs.campaign_schools import CampaignSchools
from ui.jobs import Jobs
from ui.widgets.campaign_days import CampaignDays, add_row, shape_form
from ui.widgets.record_parts import label
from ui.widgets.wording_fields import WordingFields

_LONGEST_KIT: Final = 1_300


@dataclass(frozen=True, slots=True)
class Written:
    """A campaign as it is written in the form."""

    name: str
    due_on: date
    starts_on: date | None
    needs_until: date | None
    schools: tuple[str, ...]
    kit: tuple[str, ...]
    wording: Wording


class CampaignForm(QScrollArea):
    """The form of a campaign; `written` when something in it is."""

    written = Signal()

    def __init__(self, session: Session, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.kit = QLineEdit(), QLineEdit()
        self.days, self.schools = CampaignDays(session.today()), CampaignSchools(session, jobs)
        self.papers = WordingFields()
        self.wording = self.papers.fields
        self._is_named = True
        self._build()
        self.name.textEdited.connect(lambda _text: self.written.emit())
        self.kit.textEdited.connect(lambda _text: self.written.emit())
        self.days.written.connect(self.written)
        self.schools.changed.connect(self.written)
        self.papers.written.connect(self.written)

    def show_view(self, view: CampaignView) -> None:
        """Show a campaign as it is known, but for its name, which it keeps."""
        self._is_named = False
        self.name.setText(view.name)
        self.name.setReadOnly(True)
        self.name.setEnabled(False)
        self.days.show_days({"starts_on": view.starts_on, "needs_until": view.needs_until, "due_on": view.due})
        self.schools.show_uais(view.schools)
        self.kit.setText(", ".join(view.kit))
        self.papers.show_wording(view.wording)

    def take_focus(self) -> None:
        """Put the focus where writing begins."""
        (self.name if self._is_named else self.days.fields["starts_on"]).setFocus()

    def is_whole(self) -> bool:
        """Say whether all that is needed is written."""
        parts = self.days, self.schools, self.papers
        return bool(self.name.text().strip()) and all(part.is_whole() for part in parts)

    def values(self) -> Written | None:
        """Return what is written, None when something lacks."""
        due_on = self.days.day("due_on")
        if due_on is None or not self.is_whole():
            return None
        return Written(
            name=self.name.text().strip(),
            due_on=due_on,
            starts_on=self.days.day("starts_on"),
            needs_until=self.days.day("needs_until"),
            schools=self.schools.uais(),
            kit=tuple(each.strip() for each in self.kit.text().split(",") if each.strip()),
            wording=self.papers.wording(),
        )

    def _build(self) -> None:
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("The campaign"))
        self.name.setMaxLength(LONGEST_NAME)
        self.kit.setMaxLength(_LONGEST_KIT)
        self.kit.setPlaceholderText(tr("Charger, cover… Left empty: what each model comes with"))
        first, second = QFormLayout(), QFormLayout()
        for form in (first, second):
            shape_form(form)
        add_row(first, tr("Name"), self.name)
        add_row(second, tr("Schools"), self.schools)
        add_row(second, tr("Accessories"), self.kit)
        inside = QWidget()
        inside.setObjectName("plain")
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(2, 2, 12, 2)
        layout.setSpacing(8)
        layout.addLayout(first)
        layout.addWidget(self.days)
        layout.addLayout(second)
        layout.addWidget(self.papers)
        layout.addWidget(label(tr("What is left empty is taken from the settings, or left out."), "notes"))
        layout.addStretch(1)
        self.setWidget(inside)
