"""What the flask of a simulated bench held at the end, as tables; a real bench has no such record."""

from typing import Any

from ruggli.chemistry.kinetics.flask_words import GASES, reagent_words
from ruggli.chemistry.kinetics.told import share, words_of
from ruggli.quantities.base import Millilitres, Millimoles, Molar, Seconds
from ruggli.report.account import Account
from ruggli.report.numbers import NONE, amount, clock, concentration, measured_out, plain
from ruggli.report.tables import Table

TRACE_MMOL = 1e-6
TRACE = "< 1 nmol"


def flask_tables(account: Account) -> tuple[Table, ...]:
    """For each simulated vessel in which something reacted: its species, and the gas and heat that came of it."""
    truth = account.view.last("truth")
    if truth is None or not account.end or not account.simulated:
        return ()
    tables = []
    for name, vessel in truth.data.get("vessels", {}).items():
        if "reaction" in vessel:
            tables += [_species(name, vessel["reaction"]), _given_off(name, vessel["reaction"])]
    return tuple(tables)


def _species(vessel: str, told: dict[str, Any]) -> Table:
    words = {**words_of(told["model"]), **reagent_words(told["model"])}
    yields, peaks, times = told["yields"], told["peak_concentrations_mM"], told["peak_concentration_times_s"]
    rows = []
    for name, word in words.items():
        held, peak = told["species_mmol"][name], peaks.get(name)
        if held or peak:
            rows.append(
                (
                    f"{word} ({name})",
                    TRACE if 0 < held < TRACE_MMOL else amount(Millimoles(held)),
                    NONE if held < TRACE_MMOL else concentration(Molar(told["concentrations_mM"][name] / 1000)),
                    share(yields[name]) if name in yields else NONE,
                    NONE if peak is None else concentration(Molar(peak / 1000)),
                    NONE if peak is None else clock(Seconds(times[name])),
                )
            )
    head = ("species", "amount", "concentration", "part of the substrate", "highest concentration", "at")
    return Table(f"{vessel} at the end", head, tuple(rows), frozenset({1, 2, 3, 4, 5}))


def _given_off(vessel: str, told: dict[str, Any]) -> Table:
    rows = [
        (
            f"{GASES[name]} (25 °C, 1 atm)",
            measured_out(Millilitres(volume)),
            f"{plain(told['fastest_gas_mL_min'][name], 3)} mL/min",
        )
        for name, volume in told["gas_mL"].items()
    ]
    rows.append(("heat of the reaction", f"{plain(told['heat_J'] / 1000, 3)} kJ", NONE))
    return Table(f"{vessel}: given off", ("what", "in all", "fastest"), tuple(rows), frozenset({1, 2}))
