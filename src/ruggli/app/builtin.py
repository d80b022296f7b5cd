"""The protocols and rigs that ship with the program, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ruggli.errors import InputError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

DEFAULT_RIG = "bench"
_SUFFIX = ".yaml"


def builtin_protocols() -> Traversable:
    """The folder of shipped protocols: inside the installed package, or in a checkout the folder `protocols`."""
    from importlib.resources import files
    from pathlib import Path

    installed = files("ruggli") / "protocols"
    return installed if installed.is_dir() else Path(__file__).parents[3] / "protocols"


def protocol_names() -> tuple[str, ...]:
    """Names of the shipped protocols, without `.yaml`."""
    return _names(builtin_protocols())


def rig_names() -> tuple[str, ...]:
    """Names of the shipped rigs, without `.yaml`."""
    return _names(builtin_protocols() / "rigs")


def find_protocol(name: str) -> tuple[str, bytes]:
    """A shipped protocol.

    Args:
        name: its name, with or without `.yaml`.

    Returns:
        The file name for messages and the file's bytes.

    Raises:
        InputError: there is none of that name; the message lists those there are.
    """
    return _find(builtin_protocols(), name, "protocol")


def find_rig(name: str) -> tuple[str, bytes]:
    """A shipped rig; as `find_protocol`."""
    return _find(builtin_protocols() / "rigs", name, "rig")


def _names(folder: Traversable) -> tuple[str, ...]:
    if not folder.is_dir():
        return ()
    return tuple(sorted(entry.name.removesuffix(_SUFFIX) for entry in folder.iterdir() if entry.name.endswith(_SUFFIX)))


def _find(folder: Traversable, name: str, what: str) -> tuple[str, bytes]:
    wanted = name.removesuffix(_SUFFIX)
    names = _names(folder)
    if wanted in names:
        file = wanted + _SUFFIX
        return file, (folder / file).read_bytes()
    from difflib import get_close_matches

    near = get_close_matches(wanted, names, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    raise InputError(
        f"there is no shipped {what} named {name!r} and no such file; {hint}shipped: {', '.join(names) or 'none'}"
    )
