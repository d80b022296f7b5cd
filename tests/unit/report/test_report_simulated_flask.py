"""What a simulated flask held stands in the report of a dry run, and never in that of a real one."""

from dataclasses import replace
from typing import Any

import pytest

from ruggli.chemistry.kinetics.flask_words import CAUTION
from ruggli.journal.reader import JournalView
from ruggli.quantities.base import Millilitres, Molar, Seconds
from ruggli.report.account import account_of
from ruggli.report.make import build_report
from ruggli.report.simulated_flask import flask_tables
from ruggli_simulator.description import ReactionDescription
from ruggli_simulator.liquid import Liquid
from ruggli_simulator.vessel import Vessel

HEADING = "What the simulated flask held"


def truth() -> dict[str, Any]:
    """Of a vessel in which half of a metathesis has come about."""
    vessel = Vessel("flask", Millilitres(250.0))
    vessel.charge("toluene", "toluene", Millilitres(80.0), {}, Seconds(0.0))
    constants = {"k_prime": 1.0, "EM": 0.02, "k_d": 2e-5, "phi": 0.3, "k_iso": 0.5}
    described = {"model": "macrocyclisation", "species": {"m": "M", "ru": "Ru"}, "constants": constants}
    vessel.react(ReactionDescription.from_dict(described), Seconds(0.0))
    feed = Liquid("both", "toluene", {"m": Molar(0.05), "ru": Molar(0.0025)})
    for second in range(1, 3601):
        vessel.receive(feed, Millilitres(20 / 3600))
        vessel.step_reaction(50.0, Seconds(second))
    return {"time_s": 3600.0, "vessels": {"flask": vessel.truth()}, "devices": {}}


def with_truth(view: JournalView, *, simulated: bool = True) -> JournalView:
    """The same record with the truth before its end."""
    first, last = view.records[0], view.records[-2]
    opened = replace(first, data={**first.data, "simulated": simulated, "in_process": simulated})
    return replace(
        view, records=(opened, *view.records[1:-2], replace(last, kind="truth", data=truth()), *view.records[-2:])
    )


def test_the_page_tells_species_gas_and_what_the_constants_are(complete: Any, no_drawing: Any) -> None:
    view = with_truth(complete.view)
    page = build_report(view, no_drawing).files["report.html"].decode()
    part = page[page.index(HEADING) :]
    told = truth()["vessels"]["flask"]["reaction"]
    assert f"{100 * told['yields']['C']:.3g} %" in part
    for text in ("ring (C)", "live catalyst (Ru)", "linear dimer (D)", "ethylene", "mL/min", CAUTION.split("'")[0]):
        assert text in part, text


def test_a_real_bench_has_no_such_part(complete: Any, no_drawing: Any) -> None:
    real = with_truth(complete.view, simulated=False)
    assert flask_tables(account_of(real)) == ()
    assert HEADING not in build_report(real, no_drawing).files["report.html"].decode()
    assert HEADING not in build_report(complete.view, no_drawing).files["report.html"].decode()


def test_a_run_that_goes_on_has_no_last_flask(complete: Any) -> None:
    view = with_truth(complete.view)
    open_ended = replace(view, records=tuple(record for record in view.records if record.kind != "end"))
    assert flask_tables(account_of(open_ended)) == ()


def test_every_number_has_its_unit(complete: Any) -> None:
    species, given_off = flask_tables(account_of(with_truth(complete.view)))
    for row in species.rows:
        assert [cell.split()[-1] for cell in row[1:3]] == [
            cell.split()[-1] for cell in row[1:3] if cell[-1].isalpha()
        ], row
    assert given_off.rows[0][1].endswith("mL")
    assert given_off.rows[0][2].endswith("mL/min")
    assert given_off.rows[-1][1].endswith("kJ")
    share = next(row[3] for row in species.rows if row[0].startswith("ring"))
    assert float(share.rstrip(" %")) == pytest.approx(
        100 * truth()["vessels"]["flask"]["reaction"]["yields"]["C"], rel=5e-3
    )
