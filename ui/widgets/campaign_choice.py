"""The campaign through which a room is seen: those that run first, the one chosen kept while it is still there."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtWidgets import QWidget

from tablet_loans.domain.campaign import STATUS_WORDS, CampaignStatus
from tablet_loans.services.consulting import CampaignName
from tablet_loans.text import tr
from ui.widgets.choice import Choice

_RUNNING: Final = (CampaignStatus.OPEN, CampaignStatus.CLOSING, CampaignStatus.DRAFT)


class CampaignChoice(Choice):
    """A list of campaigns, each with its state unless it is open."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wanted = ""
        self.setAccessibleName(tr("Campaign"))
        self.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)

    def chosen(self) -> str | None:
        """Return the campaign chosen, None when there is none."""
        name = self.currentData()
        return str(name) if name is not None else None

    def want(self, name: str) -> None:
        """Turn to a campaign when the campaigns are told next."""
        self._wanted = name

    def know(self, campaigns: Sequence[CampaignName], kept: str) -> None:
        """Offer the campaigns; stay on the one wanted, else on the one chosen, else on the one of the last time."""
        kept = self._wanted or self.chosen() or kept
        self._wanted = ""
        order = sorted(campaigns, key=lambda each: each.status not in _RUNNING)
        self.clear()
        for each in order:
            is_open = each.status == CampaignStatus.OPEN
            self.addItem(each.name if is_open else f"{each.name} ({tr(STATUS_WORDS[each.status])})", each.name)
        names = [each.name for each in order]
        open_ones = [each.name for each in order if each.status == CampaignStatus.OPEN]
        chosen = kept if kept in names else next(iter(open_ones or names), None)
        self.setCurrentIndex(names.index(chosen) if chosen is not None else -1)
        self.setVisible(bool(names))
