"""Which paths lie on a network drive, where SQLite's write-ahead log does not work."""

import sys
from pathlib import Path
from typing import Final

_REMOTE: Final = {
    "nfs", "nfs4", "cifs", "smb", "smbfs", "smb2", "smb3", "afpfs", "webdav", "davfs", "fuse.davfs", "fuse.sshfs",
    "fuse.rclone", "fuse.smbnetfs", "ncpfs", "afs", "ceph", "glusterfs", "fuse.glusterfs", "9p",
}  # fmt: skip
_DRIVE_REMOTE: Final = 4
_LINUX_MOUNTS: Final = Path("/proc/self/mounts")


def is_remote(path: Path) -> bool:
    """Say whether `path` (existing or not) lies on a network drive: a share, a mapped letter, a mount."""
    if sys.platform == "win32":
        return _is_remote_on_windows(path)
    return is_remote_among(path.resolve(), _mounts())


def is_remote_among(path: Path, mounts: dict[str, str]) -> bool:
    """Say whether the innermost of `mounts` (mount point to file system type) that holds `path` is remote."""
    for folder in (path, *path.parents):
        if (kind := mounts.get(str(folder))) is not None:
            return kind.lower() in _REMOTE
    return False


def _mounts() -> dict[str, str]:
    """Return the file system type of each mount point; on Linux without psutil, 20 ms of the window's start."""
    if _LINUX_MOUNTS.exists():
        lines = [line.split() for line in _LINUX_MOUNTS.read_text("utf-8", "surrogateescape").splitlines()]
        return {point.replace("\\040", " "): kind for _device, point, kind, *_rest in lines}
    import psutil

    return {part.mountpoint: part.fstype for part in psutil.disk_partitions(all=True)}


def _is_remote_on_windows(path: Path) -> bool:
    import ctypes

    anchor = path.absolute().anchor
    if anchor.startswith("\\\\"):
        return True
    windll = getattr(ctypes, "windll", None)
    return windll is not None and windll.kernel32.GetDriveTypeW(anchor) == _DRIVE_REMOTE
