"""What tests of mails are made of: overdue loans of families with mail addresses, and a line to a server."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

from tablet_loans.domain.letter import LetterChoice, LetterKind
from tablet_loans.domain.mail import MailServer, Security
from tablet_loans.services import lending, mailing
from tablet_loans.services.mail_drafting import How
from tablet_loans.services.mailing import MailRun
from tablet_loans.services.session import Progress, Session
from tablet_loans.storage import rows, settings
from tests.builders import NOON, World, ticking_clock
from tests.mail_server import PASSWORD, LocalMailServer, listening

SENDER = "prets@metropole.example"
LATER = NOON + timedelta(days=120)
HOW = How(per_minute=1_000_000)


@dataclass
class Mailed:
    """A world whose loans are overdue, and a mail server of this computer."""

    world: World
    server: LocalMailServer
    session: Session
    waited: list[float] = field(default_factory=list)

    def send(
        self,
        *numbers: str,
        how: How = HOW,
        kind: LetterKind = LetterKind.REMINDER_1,
        progress: Progress | None = None,
        session: Session | None = None,
    ) -> MailRun:
        """Mail letters about these loans, or all overdue ones; no wait is waited."""
        return mailing.send(
            session or self.session,
            kind,
            LetterChoice(numbers=numbers),
            how,
            lambda: PASSWORD,
            progress=progress or Progress(),
            wait=self.waited.append,
        ).value

    def states(self) -> list[tuple[str, str]]:
        """Return the address and the state of each mail of the journal, oldest first."""
        found = self.world.base.execute("SELECT address, state FROM message ORDER BY id").fetchall()
        return [(str(row[0]), str(row[1])) for row in found]


@contextmanager
def mailed(world: World, script: LocalMailServer, user: str = "") -> Iterator[Mailed]:
    """Give a world months later, when its loans are overdue, with a server that listens and is set."""
    with listening(script):
        with world.base.atomic():
            settings.keep_mail_server(world.base, MailServer("127.0.0.1", script.port, user, SENDER, Security.NONE))
        yield Mailed(world, script, replace(world.session, clock=ticking_clock(LATER)))


def overdue(world: World, family_name: str, *emails: str, address: str = "1 rue des Lilas") -> str:
    """Lend a tablet to a pupil whose guardians, who live together, have these mail addresses; return the loan."""
    pupil = world.pupil(family_name)
    for place, email in enumerate(emails):
        guardian(world, int(pupil), f"{family_name}{place}", email, address)
    return str(lending.check_out(world.session, code=world.device(), pupil_id=pupil).value.number)


def guardian(world: World, pupil: int, family_name: str, email: str, address: str) -> None:
    """Note a guardian of a pupil."""
    said = {
        "school_id": world.base.execute("SELECT school_id FROM pupil WHERE id = ?", (pupil,)).fetchone()[0],
        "civility": "Mme", "family_name": family_name, "given_name": "Ada", "phone": "", "mobile": "", "email": email,
        "address": address, "postcode": "69003" if address else "", "commune": "Lyon" if address else "",
        "is_institution": False, "name_key": family_name.lower(), "address_key": address.lower(),
    }  # fmt: skip
    with world.base.atomic():
        guardian_id = rows.insert(world.base, "guardian", said)
        rows.insert(world.base, "guardianship", {"pupil_id": pupil, "guardian_id": guardian_id, "care": "legal"})
