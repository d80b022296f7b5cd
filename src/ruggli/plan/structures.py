"""The SMILES of a protocol: each can be read, and agrees with the formula and the molar mass beside it."""

from decimal import Decimal

from ruggli.chemistry.structures.interface import Molecule, SmilesError, Structures
from ruggli.plan.findings import Findings
from ruggli.protocol.identity import AGREEMENT, agree
from ruggli.protocol.model import Protocol, Reagent
from ruggli.protocol.substances import check_uses
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.formula import Formula, FormulaError, read_formula
from ruggli.quantities.reader import Reading

INSTALL = "install RDKit: `pip install ruggli[chem]`"
"""What to do where no structure can be read."""


def check_structures(protocol: Protocol, structures: Structures | None, findings: Findings) -> Protocol:
    """Judge every SMILES of the reagents.

    Args:
        protocol: the protocol.
        structures: what reads a SMILES, or None.
        findings: takes `E-VALUE` for a SMILES that cannot be read, `E-CONFLICT` where it disagrees with the formula or
            the molar mass, `E-MISSING` for a molar mass that only RDKit could tell, `N-STRUCTURE` where nothing was
            checked.

    Returns:
        The protocol, with the molar mass of every reagent that gives a SMILES and neither molar mass nor formula.
    """
    drawn = {name: reagent for name, reagent in protocol.reagents.items() if reagent.smiles is not None}
    if structures is None:
        _unchecked(protocol, drawn, findings)
        return protocol
    masses: dict[str, Reagent] = {}
    for name, reagent in drawn.items():
        try:
            molecule = structures.molecule(reagent.smiles or "")
        except SmilesError as error:
            findings.add(
                "E-VALUE",
                f"the SMILES of {name} cannot be read: {error}",
                ("reagents", name, "smiles"),
                value=reagent.smiles or "",
                bound="a SMILES",
                remedy="correct it, or leave it out and give `formula`",
            )
            continue
        drawn_formula = _formula_of(molecule)
        if reagent.formula is not None:
            _compare_formulas(name, reagent.formula, molecule, drawn_formula, findings)
        elif reagent.molar_mass is None:
            masses[name] = reagent.model_copy(update={"molar_mass": _molar_mass(molecule, drawn_formula)})
        elif not agree(reagent.molar_mass.base, molecule.molar_mass):
            findings.add(
                "E-CONFLICT",
                f"the molar mass of {name} is {reagent.molar_mass}, and its SMILES ({molecule.formula}) gives "
                f"{molecule.molar_mass:.3f} g/mol",
                ("reagents", name, "molar_mass"),
                value=str(reagent.molar_mass),
                bound=f"{molecule.molar_mass:.3f} g/mol, within {AGREEMENT * 100:g} %",
                remedy="correct one of the two, or leave the molar mass out",
            )
    if not masses:
        return protocol
    known = protocol.model_copy(update={"reagents": {**protocol.reagents, **masses}})
    for found in check_uses(known):
        findings.add(found.code, found.message, found.path, value=found.value, bound=found.bound, remedy=found.remedy)
    return known


def _unchecked(protocol: Protocol, drawn: dict[str, Reagent], findings: Findings) -> None:
    for name, reagent in drawn.items():
        given = reagent.amount or reagent.mass or reagent.equivalents or reagent.mole_percent
        if given and reagent.molar_mass is None and reagent.formula is None:
            findings.add(
                "E-MISSING",
                f"{name} has no molar mass, and its SMILES cannot be read without RDKit",
                ("reagents", name),
                value=str(given),
                bound="molar_mass, or formula",
                remedy=f"add e.g. `formula: C21H26N2O4S2`, or {INSTALL}",
            )
    if drawn:
        also = " and the ring size" if protocol.chemistry is not None else ""
        findings.add(
            "N-STRUCTURE",
            f"without RDKit, the structures ({', '.join(drawn)}){also} were not checked",
            ("reagents", next(iter(drawn)), "smiles"),
            remedy=INSTALL,
        )


def _formula_of(molecule: Molecule) -> Formula | None:
    """The formula; None for what it cannot say: an isotope, or an element without a standard atomic mass."""
    try:
        return read_formula(molecule.formula)
    except FormulaError:
        return None


def _compare_formulas(
    name: str, stated: Formula, molecule: Molecule, drawn: Formula | None, findings: Findings
) -> None:
    if drawn is None or stated.counts == drawn.counts:
        return
    findings.add(
        "E-CONFLICT",
        f"the formula of {name} is {stated} ({stated.molar_mass:.3f} g/mol), and its SMILES is {drawn} "
        f"({drawn.molar_mass:.3f} g/mol)",
        ("reagents", name, "formula"),
        value=str(stated),
        bound=str(drawn),
        remedy="correct one of the two, or leave the formula out",
    )


def _molar_mass(molecule: Molecule, formula: Formula | None) -> Reading:
    """From our own atomic masses where they suffice, so that a plan does not depend on the version of RDKit."""
    number = Decimal(f"{molecule.molar_mass if formula is None else formula.molar_mass:.3f}")
    return Reading(number, "g/mol", Dimension.MOLAR_MASS, float(number))
