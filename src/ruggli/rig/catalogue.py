"""Syringes by maker and size: bore, gas-tightness, where each figure comes from.

Bores are defaults of makers and pump makers as third parties carry them; a stated `bore` in a rig file wins within
1 %, and a caliper beats both. Sources of the rows:

* a: New Era NE-1000 manual, table 12.7, as carried by labmcp-new-era 0.1.2.
* b: syringe data base of Chemios/chemios (sizes below 1 mL stand there ten times too small; the bores are right).
* r: the syringe table that a Harvard/KD Scientific Legato pump itself lists.

Where two sources disagree the row keeps both, the first one is used, and the rig check adds the note `N-BORE`.
"""

import difflib
import re
from dataclasses import dataclass

from ruggli.documents.problem import Problem, ProblemsError, Severity
from ruggli.quantities.base import Millilitres, Millimetres

SOURCES = {
    "a": "New Era NE-1000 manual, table 12.7",
    "b": "Chemios syringe data base",
    "r": "syringe table of a Legato pump",
}

_ALIASES = {
    "Hamilton Gastight": ("Hamilton", "Hamilton Gastight 1000", "Hamilton 1000", "Gastight"),
    "Hamilton Microliter": ("Hamilton", "Hamilton 700", "Hamilton 7000"),
    "SGE": ("Trajan SGE", "Trajan"),
    "BD": ("BD plastic", "Becton Dickinson", "Becton, Dickinson"),
    "Terumo": (),
    "Terumo Japan": (),
    "HSW Norm-Ject": ("HSW", "Norm-Ject", "Henke Sass Wolf", "Henke-Ject"),
    "Monoject": ("Kendall Monoject", "Sherwood Monoject", "Covidien Monoject"),
    "Harvard steel": ("Harvard", "Harvard Apparatus", "Harvard stainless steel"),
    "Hoshi": (),
}
_GAS_TIGHT = {
    "Hamilton Gastight": True,
    "BD": False,
    "Terumo": False,
    "Terumo Japan": False,
    "HSW Norm-Ject": False,
    "Monoject": False,
}

# make, size in mL, then source and bore in mm, the preferred source first.
_ROWS: tuple[tuple[str, float, tuple[tuple[str, float], ...]], ...] = (
    ("Hamilton Microliter", 0.0005, (("a", 0.103), ("b", 0.103))),
    ("Hamilton Microliter", 0.001, (("a", 0.146), ("b", 0.146))),
    ("Hamilton Microliter", 0.002, (("a", 0.206), ("b", 0.206))),
    ("Hamilton Microliter", 0.005, (("a", 0.326), ("b", 0.326))),
    ("Hamilton Microliter", 0.01, (("b", 0.48),)),
    ("Hamilton Microliter", 0.025, (("b", 0.73),)),
    ("Hamilton Microliter", 0.05, (("b", 1.03),)),
    ("Hamilton Microliter", 0.1, (("b", 1.46),)),
    ("Hamilton Microliter", 0.25, (("b", 2.30),)),
    ("Hamilton Microliter", 0.5, (("b", 3.26),)),
    ("Hamilton Gastight", 1.0, (("b", 4.61),)),
    ("Hamilton Gastight", 2.5, (("b", 7.28),)),
    ("Hamilton Gastight", 5.0, (("b", 10.30),)),
    ("Hamilton Gastight", 10.0, (("b", 14.57),)),
    ("Hamilton Gastight", 25.0, (("b", 23.03),)),
    ("Hamilton Gastight", 50.0, (("b", 32.57),)),
    ("SGE", 0.005, (("a", 0.343),)),
    ("SGE", 0.01, (("a", 0.485),)),
    ("SGE", 0.025, (("a", 0.728),)),
    ("SGE", 0.05, (("a", 1.03),)),
    ("SGE", 0.1, (("a", 1.457),)),
    ("SGE", 1.0, (("b", 4.61),)),
    ("SGE", 2.5, (("b", 7.28),)),
    ("SGE", 5.0, (("b", 10.30),)),
    ("SGE", 10.0, (("b", 14.57),)),
    ("BD", 1.0, (("a", 4.699),)),
    ("BD", 3.0, (("a", 8.585),)),
    ("BD", 5.0, (("a", 11.99),)),
    ("BD", 10.0, (("a", 14.43),)),
    ("BD", 20.0, (("a", 19.05),)),
    ("BD", 30.0, (("a", 21.59),)),
    ("BD", 60.0, (("a", 26.59),)),
    ("Terumo", 1.0, (("a", 4.70), ("b", 4.73))),
    ("Terumo", 3.0, (("a", 8.95), ("b", 9.00))),
    ("Terumo", 5.0, (("a", 13.0), ("b", 13.04))),
    ("Terumo", 10.0, (("a", 15.8), ("b", 15.79))),
    ("Terumo", 20.0, (("a", 20.15), ("b", 20.18))),
    ("Terumo", 30.0, (("a", 23.1), ("b", 23.36))),
    ("Terumo", 60.0, (("a", 29.7), ("b", 29.45))),
    ("Terumo Japan", 1.0, (("b", 6.5),)),
    ("Terumo Japan", 3.0, (("b", 8.65),)),
    ("Terumo Japan", 5.0, (("b", 13.0),)),
    ("Terumo Japan", 10.0, (("b", 15.8),)),
    ("Terumo Japan", 20.0, (("b", 20.15),)),
    ("Terumo Japan", 30.0, (("b", 23.1),)),
    ("Terumo Japan", 50.0, (("b", 29.1),)),
    ("HSW Norm-Ject", 1.0, (("a", 4.69),)),
    ("HSW Norm-Ject", 3.0, (("a", 9.65),)),
    ("HSW Norm-Ject", 5.0, (("a", 12.45),)),
    ("HSW Norm-Ject", 10.0, (("a", 15.9),)),
    ("HSW Norm-Ject", 20.0, (("a", 20.05),)),
    ("HSW Norm-Ject", 30.0, (("a", 22.9),)),
    ("HSW Norm-Ject", 50.0, (("a", 29.2),)),
    ("Monoject", 1.0, (("a", 5.74), ("b", 4.65))),
    ("Monoject", 3.0, (("a", 8.941), ("b", 8.94))),
    ("Monoject", 6.0, (("a", 12.7), ("b", 12.7))),
    ("Monoject", 12.0, (("a", 15.72), ("b", 15.9))),
    ("Monoject", 20.0, (("a", 20.12), ("b", 20.4))),
    ("Monoject", 30.0, (("a", 23.52),)),
    ("Monoject", 35.0, (("b", 23.8),)),
    ("Monoject", 140.0, (("a", 38.0), ("b", 38.4))),
    ("Harvard steel", 8.0, (("b", 9.525),)),
    ("Harvard steel", 20.0, (("b", 19.13),)),
    ("Harvard steel", 50.0, (("b", 28.6),)),
    ("Harvard steel", 100.0, (("b", 34.9),)),
    ("Hoshi", 20.0, (("r", 20.45),)),
)

_SAME = 1e-3
"""Two bores (or sizes) this close, relative, are one figure written with different digits."""


@dataclass(frozen=True, slots=True)
class SourcedBore:
    """One bore and who says so (`a`, `b`, `r`; see the module)."""

    bore: Millimetres
    source: str


@dataclass(frozen=True, slots=True)
class SyringeEntry:
    """One syringe of the catalogue.

    Attributes:
        make: canonical name of maker and series.
        size: nominal volume.
        bores: every source's bore, the one that is used first.
        gas_tight: whether the plunger seals against gas; None where no source says.
    """

    make: str
    size: Millilitres
    bores: tuple[SourcedBore, ...]
    gas_tight: bool | None

    @property
    def bore(self) -> Millimetres:
        """The bore that is used."""
        return self.bores[0].bore

    @property
    def disputed(self) -> bool:
        """True where the sources differ by more than digits."""
        return any(abs(other.bore - self.bore) > _SAME * self.bore for other in self.bores[1:])

    @property
    def dead_volume(self) -> Millilitres:
        """Liquid that stays in cone and plunger gap; see `default_dead_volume`."""
        return default_dead_volume(self.size)

    @property
    def label(self) -> str:
        """Make and size for people."""
        return f"{self.make} {size_text(self.size)}"


def default_dead_volume(size: Millilitres) -> Millilitres:
    """Dead volume of a syringe of this nominal volume [engineering default].

    The steps are the limits that ISO 7886-1 sets for plastic syringes (0.07 mL below 5 mL, 0.075, 0.1, then 0.2 mL from
    20 mL on, as measured against by a published comparison of brands); glass is taken as no better. Microlitre
    syringes: 2 % of the size. A rig file states the true one as `dead_volume`.
    """
    if size < 1.0:
        return Millilitres(0.02 * size)
    return Millilitres(0.07 if size < 5 else 0.075 if size < 10 else 0.1 if size < 20 else 0.2)


def size_text(size: Millilitres) -> str:
    """A nominal volume for people: `50 mL`, `250 uL`."""
    return f"{size:g} mL" if size >= 1.0 else f"{size * 1000:g} uL"


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


CATALOGUE: tuple[SyringeEntry, ...] = tuple(
    SyringeEntry(
        make,
        Millilitres(size),
        tuple(SourcedBore(Millimetres(bore), source) for source, bore in bores),
        _GAS_TIGHT.get(make),
    )
    for make, size, bores in _ROWS
)
_MAKES: dict[str, tuple[str, ...]] = {
    _plain(name): tuple(make for make, others in _ALIASES.items() if name in (make, *others))
    for make, names in _ALIASES.items()
    for name in (make, *names)
}


def makes() -> tuple[str, ...]:
    """Canonical names of all makers and series."""
    return tuple(_ALIASES)


def look_up(make: str, size: Millilitres) -> SyringeEntry | None:
    """As `find`, or None where the catalogue has no such syringe."""
    candidates = _MAKES.get(_plain(make), ())
    for entry in CATALOGUE:
        if entry.make in candidates and abs(entry.size - size) <= _SAME * entry.size:
            return entry
    return None


def find(make: str, size: Millilitres) -> SyringeEntry:
    """The catalogue's syringe of this make and nominal volume.

    Args:
        make: maker and series in any usual spelling (`Hamilton`, `hamilton gastight`, `Norm-Ject`).
        size: nominal volume.

    Raises:
        ProblemsError: `E-REF`, without a place in a file; its remedy names the nearest makes or the sizes there are.
    """
    entry = look_up(make, size)
    if entry is None:
        raise ProblemsError((unknown_syringe(make, size),))
    return entry


def unknown_syringe(make: str, size: Millilitres) -> Problem:
    """The `E-REF` that `find` raises: its value is the make where that is unknown, else the size."""
    candidates = _MAKES.get(_plain(make), ())
    if candidates:
        sizes = dict.fromkeys(size_text(entry.size) for entry in CATALOGUE if entry.make in candidates)
        return Problem(
            "E-REF",
            Severity.ERROR,
            f"the syringe catalogue has no {make} of this size",
            value=size_text(size),
            bound=", ".join(sizes),
            remedy="take one of these sizes, or state the inner diameter as `bore`",
        )
    near = difflib.get_close_matches(_plain(make), _MAKES, n=3, cutoff=0.6)
    known = dict.fromkeys(name for key in near for name in _MAKES[key])
    hint = f"did you mean {' or '.join(known)}? Otherwise" if known else "take one of these, or"
    return Problem(
        "E-REF",
        Severity.ERROR,
        "the syringe catalogue has no such make",
        value=make,
        bound=", ".join(makes()),
        remedy=f"{hint} state the inner diameter as `bore`",
    )
