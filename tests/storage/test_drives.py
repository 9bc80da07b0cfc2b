"""Network drives are known by the mount that holds the path."""

from pathlib import Path

import pytest

from tablet_loans.domain.trouble import NetworkDrive
from tablet_loans.storage import drives
from tablet_loans.storage.database import open_database

MOUNTS = {"/": "ext4", "/mnt/share": "cifs", "/mnt/share/local": "ext4", "/home": "nfs4"}


@pytest.mark.parametrize(
    ("path", "is_remote"),
    [("/srv/base.sqlite", False), ("/mnt/share/a/b.sqlite", True), ("/mnt/share/local/b", False), ("/home/x/b", True)],
)
def test_the_innermost_mount_decides(path: str, is_remote: bool) -> None:
    assert drives.is_remote_among(Path(path), MOUNTS) is is_remote


def test_a_base_on_a_network_drive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drives, "is_remote", lambda _path: True)
    with pytest.raises(NetworkDrive):
        open_database(str(tmp_path / "base.sqlite"), create=True)
    assert not list(tmp_path.iterdir())
