"""The head of the agreements: their campaign, what is printed with its number, and what is seldom asked."""

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QWidget

from tablet_loans.domain.roles import Actor, Permission
from tablet_loans.services import listing
from tablet_loans.text import N_, tr, trn
from ui import icons, words
from ui.widgets.campaign_choice import CampaignChoice
from ui.widgets.flow import Flow

_LISTS: Final = (
    (N_("Hand-over list…"), N_("hand-over list.pdf"), listing.print_hand_overs, Permission.PRINT_AGREEMENTS),
    (N_("Delivery note…"), N_("delivery note.pdf"), listing.print_deliveries, Permission.STOCK),
    (N_("List of what is lent and not signed…"), N_("not signed.pdf"), listing.print_unsigned,
     Permission.PRINT_AGREEMENTS),
)  # fmt: skip
_HIGH: Final = 34
_WIDEST: Final = 300


class AgreementHead(QWidget):
    """The title, the campaign, the button that prints, and a menu."""

    print_asked = Signal()
    whole_asked = Signal()
    blank_asked = Signal()
    list_asked = Signal(object, str)  # the service that writes it, and its name
    letters_asked = Signal()
    filing_asked = Signal()
    wording_asked = Signal()

    def __init__(self, actor: Actor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title, self.campaign = QLabel(tr("Agreements")), CampaignChoice()
        title.setObjectName("title")
        title.setMinimumHeight(_HIGH)
        self.campaign.setMaximumWidth(_WIDEST)
        self.print_, self.more = QPushButton(), QPushButton(icons.icon("dots-three"), tr("More"))
        self.print_.setObjectName("primary")
        self.print_.setToolTip(tr("Print agreements (Ctrl+P)"))
        self.print_.clicked.connect(self.print_asked)
        self.more.setMenu(self._menu(actor))
        row = Flow(12, self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(title)
        row.addWidget(self.campaign)
        row.push()
        row.addWidget(self.more)
        row.addWidget(self.print_)

    def offer(self, number: int, *, can_print: bool, has_campaign: bool, has_schools: bool, is_busy: bool) -> None:
        """Offer what can be asked now; `number` agreements are to print."""
        said = trn("Print {count} agreement…", "Print {count} agreements…", number)
        self.print_.setText(said.format(count=words.number(number)) if number else tr("Print…"))
        self.print_.setEnabled(can_print and has_campaign and not is_busy)
        self.whole.setEnabled(has_schools and not is_busy)
        for asked in (self.blank, self.letters, *self.lists):
            asked.setEnabled(has_campaign and not is_busy)
        self.wording.setEnabled(has_campaign)

    def _menu(self, actor: Actor) -> QMenu:
        menu = QMenu(self.more)
        self.whole = menu.addAction(tr("The whole campaign, one file a school…"), self.whole_asked.emit)
        self.blank = menu.addAction(tr("Blank forms…"), self.blank_asked.emit)
        menu.addSeparator()
        self.lists = [
            menu.addAction(tr(said), self._asking(write, name))
            for said, name, write, needed in _LISTS
            if actor.may(needed)
        ]
        self.letters = menu.addAction(tr("Letters to families…"), self.letters_asked.emit)
        self.letters.setVisible(actor.may(Permission.WRITE_LETTERS))
        menu.addSeparator()
        self.filing = menu.addAction(tr("File scanned sheets…"), self.filing_asked.emit)
        self.wording = menu.addAction(tr("Edit the clauses…"), self.wording_asked.emit)
        self.wording.setVisible(actor.may(Permission.CAMPAIGN))
        return menu

    def _asking(self, write: Callable[..., object], name: str) -> Callable[[], None]:
        return partial(self.list_asked.emit, write, name)
