"""Drawings of the reagents' structures: what is to be drawn, the drawing program's part, and what the page shows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from ruggli.report.planned import Json

PICTURE, FORMULA = "structure:", "formula:"
"""What the names of drawings and formulas begin with among the figures; the reagent's name in the file follows."""

_SHAPES: Mapping[str, frozenset[str]] = {
    "svg": frozenset({"viewBox"}),
    "g": frozenset(),
    "path": frozenset({"d"}),
    "rect": frozenset({"x", "y", "width", "height"}),
    "ellipse": frozenset({"cx", "cy", "rx", "ry"}),
    "polygon": frozenset({"points"}),
    "text": frozenset({"x", "y"}),
    "tspan": frozenset(),
}
"""Elements and attributes that may stand in the page; beside them, attributes of `_LOOKS`."""
_LOOKS = frozenset({"style", "fill", "stroke", "stroke-width", "opacity", "transform"})
_PLAIN = re.compile(r"[A-Za-z0-9 .,;:#%()+\n-]*", re.ASCII)
"""Values that may stand in an attribute: no quotes, no address, no entity."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A structure in the report.

    Attributes:
        name: name for people.
        formula: pieces of the formula, each with whether it stands lower; () where nobody knows it.
        molar_mass: with its unit, "" where it is not known.
        svg: SVG text that may stand in the page as it is.
    """

    name: str
    formula: tuple[tuple[str, bool], ...]
    molar_mass: str
    svg: str


def structure_data(plan: Json) -> list[dict[str, str]]:
    """What the drawing program needs: the reagents of a plan that have a SMILES."""
    rows = plan.get("reagents", ())
    return [{"reagent": str(row["reagent"]), "smiles": str(row["smiles"])} for row in rows if row.get("smiles")]


def draw_structures(items: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Drawings and formulas by their names; nothing without RDKit, and none for a SMILES that cannot be read."""
    from ruggli.chemistry.structures.find import find_structures
    from ruggli.chemistry.structures.interface import SmilesError

    structures = find_structures() if items else None
    result: dict[str, str] = {}
    for item in items if structures is not None else ():
        assert structures is not None
        reagent, smiles = str(item["reagent"]), str(item["smiles"])
        try:
            result[FORMULA + reagent] = structures.molecule(smiles).formula
            result[PICTURE + reagent] = embeddable(structures.drawing(smiles), f"structure of {reagent}")
        except SmilesError:
            continue
    return result


def pictures_of(plan: Json, drawn: Mapping[str, str]) -> tuple[Picture, ...]:
    """The structures that were drawn, in the order of the plan."""
    pictures = []
    for row in plan.get("reagents", ()):
        svg = drawn.get(f"{PICTURE}{row['reagent']}", "")
        if svg:
            formula = str(row.get("formula") or drawn.get(f"{FORMULA}{row['reagent']}", ""))
            mass = row.get("molar_mass_g_per_mol")
            pieces = tuple((piece, piece.isdigit()) for piece in re.findall(r"[0-9]+|[^0-9]+", formula))
            pictures.append(Picture(str(row["name"]), pieces, "" if mass is None else f"{mass:.3f} g/mol", svg))
    return tuple(pictures)


def embeddable(document: str, label: str) -> str:
    """An SVG document as text that may stand in an HTML page.

    Only shapes, text and their looks are kept: no script, no style sheet, no link or other reference, no namespace,
    no comment, no identifier that could meet another one of the page.

    Args:
        document: the SVG document.
        label: what it shows, for those who do not see it.
    """
    root = _kept(ElementTree.fromstring(document.encode("iso-8859-1", "xmlcharrefreplace")))
    assert root is not None
    root.set("role", "img")
    root.set("aria-label", label)
    return ElementTree.tostring(root, encoding="unicode")


def _kept(element: ElementTree.Element) -> ElementTree.Element | None:
    name = element.tag.rpartition("}")[2]
    if name not in _SHAPES:
        return None
    kept = ElementTree.Element(name)
    for key, value in element.attrib.items():
        if key in _SHAPES[name] | _LOOKS and _PLAIN.fullmatch(value) and "url" not in value.lower():
            kept.set(key, value)
    if name in ("text", "tspan"):
        kept.text = element.text
    for child in element:
        inner = _kept(child)
        if inner is not None:
            kept.append(inner)
    return kept
