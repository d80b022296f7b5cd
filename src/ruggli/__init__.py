"""Ruggli runs slow chemistry unattended, and can prove what it did.

From Python: `load_protocol`, `load_rig`, `plan_protocol`, `simulate` and `open_run` of this package; each is loaded
when it is first used (see `ruggli.app.library`).
"""

from typing import Any

__version__ = "0.1.0"

_LIBRARY = ("load_protocol", "load_rig", "open_run", "plan_protocol", "simulate")


def __getattr__(name: str) -> Any:
    if name not in _LIBRARY:
        raise AttributeError(f"module 'ruggli' has no attribute {name!r}")
    from ruggli.app import library

    return getattr(library, name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_LIBRARY])
