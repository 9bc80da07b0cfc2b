"""The head of the allocation: which campaign, which plan and its state, and what can be done with it."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from tablet_loans.domain.campaign import STATUS_WORDS, CampaignStatus
from tablet_loans.domain.chronicle import CampaignAct
from tablet_loans.domain.plan import PlanHead as Plan
from tablet_loans.domain.plan import PlanState
from tablet_loans.services.consulting import CampaignName
from tablet_loans.text import tr
from ui import icons
from ui.widgets.chip import Chip
from ui.widgets.choice import Choice
from ui.widgets.flow import Flow
from ui.widgets.plan_words import made_said, reserve_said, state_said

_HIGH: Final = 34
_WIDEST: Final = 260
_RUNNING: Final = (CampaignStatus.OPEN, CampaignStatus.CLOSING, CampaignStatus.DRAFT)


class PlanHead(QWidget):
    """A title, a choice, a chip, and buttons; `turned` when another campaign is chosen."""

    turned = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title, self.campaign = QLabel(tr("Allocation")), Choice()
        title.setObjectName("title")
        title.setMinimumHeight(_HIGH)
        self.campaign.setAccessibleName(tr("Campaign"))
        self.campaign.setMaximumWidth(_WIDEST)
        self.campaign.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)
        self.campaign.activated.connect(lambda _place: self.turned.emit())
        self.rules, self.compare = QPushButton(tr("Rules…")), QPushButton(tr("Compare…"))
        self.make, self.reserve = QPushButton(tr("Make the plan")), QPushButton()
        self.make.setToolTip(tr("Make the plan again from what is known now; promises already made are kept"))
        self.reserve.setObjectName("primary")
        self.more = QPushButton(icons.icon("dots-three"), "")
        self.more.setAccessibleName(tr("More"))
        self.more.setToolTip(tr("More"))
        self._fill_menu()
        self._chip, self._made = Chip(), QLabel()
        self._made.setObjectName("soft")
        self._made.setMinimumHeight(self._chip.sizeHint().height())
        first, second = Flow(8), Flow(12)
        first.addWidget(title)
        first.addWidget(self.campaign)
        first.push()
        for button in (self.rules, self.compare, self.make, self.more, self.reserve):
            first.addWidget(button)
        for widget in (self._chip, self._made):
            second.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(first)
        layout.addLayout(second)
        self.show_plan(None)
        self.offer(None, "", may_act=False, has_promises=False)

    def _fill_menu(self) -> None:
        menu = QMenu(self.more)
        self.report = menu.addAction(tr("Public report…"))
        self.letters = menu.addAction(tr("Letters of all schools…"))
        menu.addSeparator()
        self.history = menu.addAction(tr("History"), QKeySequence("Ctrl+H"))
        menu.addSeparator()
        self.withdraw = menu.addAction(tr("Take the promises back…"))
        self.more.setMenu(menu)
        self.more.setStyleSheet("QPushButton::menu-indicator { width: 0; image: none; }")

    def actions_(self) -> Sequence[QAction]:
        """Return what the menu offers, for keys to reach while it is closed."""
        return self.report, self.letters, self.history, self.withdraw

    def know(self, campaigns: Sequence[CampaignName], kept: str) -> None:
        """Offer the campaigns, those that run first; stay on the one chosen, else on the one kept."""
        kept = self.chosen() or kept
        order = sorted(campaigns, key=lambda each: each.status not in _RUNNING)
        self.campaign.clear()
        for each in order:
            is_open = each.status == CampaignStatus.OPEN
            self.campaign.addItem(each.name if is_open else f"{each.name} ({tr(STATUS_WORDS[each.status])})", each.name)
        names = [each.name for each in order]
        open_ones = [each.name for each in order if each.status == CampaignStatus.OPEN]
        chosen = kept if kept in names else next(iter(open_ones or names), None)
        self.campaign.setCurrentIndex(names.index(chosen) if chosen is not None else -1)
        self.campaign.setVisible(bool(names))

    def chosen(self) -> str:
        """Return the campaign, "" when there is none."""
        return str(self.campaign.currentData() or "")

    def show_plan(self, plan: Plan | None, applied: CampaignAct | None = None, *, can_reserve: bool = True) -> None:
        """Show a plan's state and which act applied it; without a plan there is nothing to reserve."""
        is_draft = plan is not None and plan.state is PlanState.DRAFT
        self._chip.say(*state_said(plan)) if plan is not None else self._chip.hide()
        self._made.setText(made_said(plan, applied) if plan is not None else "")
        self._made.setVisible(plan is not None)
        self.reserve.setVisible(is_draft and can_reserve)
        self.reserve.setText(reserve_said(plan.served) if plan is not None else "")
        self.make.setText(tr("Make it again") if plan is not None else tr("Make the plan"))

    def offer(self, plan: Plan | None, campaign: str, *, may_act: bool, has_promises: bool) -> None:
        """Let be asked what can be done now; letters and withdrawing are for a plan whose promises stand."""
        can_reserve = plan is not None and plan.state is PlanState.DRAFT and plan.served > 0
        for widget, is_offered in (
            (self.rules, bool(campaign)), (self.more, bool(campaign)), (self.compare, plan is not None),
            (self.make, may_act), (self.report, may_act), (self.reserve, may_act and can_reserve),
            (self.letters, may_act and has_promises), (self.withdraw, may_act and has_promises),
        ):  # fmt: skip
            widget.setEnabled(is_offered)
