"""The dialogs of the allocation: decided by hand, rules, two plans compared, promises taken back, cartons packed."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from tablet_loans.domain.chronicle import CampaignAct
from tablet_loans.domain.plan import PupilChoice
from tablet_loans.domain.rules import Rules
from tablet_loans.services.session import Session
from tablet_loans.text import tr
from ui.dialogs.mark import Mark
from ui.dialogs.rules import RulesDialog
from ui.jobs import Jobs
from ui.message import Message
from ui.widgets.plan_words import MarkAct
from ui.widgets.plan_work import PlanWork
from ui.widgets.screen import Screen


class PlanDialogs(QObject):
    """Opens each over the screen; `decided` gives the receipt of marks or rules changed since the plan was made."""

    decided = Signal(object)

    def __init__(self, session: Session, jobs: Jobs, work: PlanWork, screen: Screen) -> None:
        super().__init__(screen)
        self._session, self._jobs, self._work, self._screen = session, jobs, work, screen

    def ask_mark(self, campaign: str, act: MarkAct, row: PupilChoice) -> None:
        """Ask why something is decided by hand for a pupil."""
        dialog = Mark(self._session, self._jobs, campaign, act, row, self._screen)
        dialog.decided.connect(self.decided)
        dialog.open()

    def ask_rules(self, campaign: str) -> None:
        """Show the campaign's rules: tried in a plan, or saved."""
        can_try = not self._work.is_busy()
        dialog = RulesDialog(self._session, self._jobs, campaign, can_try=can_try, parent=self._screen)
        dialog.tried.connect(partial(self._try, campaign, dialog))
        dialog.kept.connect(self.decided)
        dialog.open()

    def _try(self, campaign: str, dialog: RulesDialog, rules: Rules) -> None:
        """Make a plan by the rules tried; refused, they come back as they were typed, with the refusal."""
        if not self._work.is_busy():
            dialog.hide()
            self._work.make(campaign, rules, refused=dialog.come_back, ended=dialog.accept)

    def compare(self, campaign: str) -> None:
        """Show two plans side by side."""
        from ui.dialogs.compare_plans import ComparePlans

        ComparePlans(self._session, self._jobs, campaign, self._screen).open()

    def pack(self, campaign: str, school: str) -> None:
        """Show what a school is to receive, and pack its cartons."""
        from ui.dialogs.pack_cartons import PackCartons

        PackCartons(self._session, self._jobs, campaign, school, self._screen).open()

    def ask_withdraw(self, applied: CampaignAct) -> None:
        """Ask whether to take back what a plan promised when this act applied it."""
        said = tr("All that plan no. {number} promised and nobody has fetched yet is free again.")
        ask = Message(
            tr("Take the promises back?"),
            said.format(number=applied.facts["plan"]),
            act=tr("Take the promises back"),
            parent=self._screen,
        )
        ask.accepted.connect(partial(self._work.withdraw, applied.id))
        ask.open()
