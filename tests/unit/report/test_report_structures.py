"""Drawings of structures in the report."""

import re
import sys
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest

from ruggli.app.reporting import draw as draw_elsewhere
from ruggli.report.account import account_of
from ruggli.report.figures import figure_data
from ruggli.report.make import Draw, build_report
from ruggli.report.structures import draw_structures, embeddable, pictures_of, structure_data

ROW = {
    "reagent": "amine",
    "name": "an <i>amine</i>",
    "role": "substrate",
    "amount_mmol": 1.0,
    "equivalents": 1.0,
    "mass_g": 0.061084,
    "volume_mL": None,
    "note": "",
    "smiles": "NCCO",
    "formula": "",
    "molar_mass_g_per_mol": 61.084,
}
SVG = """<?xml version='1.0' encoding='iso-8859-1'?>
<!DOCTYPE svg>
<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' viewBox='0 0 9 9' onload='x()'>
<!-- a comment -->
<style>@import url(http://example.org/a.css);</style><script>alert(1)</script>
<rect id='clash' class='wide' x='0' y='0' width='9' height='9' style='fill:url(#a)' onclick='x()'/>
<a xlink:href='http://example.org'><path d='M 0,0 L 1,1'/></a>
<image href='http://example.org/a.png'/><use xlink:href='#clash'/>
<path d='M 0,0 L 9,9' style='fill:none;stroke:#000000'/>
<text x='1' y='2' fill='#FF0000' style='font-family:"sans"'>N &lt; O</text>
<foreignObject><p>text</p></foreignObject>
</svg>"""


def test_only_shapes_and_their_looks_are_embedded() -> None:
    text = embeddable(SVG, 'a "b"')
    assert text == (
        '<svg viewBox="0 0 9 9" role="img" aria-label="a &quot;b&quot;">'
        '<rect x="0" y="0" width="9" height="9" />'
        '<path d="M 0,0 L 9,9" style="fill:none;stroke:#000000" />'
        '<text x="1" y="2" fill="#FF0000">N &lt; O</text></svg>'
    )


def with_structure(run: Any) -> Any:
    """The view of a run whose plan has a reagent with a structure."""
    view = run.view
    view.records[0].data["plan"]["reagents"] = [dict(ROW)]
    return view


def test_the_page_shows_drawing_name_formula_and_molar_mass(complete: Any, no_drawing: Draw) -> None:
    def draw(data: dict[str, Any]) -> dict[str, str]:
        assert data["structures"] == [{"reagent": "amine", "smiles": "NCCO"}]
        return {**no_drawing(data), "structure:amine": "<svg><path d='M 1,1'/></svg>", "formula:amine": "C2H7NO"}

    page = build_report(with_structure(complete), draw).files["report.html"].decode()
    part = page[page.index('<div class="structures">') : page.index("Solutions and syringes")]
    assert "<svg><path d='M 1,1'/></svg>" in part and "C<sub>2</sub>H<sub>7</sub>NO" in part
    assert "61.084 g/mol" in part and "an &lt;i&gt;amine&lt;/i&gt;" in part
    assert page.count("<figure>") == 1 + len(re.findall("<svg><!-- ", page))


def test_without_drawings_the_page_is_as_before(complete: Any, no_drawing: Draw) -> None:
    before = build_report(complete.view, no_drawing).files["report.html"]
    assert b"structures" not in before
    after = build_report(with_structure(complete), no_drawing).files["report.html"]
    assert b"structures" not in after and b"<sub>" not in after


def test_an_older_plan_has_no_structures(new_run: Callable[..., Any]) -> None:
    row = {key: ROW[key] for key in ("reagent", "name")}
    assert structure_data({"reagents": [row]}) == [] == structure_data({})
    assert pictures_of({"reagents": [row]}, {}) == ()


def test_the_formula_of_the_file_comes_first() -> None:
    plan = {"reagents": [{**ROW, "formula": "H7C2NO", "molar_mass_g_per_mol": None}]}
    (picture,) = pictures_of(plan, {"structure:amine": "<svg/>", "formula:amine": "C2H7NO"})
    assert "".join(piece for piece, _ in picture.formula) == "H7C2NO" and picture.molar_mass == ""


def test_nothing_is_drawn_without_rdkit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rdkit", None)
    assert draw_structures([{"reagent": "amine", "smiles": "NCCO"}]) == {}


def test_the_drawing_program_draws_structures(complete: Any) -> None:
    pytest.importorskip("rdkit")
    data = {**figure_data(account_of(complete.view)), "panels": []}
    items = [{"reagent": "amine", "smiles": "NCCO"}, {"reagent": "nonsense", "smiles": "C1("}]
    drawn = draw_elsewhere({**data, "structures": items})
    assert set(drawn) == {"structure:amine", "formula:amine"} and drawn["formula:amine"] == "C2H7NO"
    root = ElementTree.fromstring(drawn["structure:amine"])
    assert root.tag == "svg" and root.get("aria-label") == "structure of amine"
    assert len(list(root.iter("path"))) >= 4
    assert not re.search("http|href|script|<!--|xmlns| id=| class=", drawn["structure:amine"])
    assert draw_structures(items) == drawn
