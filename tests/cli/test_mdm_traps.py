"""Every trap of every MDM, by the command line: its class is said, nothing is half applied, the next run goes on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import keyring
import pytest

from tablet_loans.domain.enrolment import Provider
from tests.cli.mdm_post import Post, Run, hurried
from tests.cli.test_mdm import ForgettingKeyring
from tests.mdm_servers.street import SERVERS
from tests.mdm_servers.traps import Trap
from tests.services.mdm.certificates import HERE, certificate

TROUBLES: Final = {
    Trap.ALWAYS_BUSY: "MdmBusy",
    Trap.BUSY_FOR_HOURS: "MdmBusy",
    Trap.DOWN: "MdmAway",
    Trap.HANG: "MdmAway",
    Trap.DROPPED: "MdmAway",
    Trap.ERROR_INSIDE: "MdmAway",
    Trap.HTML: "MdmGarbled",
    Trap.CUT: "MdmGarbled",
    Trap.OTHER_SHAPE: "MdmGarbled",
    Trap.LOOP: "MdmGarbled",
    Trap.REPEAT: "MdmGarbled",
    Trap.ELSEWHERE: "MdmGarbled",
    Trap.EXPIRES_FOR_GOOD: "KeyRefused",
    Trap.FORBIDDEN: "RightMissing",
}
COME_THROUGH: Final = (Trap.BUSY, Trap.BUSY_DATE, Trap.BUSY_BARE, Trap.ERRORS, Trap.DROPPED_ONCE, Trap.EXPIRES)
_NOT_COME_THROUGH: Final = {
    (Provider.JAMF_SCHOOL, Trap.EXPIRES): "KeyRefused",  # a key that lasts is asked anew of nobody
    (Provider.MERAKI, Trap.EXPIRES): "KeyRefused",
    (Provider.JAMF_SCHOOL, Trap.DROPPED_ONCE): "MdmAway",  # what is sent whole was written in part already
}
TOLD_ILL: Final = (Trap.NULL_DATES, Trap.MESSY, Trap.BLANK, Trap.TWINS, Trap.ODD)
PROVIDERS: Final = tuple(Provider(name) for name in SERVERS)
_WHOLE: Final = Provider.JAMF_SCHOOL
_NUMBERED: Final = (Provider.HEADWIND, Provider.JAMF_PRO)
_LINKED: Final = (Provider.INTUNE, Provider.MERAKI, Provider.APPLE, Provider.JAMF_SCHOOL)
_AFTER_A_PAGE: Final = (Trap.LOOP, Trap.REPEAT, Trap.ELSEWHERE, Trap.DROPPED, Trap.CUT)
AT_ONCE: Final = tuple(trap for trap in TROUBLES if trap not in _AFTER_A_PAGE)
_SAMSUNG: Final = (Provider.ANDROID, Provider.HEADWIND)
"""A number of theirs may begin with S: it is not dropped."""
_KEPT_OF_A_STOP: Final = (
    "external_record",
    "enrolment_change",
    "ledger_line",
    "ledger_facts",
    "ledger_subject",
    "mdm_account",
)


def _can_play(provider: Provider, trap: Trap) -> bool:
    """Say whether a vendor's server has this trap: pages that we number cannot be linked wrongly, and so on."""
    match trap:
        case Trap.LOOP:
            return provider not in (_WHOLE, *_NUMBERED)
        case Trap.REPEAT:
            return provider is not _WHOLE
        case Trap.ELSEWHERE:
            return provider in _LINKED
        case Trap.ERROR_INSIDE:
            return provider is Provider.HEADWIND
        case _:
            return True


def _together(provider: Provider) -> pytest.MarkDecorator:
    """Keep what needs the same post on one worker."""
    return pytest.mark.xdist_group(f"mdm-{provider}")


def _cases(*traps: Trap) -> list[Any]:
    return [
        pytest.param(provider, trap, id=f"{provider}-{trap}", marks=_together(provider))
        for provider in PROVIDERS
        for trap in traps
        if _can_play(provider, trap)
    ]


each_provider = pytest.mark.parametrize("provider", [pytest.param(each, marks=_together(each)) for each in PROVIDERS])


def test_every_trap_has_its_outcome() -> None:
    assert {*TROUBLES, *COME_THROUGH, *TOLD_ILL, Trap.EMPTY} == set(Trap)


@pytest.fixture(scope="module")
def posts() -> Iterator[dict[Provider, Post]]:
    """Return the posts, each made when it is first asked for."""
    made: dict[Provider, Post] = {}
    yield made
    for post in made.values():
        post.server.__exit__()


@pytest.fixture(scope="module", autouse=True)
def kept() -> Iterator[ForgettingKeyring]:
    """Give the computer a keyring."""
    before, made = keyring.get_keyring(), ForgettingKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def post(
    provider: Provider, posts: dict[Provider, Post],
    tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> Post:  # fmt: skip
    """Return the post of a vendor, its base as when the MDM was read once, its server sound."""
    monkeypatch.delenv("TABLET_LOANS_MDM_KEY", raising=False)
    is_new = provider not in posts
    found = posts.get(provider) or Post(provider, tmp_path_factory.mktemp(provider) / "base.sqlite")
    hurried(found, monkeypatch)
    found.run = Run(found.base, capsys, monkeypatch)
    if is_new:
        posts[provider] = found
        found.prepare()
    found.tell()
    found.server.heal()
    found.put_back()
    return found


@pytest.mark.parametrize(("provider", "trap"), _cases(*AT_ONCE))
def test_a_trouble_at_once_is_said_and_writes_nothing(trap: Trap, post: Post) -> None:
    before = post.everything()
    post.server.spring({trap})
    code, said = post.run("mdm", "sync")
    assert (code, said.get("trouble")) == (3, TROUBLES[trap]), said
    assert post.everything() == before


@pytest.mark.parametrize(("provider", "trap"), _cases(*TROUBLES))
def test_a_trouble_in_the_middle_keeps_whole_pages_and_the_next_run_goes_on(trap: Trap, post: Post) -> None:
    before, known = post.everything(), post.records()
    for words in (("--dry-run",), ()):
        assert post.everything() == before
        post.server.spring({trap}, after=0 if post.provider is _WHOLE else 1)
        code, said = post.run("mdm", "sync", *words)
        assert (code, said.get("trouble")) == (3, TROUBLES[trap]), said
    whole = post.expected.now.records
    assert set(post.records()) <= {*known, *whole}
    assert all(is_told for *_rest, is_told in post.records())
    assert post.everything(*_KEPT_OF_A_STOP) == {
        name: rows for name, rows in before.items() if name not in _KEPT_OF_A_STOP
    }
    post.server.heal()
    code, said = post.run("mdm", "sync")
    assert (code, post.outcome()) == (0, post.expected), said
    assert said["resumed"] or post.provider is _WHOLE or trap is Trap.ELSEWHERE
    before = post.everything()
    assert post.run("mdm", "sync")[1]["ledger"] is None
    assert post.everything() == before


@pytest.mark.parametrize(("provider", "trap"), _cases(*COME_THROUGH))
def test_what_a_sync_comes_through_leaves_no_trace(trap: Trap, post: Post) -> None:
    post.server.spring({trap})
    code, said = post.run("mdm", "sync")
    if (post.provider, trap) in _NOT_COME_THROUGH:
        assert (code, said["trouble"]) == (3, _NOT_COME_THROUGH[post.provider, trap])
        code, said = post.run("mdm", "sync")
    assert (code, post.outcome()) == (0, post.expected), said


@pytest.mark.parametrize(("provider", "trap"), _cases(*TOLD_ILL))
def test_records_told_ill_stop_nobody_and_nothing_is_left_of_it_once_they_are_well(trap: Trap, post: Post) -> None:
    count = len(post.server.tablets)
    post.tell(trap)
    post.server.spring({trap})
    code, said = post.run("mdm", "sync")
    odd = 3 if trap is Trap.ODD else 0
    assert (code, said["devices"], said["unreadable"], len(said["problems"])) == (0, count - odd, odd, odd), said
    assert ("two_records" in said["findings"]) == (trap is Trap.TWINS)
    if trap is Trap.MESSY and post.provider not in _SAMSUNG:
        assert said["findings"] == post.expected.now.report[1]["counts"]
    before = post.everything()
    assert post.run("mdm", "sync")[1]["ledger"] is None
    assert post.everything() == before
    post.tell()
    post.server.heal()
    assert post.run("mdm", "sync")[0] == 0
    assert post.outcome().now == post.expected.now


@each_provider
def test_no_device_at_all_is_believed_when_a_person_says_so(post: Post) -> None:
    count = len(post.server.tablets)
    before = post.everything()
    post.tell(Trap.EMPTY)
    post.server.heal()
    for words in ((), ("--dry-run",)):
        code, said = post.run("mdm", "sync", *words)
        assert (code, said["refusal"], said["facts"]["count"]) == (1, "NoDevicesTold", count)
    assert post.everything() == before
    assert post.run("mdm", "sync", "--believe-empty")[1]["not_told"] == count
    post.tell()
    post.server.heal()
    assert post.run("mdm", "sync")[0] == 0
    assert set(post.outcome().now.records) >= {each for each in post.expected.now.records if each[-1]}


@each_provider
def test_the_network_goes_away_in_the_middle_and_comes_back(post: Post) -> None:
    post.server.goes_after = 0 if post.provider is _WHOLE else 1
    code, said = post.run("mdm", "sync")
    assert (code, said["trouble"]) == (3, "MdmAway")
    post.serve_again()
    code, said = post.run("mdm", "sync")
    assert (code, said["resumed"]) == (0, post.provider is not _WHOLE)
    assert post.outcome() == post.expected


@each_provider
def test_a_server_that_cannot_prove_who_it_is_gets_no_key_and_changes_nothing(post: Post, tmp_path: Path) -> None:
    ours, other, over = (certificate(tmp_path, HERE, days=days) for days in (30, 30, -1))
    post.serve_again(ours)
    assert post.connect(name="Secured", ca=ours)[0] == 0
    assert post.run("mdm", "sync", "Secured")[0] == 0
    before = post.everything()
    for bad in (other, over):
        post.serve_again(bad)
        code, said = post.run("mdm", "sync", "Secured")
        assert (code, said["trouble"], post.server.requests) == (3, "TlsRefused", [])
        assert post.everything() == before
    post.serve_again(ours)
    assert post.run("mdm", "sync", "Secured")[1]["ledger"] is None
    post.serve_again()


@pytest.mark.parametrize(("provider", "trap"), _cases(*(trap for trap in AT_ONCE if trap is not Trap.FORBIDDEN)))
def test_an_mdm_in_trouble_is_not_connected_and_one_that_is_stays_as_it_was(
    trap: Trap, post: Post, kept: ForgettingKeyring
) -> None:
    before, keys = post.everything(), dict(kept.kept)
    for name in ("School", "Other"):
        post.server.spring({trap})
        code, said = post.connect(name=name)
        assert (code, said.get("trouble")) == (3, TROUBLES[trap]), said
        assert (post.everything(), kept.kept) == (before, keys)


@each_provider
def test_an_mdm_that_lacks_a_right_is_connected_and_the_right_named(post: Post) -> None:
    post.server.spring({Trap.FORBIDDEN})
    code, said = post.connect()
    assert (code, bool(said["missing_rights"])) == (0, True)
    assert post.run("mdm", "sync")[1]["facts"]["right"] == said["missing_rights"][0]
