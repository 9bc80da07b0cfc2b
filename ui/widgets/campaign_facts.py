"""What belongs to a campaign: dates, schools, accessories, what its papers say, and the lot it draws by."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from tablet_loans.services.campaigning import CampaignView
from tablet_loans.text import tr
from ui import icons, words
from ui.widgets.campaign_words import schools_said
from ui.widgets.record_parts import fact_line, label

_NAMED: Final = 6


class CampaignFacts(QWidget):
    """The facts of one campaign, the empty ones said to be so; the lot's code can be copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plain")
        self._code = ""
        self._lines, self._lot = QVBoxLayout(), QVBoxLayout()
        for lines in (self._lines, self._lot):
            lines.setSpacing(7)
        self.copy = QPushButton(icons.icon("copy"), tr("Copy the code"))
        self.copy.clicked.connect(self._on_copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 14)
        layout.setSpacing(8)
        layout.addWidget(label(tr("The campaign"), "cardTitle", is_selectable=False))
        layout.addLayout(self._lines)
        layout.addSpacing(10)
        layout.addWidget(label(tr("The lot"), "cardTitle", is_selectable=False))
        layout.addLayout(self._lot)
        layout.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignLeft)

    def show_view(self, view: CampaignView) -> None:
        """Show what belongs to this campaign."""
        _fill(self._lines, [fact_line(*fact) for fact in _facts(view)])
        self._code = view.seed or view.seed_hash
        if not self._code:
            _fill(self._lot, [label(tr("This campaign draws no lot: it is older than that."), "notes")])
            self.copy.hide()
            return
        lot = [fact_line(tr("Fingerprint"), _in_groups(view.seed_hash), tr("published before the needs close: SHA-256"),
                         is_code=True)]  # fmt: skip
        if view.seed:
            lot.append(fact_line(tr("Seed"), _in_groups(view.seed), tr("revealed: anyone can draw again"),
                                 is_code=True))  # fmt: skip
        else:
            lot.append(fact_line(tr("Seed"), tr("kept until the needs are closed")))
        _fill(self._lot, lot)
        self.copy.show()
        self.copy.setText(tr("Copy the seed") if view.seed else tr("Copy the fingerprint"))

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._code)


def _facts(view: CampaignView) -> list[tuple[str, str, str]]:
    def day(known: object) -> str:
        return tr("not said") if known is None else str(known)

    wording = view.wording
    starts_on = words.long_date(view.starts_on) if view.starts_on else None
    until = words.long_date(view.needs_until) if view.needs_until else None
    closed = words.day_and_time(view.needs_closed_at) if view.needs_closed_at else ""
    facts = [
        (tr("First day"), day(starts_on), ""),
        (tr("Needs until"), day(until), tr("closed on {day}").format(day=closed) if closed else ""),
        (tr("Devices back by"), words.long_date(view.due), ""),
        (tr("Schools"), schools_said(view), _named(view.schools)),
        (tr("Accessories"), ", ".join(view.kit) or tr("what each model comes with"), ""),
    ]
    if view.relaunches:
        facts.append((tr("Relaunches"), str(view.relaunches), ""))
    said = (
        (tr("Authority"), wording.authority), (tr("Helpline"), wording.helpline), (tr("Appeal"), wording.appeal),
        (tr("Signed at"), wording.place),
    )  # fmt: skip
    return [*facts, *((name, text or tr("not said"), "") for name, text in said)]


def _named(uais: tuple[str, ...]) -> str:
    named = ", ".join(uais[:_NAMED])
    return f"{named}…" if len(uais) > _NAMED else named


def _in_groups(code: str) -> str:
    """Return a long code in groups of eight, so that it can break and be read aloud."""
    return " ".join(code[at : at + 8] for at in range(0, len(code), 8))


def _fill(lines: QVBoxLayout, widgets: list[QWidget]) -> None:
    while (item := lines.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
    for widget in widgets:
        lines.addWidget(widget)
