"""What the campaigns' room has done in a process apart: the drill, what closes, and the public report."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from tablet_loans.domain.drill import Drill
from tablet_loans.services import apart, asking, closing, drilling, publishing
from tablet_loans.services.session import Session
from tablet_loans.text import tr, trn
from ui import words
from ui.jobs import Jobs
from ui.theme import Tone
from ui.widgets.apart_work import ApartWork, open_file
from ui.widgets.screen import Screen

_FOLDER: Final = "campaigns/folder"


class CampaignWork(ApartWork):
    """One piece of work at a time, with how far it is and a way to stop it; `strip` and `banner` tell of it."""

    def __init__(self, session: Session, jobs: Jobs, screen: Screen) -> None:
        super().__init__(session, jobs, screen)
        self._screen = screen
        self._stopped = tr("Stopped before the end: nothing was written.")

    def ask_drill(self, campaign: str) -> None:
        """Ask where the drill's page is written, then run it."""
        title, name = tr("Page of the drill"), tr("drill {campaign}").format(campaign=campaign)
        self._ask_out(title, name, partial(self.drill, campaign))

    def ask_report(self, campaign: str) -> None:
        """Ask where the public report is written, then write it."""
        title, name = tr("Public report"), tr("public report {campaign}").format(campaign=campaign)
        self._ask_out(title, name, partial(self.report, campaign))

    def drill(self, campaign: str, out: Path) -> None:
        """Run the whole campaign on a copy of the base, and print a page of what came of it."""
        work = partial(drilling.drill, campaign=campaign, out=out)
        self._begin(tr("Drill: the whole campaign on a copy of the base"), work, partial(self._on_drilled, out))

    def close(self, campaign: str, then: Callable[[Any], object]) -> None:
        """Close a campaign, its promises released one after the other."""
        self._begin(tr("Closing the campaign"), partial(closing.close, name=campaign), then)

    def close_needs(self, campaign: str, then: Callable[[Any], object]) -> None:
        """Close a campaign's needs for good, and forget who is no longer needed."""
        call = partial(asking.close_needs, campaign=campaign)
        self._begin(tr("Closing the needs"), partial(apart.unmetered, call), then)

    def report(self, campaign: str, out: Path) -> None:
        """Write the public report: the fingerprint of the lot, the rules and the coverage, and no name."""
        call = partial(publishing.public_report, campaign=campaign, out=out)
        said = tr("Writing {file}").format(file=out.name)
        self._begin(said, partial(apart.unmetered, call), partial(self._on_reported, out))

    def _ask_out(self, title: str, name: str, act: Callable[[Path], object]) -> None:
        if self.is_busy():
            return
        memory = self._screen.memory
        folder = str(memory.value(_FOLDER, "")) if memory is not None else ""
        ask = QFileDialog(self._screen, title, folder, "PDF (*.pdf)")
        ask.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        ask.setFileMode(QFileDialog.FileMode.AnyFile)
        ask.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        ask.setDefaultSuffix("pdf")
        ask.selectFile("".join(each if each.isalnum() or each in " -_’'" else "-" for each in name))
        ask.fileSelected.connect(lambda chosen: self._go(act, Path(chosen)))
        ask.open()

    def _go(self, act: Callable[[Path], object], path: Path) -> None:
        if self._screen.memory is not None:
            self._screen.memory.setValue(_FOLDER, str(path.parent))
        act(path)

    def _on_drilled(self, out: Path, drill: Drill) -> None:
        """Open the page, and say in the screen what came of it."""
        wrong = sum(each.count for step in drill.steps for each in step.wrong)
        said = trn("{count} thing went wrong in the drill", "{count} things went wrong in the drill", wrong)
        well = tr("The drill went well") if drill.has_lent else tr("Nothing was lent in the drill")
        told = said.format(count=words.number(wrong)) if wrong else well
        stations = drill.stations_within(1)
        day = trn("{count} station lends it all in a day", "{count} stations lend it all in a day", stations)
        lent = day.format(count=words.number(stations)) if stations else ""
        sentence, tone = words.joined(told, lent, str(out)), Tone.ACCENT if drill.has_gone_well else Tone.WARN
        self.banner.tell(sentence, partial(open_file, out), tr("Open it"), tone)
        open_file(out)

    def _on_reported(self, out: Path, printed: publishing.PrintedReport) -> None:
        said = trn("{count} page written to {file}", "{count} pages written to {file}", printed.pages)
        self.banner.tell(
            said.format(count=words.number(printed.pages), file=out), partial(open_file, out), tr("Open it")
        )
