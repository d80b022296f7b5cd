"""The folder in which every user's controllers on this computer look for the locks of its ports."""

import os
import stat
import sys

from ruggli.errors import InputError
from ruggli.world.disk import environment

LOCKS_VARIABLE = "RUGGLI_LOCKS"

EVERYBODY = 0o1777
"""Mode of the folder: everybody may make a lock, nobody may remove another's."""


def lock_folder() -> str:
    """`RUGGLI_LOCKS`, else the one place of the system that all users share."""
    return environment(LOCKS_VARIABLE) or os.path.join(_shared(), "ruggli-locks")


def _shared() -> str:
    if sys.platform == "win32":
        return environment("PUBLIC") or r"C:\ProgramData"
    if sys.platform == "darwin":
        return "/Users/Shared"
    return "/run/lock" if _open_to_all("/run/lock") else "/var/tmp"


def _open_to_all(folder: str) -> bool:
    try:
        mode = os.stat(folder).st_mode
    except OSError:
        return False
    return stat.S_ISDIR(mode) and bool(mode & stat.S_IWOTH)


def make_lock_folder(folder: str) -> None:
    """Make the folder where it is not there, for all users.

    Raises:
        InputError: it cannot be made.
    """
    try:
        if not os.path.isdir(folder):
            os.makedirs(folder, exist_ok=True)
            os.chmod(folder, EVERYBODY)  # makedirs is subject to the umask, and it would keep other users out
    except OSError as error:
        raise InputError(
            f"E-LOCK {folder}: the folder of port locks cannot be made: {error.strerror or error}. Without it two "
            f"controllers could talk to one device; name another folder in {LOCKS_VARIABLE}, the same for all users"
        ) from error
