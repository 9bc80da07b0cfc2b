"""Letters by mail, through a real server on this computer: each address once, whatever happens in the middle."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tablet_loans.domain.act import Action
from tablet_loans.domain.errors import DemonstrationBase, NotPermitted
from tablet_loans.domain.letter import LetterChoice, LetterKind
from tablet_loans.domain.mail import MailServer, MessageState, NoMailServer, Security
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.trouble import (
    FontLacks,
    MailLoginRefused,
    MailSenderRefused,
    MailServerAway,
    MailServerBusy,
    UpgradeNeeded,
)
from tablet_loans.services import mailing, smtp
from tablet_loans.services.mailing import PAUSES_S
from tablet_loans.services.session import Cancelled, Progress
from tablet_loans.storage import ledger, settings
from tests.builders import World
from tests.mail_server import DROP, HANG, LocalMailServer
from tests.services.mailed import HOW, LATER, Mailed, mailed, overdue
from tests.services.mailed import guardian as noted


@pytest.fixture
def post(world: World) -> Iterator[Mailed]:
    """Return three overdue loans and a server that takes all, on each engine."""
    for name in ("Abel", "Brun", "Caron"):
        overdue(world, name, f"{name.lower()}@familles.example")
    with mailed(world, LocalMailServer()) as made:
        yield made


A, B, C = "abel@familles.example", "brun@familles.example", "caron@familles.example"


def test_each_home_gets_its_letter_once_and_the_journal_says_so(post: Mailed) -> None:
    run = post.send()
    assert (run.sent, post.server.got, post.server.connections) == (3, [A, B, C], 1)
    assert post.states() == [(A, "sent"), (B, "sent"), (C, "sent")]
    message = post.server.taken[0].message
    assert (post.server.taken[0].sender, str(message["To"])) == ("prets@metropole.example", A)
    again = post.send()
    assert (again.sent, again.recent, len(post.server.taken)) == (0, 3, 3)
    assert post.server.connections == 1


def test_a_sending_is_one_line_of_the_ledger_that_names_nobody(post: Mailed) -> None:
    receipt = mailing.send(
        post.session, LetterKind.REMINDER_1, LetterChoice(), HOW, lambda: "", wait=post.waited.append
    )
    found = ledger.find(post.world.base, receipt.ledger_id)
    assert found is not None
    assert found[0].action == Action.MESSAGES_SENT
    counts = {"kind": "reminder_1", "sent": 3, "refused": 0, "failed": 0, "doubtful": 0}
    assert found[1] == {**counts, "changes": []}
    assert "abel" not in str(found).lower()


def test_after_three_days_the_same_letter_may_go_again_and_another_kind_at_once(post: Mailed) -> None:
    post.send()
    assert post.send(kind=LetterKind.REMINDER_2).sent == 3
    later = replace(post.session, clock=lambda: LATER + timedelta(days=3, hours=1))
    assert post.send(session=later).sent == 3


def test_a_dry_run_connects_to_nothing_and_writes_nothing(post: Mailed) -> None:
    overdue(post.world, "Dumas", "")
    with post.world.base.atomic():
        settings.keep_mail_server(post.world.base, None)
    run = post.send(how=replace(HOW, is_dry_run=True))
    assert [row.address for row in run.to_send] == [f"{name}***@familles.example" for name in "abc"]
    assert (len(run.without_email), post.server.connections, post.states()) == (1, 0, [])
    with pytest.raises(NoMailServer):
        post.send()


def test_an_undeliverable_address_is_a_line_and_the_others_get_theirs(post: Mailed) -> None:
    post.server.to[B] = [f"550 5.1.1 <{B}>: no such person"]
    run = post.send()
    assert (run.sent, len(run.undeliverable), post.server.got) == (2, 1, [A, C])
    rows = mailing.journal(post.session, state=MessageState.REFUSED)
    assert [(row.address, row.reason) for row in rows] == [
        ("b***@familles.example", "550 5.1.1 <b***@familles.example>: no such person")
    ]
    assert [row.state for row in mailing.journal(post.session, loan=run.undeliverable[0].lower())] == ["refused"]


def test_of_two_in_one_home_one_may_be_unreachable(world: World) -> None:
    overdue(world, "Abel", A, B)
    with mailed(world, LocalMailServer(to={A: ["550 no"]})) as post:
        run = post.send()
        assert (run.sent, len(run.undeliverable), post.server.got) == (1, 1, [B])
        assert sorted(post.states()) == [(A, "refused"), (B, "sent")]
        assert (post.send().recent, post.server.got) == (1, [B, A])


def test_what_is_put_off_is_tried_again_after_the_others(post: Mailed) -> None:
    post.server.to[A] = ["451 4.7.1 greylisted"]
    assert post.send().sent == 3
    assert post.server.got == [B, C, A]
    assert sum(post.waited) == pytest.approx(PAUSES_S[0], abs=1)
    assert post.states() == [(A, "failed"), (B, "sent"), (C, "sent"), (A, "sent")]


def test_what_is_put_off_each_time_is_given_up_after_three_more_and_can_be_asked_again(post: Mailed) -> None:
    post.server.to[A] = ["452 full"] * 4
    run = post.send()
    assert (run.sent, len(run.failed), post.server.got) == (2, 1, [B, C])
    assert sum(post.waited) == pytest.approx(sum(PAUSES_S), abs=1)
    assert (post.send().sent, post.server.got) == (1, [B, C, A])


def test_a_server_that_closes_in_the_middle_is_called_again(post: Mailed) -> None:
    post.server.to[B] = ["421 4.3.2 closing"]
    assert (post.send().sent, post.server.got, post.server.connections) == (3, [A, B, C], 2)


def test_a_server_that_puts_all_off_stops_the_run_and_keeps_what_was_sent(post: Mailed) -> None:
    post.server.to[B] = ["421 later"] * 4
    with pytest.raises(MailServerBusy) as busy:
        post.send()
    assert busy.value.facts["sent"] == 1
    assert post.states() == [(A, "sent"), (B, "failed")]
    assert (post.send().sent, post.server.got) == (2, [A, B, C])


def test_a_line_that_breaks_before_the_mail_is_given_is_opened_again(post: Mailed) -> None:
    post.server.to[B] = [DROP]
    assert (post.send().sent, post.server.got, post.server.connections) == (3, [A, B, C], 2)


def test_a_line_that_breaks_before_the_answer_leaves_a_doubt_and_nobody_gets_it_twice(post: Mailed) -> None:
    post.server.ends = ["250 taken", DROP]
    run = post.send()
    assert (run.sent, len(run.doubtful), post.server.got) == (2, 1, [A, B, C])
    assert post.states() == [(A, "sent"), (B, "sending"), (C, "sent")]
    asked = post.send()
    assert (asked.sent, asked.doubtful, post.server.got) == (0, run.doubtful, [A, B, C])
    assert post.send(how=replace(HOW, is_again=True)).sent == 1
    assert post.states()[1:] == [(B, "failed"), (C, "sent"), (B, "sent")]


def test_a_line_is_opened_again_after_many_mails(post: Mailed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "MOST_ON_A_LINE", 2)
    assert (post.send().sent, post.server.connections) == (3, 2)


def test_a_server_that_hangs_is_left_after_a_while(post: Mailed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "TIMEOUT_S", 0.3)
    post.server.to[A] = [HANG]
    post.server.ends = [HANG]
    run = post.send()
    assert (run.sent, len(run.doubtful), post.server.got) == (2, 1, [B, C])


def test_a_server_that_is_not_there_stops_before_anything_is_written(post: Mailed) -> None:
    with post.world.base.atomic():
        gone = MailServer("127.0.0.1", 1, "", "prets@metropole.example", Security.NONE)
        settings.keep_mail_server(post.world.base, gone)
    with pytest.raises(MailServerAway):
        post.send()
    assert post.states() == []


def test_a_wrong_password_stops_at_once(world: World) -> None:
    overdue(world, "Abel", A)
    with mailed(world, LocalMailServer(), user="quelqu’un") as post:
        with pytest.raises(MailLoginRefused) as refused:
            post.send()
        assert (refused.value.facts["user"], post.states(), post.server.connections) == ("quelqu’un", [], 1)
    with mailed(world, LocalMailServer(needs_login=True)) as post, pytest.raises(MailLoginRefused):
        post.send()


def test_a_sender_who_may_not_send_stops_the_run(post: Mailed) -> None:
    post.server.senders = ["553 5.7.1 not your address"]
    with pytest.raises(MailSenderRefused):
        post.send()
    assert post.states() == [(A, "failed")]


def test_who_stops_and_goes_on_sends_nobody_a_letter_twice(post: Mailed) -> None:
    stop = Progress(is_cancelled=lambda: len(post.server.taken) >= 1)
    with pytest.raises(Cancelled):
        post.send(progress=stop)
    assert post.server.got == [A]
    heard: list[tuple[int, int]] = []
    run = post.send(progress=Progress(lambda done, total: heard.append((done, total))))
    assert (run.sent, run.recent, post.server.got) == (2, 1, [A, B, C])
    assert heard == [(0, 2), (1, 2), (2, 2)]


def test_who_is_killed_keeps_what_was_sent_and_goes_on(post: Mailed) -> None:
    def killed(_seconds: float) -> None:
        raise KeyboardInterrupt

    slow = replace(HOW, per_minute=1)
    with pytest.raises(KeyboardInterrupt):
        mailing.send(post.session, LetterKind.REMINDER_1, LetterChoice(), slow, lambda: "", wait=killed)
    assert post.states() == [(A, "sent")]
    assert post.send().sent == 2


def test_mails_leave_no_faster_than_asked(post: Mailed) -> None:
    post.send(how=replace(HOW, per_minute=4))
    # the clock of tests goes on by some seconds a mail, which are not waited
    assert 2 * 15 * 0.5 < sum(post.waited) <= 2 * 15


def test_two_stations_never_send_the_same_mail(post: Mailed) -> None:
    def other_station() -> None:
        post.server.after_taken = lambda: None
        got = len(post.server.taken)
        post.send()
        assert len(post.server.taken) > got

    waits = iter([True])

    def wait(_seconds: float) -> None:
        if next(waits, False):
            other_station()

    run = mailing.send(
        post.session, LetterKind.REMINDER_1, LetterChoice(), replace(HOW, per_minute=1), lambda: "", wait=wait
    ).value
    assert (run.sent, run.recent, sorted(post.server.got)) == (1, 2, [A, B, C])


def test_two_homes_never_see_each_others_address(world: World) -> None:
    number = overdue(world, "Abel", A)
    pupil = world.base.execute("SELECT pupil_id FROM loan").fetchone()[0]
    noted(world, pupil, "Lac", B, "2 rue du Lac")
    with mailed(world, LocalMailServer()) as post:
        assert post.send(number).sent == 2
        for taken, mine, other in zip(post.server.taken, (A, B), (B, A), strict=True):
            assert (taken.to, str(taken.message["To"])) == ((mine,), mine)
            assert other.encode() not in taken.content
            assert (b"Lilas" in taken.content, b"rue du Lac" in taken.content) == (False, False)


def test_what_is_no_address_is_told_by_its_loan(world: World) -> None:
    wrong, none = overdue(world, "Abel", "néant"), overdue(world, "Brun", "")
    overdue(world, "Caron", C, "c@d\r\nBcc: x@y.example")
    with mailed(world, LocalMailServer()) as post:
        run = post.send()
        assert (run.sent, run.without_email, post.server.got) == (1, (wrong, none), [C])
        assert run.not_addresses[0] == wrong
        assert len(run.not_addresses) == 2


def test_an_address_beyond_ascii_needs_a_server_that_knows_them(world: World) -> None:
    overdue(world, "Abel", "zoé@café.example")
    with mailed(world, LocalMailServer(offers=())) as post:
        assert len(post.send().undeliverable) == 1
    with mailed(world, LocalMailServer()) as post:
        assert (post.send().sent, post.server.got) == (1, ["zoé@xn--caf-dma.example"])


def test_the_letter_itself_is_attached_or_refused_before_anything_is_sent(world: World) -> None:
    number = overdue(world, "Abel", A)
    with mailed(world, LocalMailServer()) as post:
        assert post.send(how=replace(HOW, is_attached=True)).sent == 1
        (attached,) = post.server.taken[0].message.iter_attachments()
        assert attached.get_filename() == f"{number}.pdf"
        assert attached.get_content().startswith(b"%PDF")
        overdue(world, "Brun \U0001f600", B)
        with pytest.raises(FontLacks):
            post.send(how=replace(HOW, is_attached=True))
        assert post.server.got == [A]


def test_a_demonstration_writes_to_nobody(post: Mailed) -> None:
    session = replace(post.session, settings=replace(post.session.settings, is_demonstration=True))
    assert post.send(session=session).sent == 3
    with post.world.base.atomic():
        settings.keep_mail_server(post.world.base, MailServer("mail.example", 587, "", "a@b.example"))
    with pytest.raises(DemonstrationBase):
        post.send(session=session)


def test_a_liaison_writes_to_nobody(post: Mailed) -> None:
    liaison = replace(post.session, actor=Actor("L", Role.LIAISON))
    with pytest.raises(NotPermitted):
        post.send(session=liaison)
    with pytest.raises(NotPermitted):
        mailing.journal(liaison)


def test_a_base_of_the_version_before_is_upgraded_first(post: Mailed) -> None:
    with post.world.base.atomic():
        post.world.base.execute("ALTER TABLE message RENAME TO gone")
    fresh = post.world.base
    from tablet_loans.storage import messages

    messages._WITH_MESSAGES.clear()
    with pytest.raises(UpgradeNeeded):
        mailing.journal(replace(post.session, base=fresh))
