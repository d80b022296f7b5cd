"""Solves a reaction in a process of its own: `python -m ruggli.chemistry.kinetics.worker`, JSON in, JSON out.

What takes long never takes time from a controller. In: `model` (see `model_of`), `constants` (see `parameter_as_json`),
`schedule` (mL, mmol, s; see `schedule_as_json`), `points`, `samples`; `temperature_degC` to which the constants are
brought, or null; and `measured` where conversions were (see `measured_as_json`). Out: see `forecast_as_json`, the
temperature, and `correction` (see `correction_as_json`) where there were conversions.
"""

import json
import sys
from collections.abc import Mapping
from functools import partial
from typing import Any

from ruggli.chemistry.kinetics.correction import correct, correction_as_json
from ruggli.chemistry.kinetics.forecast import Band, Forecast, forecast
from ruggli.chemistry.kinetics.measured import read_measured
from ruggli.chemistry.kinetics.parameters import Parameter
from ruggli.chemistry.kinetics.schedule import Feed, Portion, Schedule
from ruggli.chemistry.kinetics.schemes import model_of
from ruggli.quantities.base import Celsius, KilojoulesPerMole, Millilitres, Millimoles, Seconds

Json = Mapping[str, Any]


def parameter_as_json(parameter: Parameter) -> dict[str, Any]:
    """A constant as plain data, as the plan in a journal has it."""
    return {
        "name": parameter.name,
        "value": parameter.value,
        "low": parameter.low,
        "high": parameter.high,
        "unit": parameter.unit,
        "mark": parameter.mark,
        "source": parameter.source,
        "activation_kJ_per_mol": parameter.activation,
        "reference_degC": parameter.reference,
    }


def read_parameter(row: Json) -> Parameter:
    """What `parameter_as_json` gave; a journal of old says nothing of temperatures."""
    activation, reference = row.get("activation_kJ_per_mol"), row.get("reference_degC")
    return Parameter(
        name=row["name"],
        value=row["value"],
        low=row["low"],
        high=row["high"],
        unit=row["unit"],
        mark=row["mark"],
        source=row["source"],
        activation=None if activation is None else KilojoulesPerMole(activation),
        reference=None if reference is None else Celsius(reference),
    )


def schedule_as_json(schedule: Schedule) -> dict[str, Any]:
    """A schedule as plain data: mL, mmol, s."""
    return {
        "volume_mL": schedule.volume,
        "amounts_mmol": dict(schedule.amounts),
        "feeds": [
            {
                "volume_mL": feed.volume,
                "amounts_mmol": dict(feed.amounts),
                "start_s": feed.start,
                "duration_s": feed.duration,
            }
            for feed in schedule.feeds
        ],
        "portions": [{"time_s": portion.time, "amounts_mmol": dict(portion.amounts)} for portion in schedule.portions],
        "end_s": schedule.end,
    }


def read_schedule(data: Json) -> Schedule:
    """What `schedule_as_json` gave."""
    feeds = tuple(
        Feed(
            Millilitres(row["volume_mL"]),
            _amounts(row["amounts_mmol"]),
            Seconds(row["start_s"]),
            Seconds(row["duration_s"]),
        )
        for row in data["feeds"]
    )
    portions = tuple(Portion(Seconds(row["time_s"]), _amounts(row["amounts_mmol"])) for row in data["portions"])
    volume = Millilitres(data["volume_mL"])
    return Schedule(volume, _amounts(data["amounts_mmol"]), feeds, portions, Seconds(data["end_s"]))


def _amounts(data: Mapping[str, float]) -> dict[str, Millimoles]:
    return {name: Millimoles(amount) for name, amount in data.items()}


def band_as_json(band: Band) -> dict[str, float]:
    """The default, and the ends of the band."""
    return {"value": band.value, "low": band.low, "high": band.high}


def forecast_as_json(found: Forecast) -> dict[str, Any]:
    """A forecast as plain data: times from the start of the schedule in s, concentrations in mol/L, parts of 1."""
    return {
        "samples": found.samples,
        "yields": {name: band_as_json(band) for name, band in found.yields.items()},
        "kept": {name: band_as_json(band) for name, band in found.kept.items()},
        "peak_M": band_as_json(found.peak),
        "times_s": [moment.time for moment in found.nominal.moments],
        "concentrations_M": {name: [band_as_json(band) for band in course] for name, course in found.courses.items()},
        "parameters": [parameter_as_json(parameter) for parameter in found.parameters],
    }


def answer(asked: Json) -> dict[str, Any]:
    """The forecast that is asked for. Raises `KineticsError`."""
    schedule, points = read_schedule(asked["schedule"]), int(asked["points"])
    constants = tuple(read_parameter(row) for row in asked["constants"])
    temperature = asked.get("temperature_degC")
    if temperature is not None:
        constants = tuple(constant.at_temperature(Celsius(temperature)) for constant in constants)
    make = partial(model_of, asked["model"])
    times = [Seconds(schedule.end * index / (points - 1)) for index in range(points)]
    told = forecast_as_json(forecast(make, constants, schedule, times, samples=int(asked["samples"])))
    told["temperature_degC"] = temperature
    measured = tuple(read_measured(row) for row in asked.get("measured", ()))
    if measured:
        told["correction"] = correction_as_json(correct(make, constants, schedule, times, measured))
    return told


def main() -> None:
    """Read JSON on standard input, write JSON on standard output."""
    asked = json.loads(sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps(answer(asked), allow_nan=False).encode())


if __name__ == "__main__":
    main()
