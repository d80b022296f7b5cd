"""What a substance is: its molar mass and its formula agree; and what the key `chemistry` needs to be checked."""

from collections.abc import Iterator

from ruggli.protocol.finding import Finding
from ruggli.protocol.model import Protocol
from ruggli.protocol.stoichiometry import limiting_reagent

AGREEMENT = 0.001
"""Two molar masses of one substance may differ by this part of the smaller (0.1 %)."""


def agree(one: float, other: float) -> bool:
    """Whether two molar masses (g/mol) can be those of one substance."""
    return abs(one - other) <= AGREEMENT * min(one, other)


def check_formulas(protocol: Protocol) -> Iterator[Finding]:
    """A molar mass that is not that of the formula."""
    for name, reagent in protocol.reagents.items():
        if reagent.molar_mass is None or reagent.formula is None:
            continue
        computed = reagent.formula.molar_mass
        if not agree(reagent.molar_mass.base, computed):
            yield Finding(
                ("reagents", name, "molar_mass"),
                "E-CONFLICT",
                f"the molar mass of {name} is {reagent.molar_mass}, and its formula {reagent.formula} "
                f"gives {computed:.3f} g/mol",
                str(reagent.molar_mass),
                f"{computed:.3f} g/mol, within {AGREEMENT * 100:g} %",
                "correct one of the two, or leave the molar mass out",
            )


def check_chemistry(protocol: Protocol) -> Iterator[Finding]:
    """The ring closure needs an open chain."""
    chemistry = protocol.chemistry
    if chemistry is not None and chemistry.substrate is None and limiting_reagent(protocol) is None:
        yield Finding(
            ("chemistry",),
            "E-MISSING",
            "the chemistry names no substrate, and no reagent is the limiting one",
            "",
            "`substrate`, or one limiting reagent",
            "add `substrate: NAME` to the chemistry, or `limiting: true` to the reagent whose chain closes",
        )
