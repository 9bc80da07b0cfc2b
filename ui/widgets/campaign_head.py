"""The head of the campaigns: how many there are, what can be done with the one chosen, and what comes next."""

from typing import Final

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QWidget

from tablet_loans.domain.campaign import CampaignStatus
from tablet_loans.services.campaigning import CampaignView
from tablet_loans.text import tr, trn
from ui import icons, words
from ui.widgets.flow import Flow

_HIGH: Final = 34
_RUNNING: Final = (CampaignStatus.OPEN, CampaignStatus.CLOSING)


class CampaignHead(QWidget):
    """A title, a menu of acts, the way to a new campaign, and the one primary button."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title, self.count = QLabel(tr("Campaigns")), QLabel()
        title.setObjectName("title")
        title.setMinimumHeight(_HIGH)
        self.count.setObjectName("soft")
        self.count.setMinimumHeight(_HIGH)
        self.acts, self.new = QPushButton(tr("Actions")), QPushButton(icons.icon("plus"), tr("New campaign…"))
        self.new.setToolTip("Ctrl+N")
        self.primary = QPushButton()
        self.primary.setObjectName("primary")
        self._fill_menu()
        row = Flow(10, self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(title)
        row.addWidget(self.count)
        row.push()
        for button in (self.acts, self.new, self.primary):
            row.addWidget(button)

    def _fill_menu(self) -> None:
        menu = QMenu(self)
        self.edit, self.open = _act(menu, tr("Edit…"), "F2"), _act(menu, tr("Open the campaign"))
        self.rehearse, self.report = _act(menu, tr("Drill…"), "Ctrl+R"), _act(menu, tr("Public report…"))
        menu.addSeparator()
        self.relaunch = _act(menu, tr("Relaunch…"))
        self.close_needs, self.close_ = _act(menu, tr("Close the needs…")), _act(menu, tr("Close the campaign…"))
        self.acts.setMenu(menu)

    def count_campaigns(self, count: int) -> None:
        """Say how many campaigns there are."""
        self.count.setText(trn("{count} campaign", "{count} campaigns", count).format(count=words.number(count)))
        self.count.setVisible(count > 0)

    def offer(self, view: CampaignView | None, *, is_free: bool) -> None:
        """Let be asked what can be done with a campaign, None where there is none, while nothing else is under way."""
        status = CampaignStatus(view.status) if view is not None else None
        for asked, can_be in (
            (self.edit, status not in (None, CampaignStatus.CLOSED)),
            (self.open, status in (CampaignStatus.DRAFT, CampaignStatus.CLOSING)),
            (self.close_needs, is_free and view is not None and view.needs_closed_at is None),
            (self.close_, status in _RUNNING),
            (self.relaunch, status not in (None, CampaignStatus.DRAFT)),
            (self.rehearse, status is not None and is_free),
            (self.report, status is not None and is_free),
        ):
            asked.setEnabled(can_be)
        self.acts.setEnabled(status is not None)
        self.new.setVisible(status is not None)


def _act(menu: QMenu, said: str, keys: str = "") -> QAction:
    made = menu.addAction(said)
    if keys:
        made.setShortcut(QKeySequence(keys))
    return made
