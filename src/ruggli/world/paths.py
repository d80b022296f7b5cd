"""What stands at a path that is said to be a serial port, without opening it."""

import os
import re
import stat
from typing import Literal

What = Literal["terminal", "missing", "folder", "file", "block_device", "other"]

_COM = re.compile(r"(?:\\\\\.\\)?COM([0-9]+)", re.IGNORECASE)


def what_is(path: str) -> What:
    """What a path is on this computer; a `COM` port of Windows is asked of the system's list of ports."""
    if os.name == "nt" and _COM.fullmatch(path):
        return "terminal" if _is_listed(path) else "missing"
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return "missing"
    if stat.S_ISCHR(mode):
        return "terminal"
    if stat.S_ISDIR(mode):
        return "folder"
    if stat.S_ISREG(mode):
        return "file"
    return "block_device" if stat.S_ISBLK(mode) else "other"


def _is_listed(path: str) -> bool:
    from serial.tools import list_ports

    wanted = path.upper().removeprefix("\\\\.\\")
    return any(str(port.device).upper() == wanted for port in list_ports.comports())
