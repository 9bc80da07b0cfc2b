"""The head of the allocation: which campaign, which plan and its state, and what can be done with it."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from tablet_loans.domain.campaign import STATUS_WORDS, CampaignStatus
from tablet_loans.domain.plan import PlanState
from tablet_loans.services.consulting import CampaignName
from tablet_loans.text import tr
from ui import icons
from ui.plan_reading import Seen
from ui.theme import Tone
from ui.widgets.chip import Chip
from ui.widgets.choice import Choice
from ui.widgets.flow import Flow
from ui.widgets.plan_words import caution_said, listed_said, made_said, reserve_said, state_said

_HIGH: Final = 34
_WIDEST: Final = 260
_NARROW: Final = 190
_RUNNING: Final = (CampaignStatus.OPEN, CampaignStatus.CLOSING, CampaignStatus.DRAFT)


class PlanHead(QWidget):
    """A title, a choice, chips, and buttons; `turned` when another campaign is chosen, `taken` another plan of it."""

    turned = Signal()
    taken = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self.campaign = QLabel(tr("Allocation")), Choice()
        self._title.setObjectName("title")
        self._title.setMinimumHeight(_HIGH)
        self.campaign.setAccessibleName(tr("Campaign"))
        self.campaign.setMaximumWidth(_WIDEST)
        self.campaign.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)
        self.campaign.activated.connect(lambda _place: self.turned.emit())
        self.rules, self.compare = QPushButton(tr("Rules…")), QPushButton(tr("Compare…"))
        self.make, self.reserve = QPushButton(tr("Make the plan again")), QPushButton()
        self.make.setToolTip(tr("Make the plan again from what is known now; promises already made are kept"))
        self.reserve.setObjectName("primary")
        self.more = QPushButton(icons.icon("dots-three-bold", Tone.PLAIN), "")
        self.more.setAccessibleName(tr("More"))
        self.more.setToolTip(tr("More"))
        self._chip, self._caution, self._made = Chip(), Chip(), QLabel()
        self._made.setObjectName("soft")
        self._made.setMinimumHeight(self._chip.sizeHint().height())
        self.plans = QPushButton(tr("Other plans…"))
        self.plans.setObjectName("quiet")
        self.plans.setToolTip(tr("Look at another plan of this campaign, which can be reserved as well"))
        self.plans.setFixedHeight(self._made.minimumHeight())
        self.plans.setMenu(QMenu(self.plans))
        self._is_folded = self._has_plan = False
        self._fill_menu()
        self._lay_out()
        self.show_plan(Seen(None, (), (), ()))
        self.offer(Seen(None, (), (), ()), may_act=False)

    def _lay_out(self) -> None:
        first, second = Flow(8), Flow(10)
        first.addWidget(self._title)
        first.addWidget(self.campaign)
        first.push()
        for button in (self.rules, self.compare, self.make, self.more, self.reserve):
            first.addWidget(button)
        for widget in (self._chip, self._caution, self._made, self.plans):
            second.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(first)
        layout.addLayout(second)

    def _fill_menu(self) -> None:
        menu = QMenu(self.more)
        self._folded = [menu.addAction(button.text()) for button in (self.rules, self.compare, self.make)]
        for action, button in zip(self._folded, (self.rules, self.compare, self.make), strict=True):
            action.triggered.connect(button.click)
            action.setVisible(False)
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

    def show_plan(self, seen: Seen, *, is_reading: bool = True) -> None:
        """Show a plan's state and what speaks against it; without a plan there is nothing to reserve."""
        plan, can_reserve = seen.head, seen.can_reserve()
        self._chip.say(*state_said(plan)) if plan is not None else self._chip.hide()
        self._caution.say(caution_said(seen), Tone.WARN)
        self._made.setText(made_said(plan, seen.applied()) if plan is not None else "")
        self._chip.setToolTip(self._made.text())
        self._know_plans(seen)
        self.reserve.setVisible(can_reserve and is_reading)
        self.reserve.setText(reserve_said(plan.served) if plan is not None else "")
        is_next = plan is not None and not can_reserve and plan.state is not PlanState.APPLIED
        _be_primary(self.make, is_primary=is_next and is_reading)
        self._has_plan = plan is not None
        self._fit()

    def offer(self, seen: Seen, *, may_act: bool) -> None:
        """Let be asked what can be done now; letters and withdrawing are for a plan whose promises stand."""
        has_campaign, has_promises = bool(self.chosen()), seen.promised() is not None
        for widget, is_offered in (
            (self.rules, has_campaign), (self.more, has_campaign), (self.compare, seen.head is not None),
            (self.make, may_act), (self.report, may_act), (self.reserve, may_act and seen.can_reserve()),
            (self.letters, may_act and has_promises), (self.withdraw, may_act and has_promises),
        ):  # fmt: skip
            widget.setEnabled(is_offered)
        for action, button in zip(self._folded, (self.rules, self.compare, self.make), strict=True):
            action.setEnabled(button.isEnabled())

    def fold(self, *, is_folded: bool) -> None:
        """Put what is asked more rarely into the menu where the window is low or narrow."""
        self._is_folded = is_folded
        self.campaign.setMaximumWidth(_NARROW if is_folded else _WIDEST)
        self._fit()

    def _fit(self) -> None:
        is_bare = not self._is_folded
        for widget in (self._title, self.rules):
            widget.setVisible(is_bare)
        self.compare.setVisible(is_bare and self._has_plan)
        is_next = self.make.objectName() == "primary"
        self.make.setVisible(self._has_plan and (is_bare or is_next))
        self._made.setVisible(is_bare and self._has_plan)
        for action, button in zip(self._folded, (self.rules, self.compare, self.make), strict=True):
            action.setVisible(self._is_folded and (self._has_plan or button is self.rules) and button.isHidden())

    def _know_plans(self, seen: Seen) -> None:
        menu = self.plans.menu()
        menu.clear()
        for head in seen.heads:
            action = menu.addAction(listed_said(head))
            action.setCheckable(True)
            action.setChecked(seen.head is not None and head.id == seen.head.id)
            action.triggered.connect(lambda _is_on=False, number=head.id: self.taken.emit(number))
        self.plans.setVisible(seen.plans > 1)


def _be_primary(button: QPushButton, *, is_primary: bool) -> None:
    name = "primary" if is_primary else ""
    if button.objectName() != name:
        button.setObjectName(name)
        button.style().unpolish(button)
        button.style().polish(button)
