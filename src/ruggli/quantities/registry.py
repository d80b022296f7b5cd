"""The one pint registry of the process."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pint

_OWN_DEFINITIONS = (
    "equivalent = [equivalents] = eq",
    "mole_fraction = [mole_fraction]",
    "mole_percent = 0.01 * mole_fraction",
)


@cache
def registry() -> pint.UnitRegistry[float]:
    """The one registry of the process: pint's defaults, plus `equivalent` and `mole_percent`, each its own dimension.

    The first call costs about 0.4 s from the shell (0.25 s with pint's cache of parsed definitions), every other
    nothing. The cache is a help and never a condition: it lies in the user's cache folder, apart for each version of
    pint and Python, and where it cannot be written or read whole, the registry is built without it.
    """
    built = _build(_cache_folder()) or _build(None)
    if built is None:
        raise RuntimeError("pint's own definitions cannot be read: install pint again")
    return built


def _cache_folder() -> str:
    from sys import implementation

    import pint
    from platformdirs import user_cache_path

    return str(user_cache_path("ruggli", appauthor=False) / f"pint-{pint.__version__}-{implementation.cache_tag}")


def _build(cache_folder: str | None) -> pint.UnitRegistry[float] | None:
    import pint

    try:
        built: pint.UnitRegistry[float] = pint.UnitRegistry(cache_folder=cache_folder)
        for definition in _OWN_DEFINITIONS:
            built.define(definition)
    except Exception:  # a torn or foreign cache file can raise anything
        return None
    return built
