"""`ruggli predict`: what a protocol is expected to make, as a band."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ruggli.cli.codes import COMPLETE, REFUSED
from ruggli.cli.options import json_option, planning_options, read_accepted, read_ask
from ruggli.cli.output import summary, unaccepted, write, write_json, write_problems
from ruggli.documents.problem import Severity

if TYPE_CHECKING:
    from ruggli.chemistry.kinetics.forecast import Band
    from ruggli.chemistry.rules.rule import Rule
    from ruggli.plan.prediction import Foreseen, Prediction


@click.command()
@planning_options
@json_option
def predict(as_json: bool, accept: tuple[str, ...], **options: Any) -> int:
    """Predict what PROTOCOL makes on the rig: ring, dimer, isomer and what is left, each as a band."""
    accepted = read_accepted(accept)

    from ruggli.app.planning import prepare
    from ruggli.plan.prediction import predict as predicted

    prepared = prepare(read_ask(options))
    blocking = prepared.blocking(accepted)
    if prepared.ready is None or any(problem.severity is Severity.ERROR for problem in blocking):
        if as_json:
            told = [problem.as_dict() for problem in prepared.problems]
            write_json({"ok": False, "verdict": "refused", "problems": told})
        else:
            write_problems(prepared.problems, prepared.texts)
            write(f"{options['protocol']}: {summary(prepared.problems)}; no prediction")
        return REFUSED
    found = predicted(prepared.ready.protocol.protocol, prepared.ready.plan)
    if as_json:
        told = [problem.as_dict() for problem in prepared.problems]
        write_json({"ok": not blocking, **_as_json(found), "problems": told})
    else:
        write_problems(blocking, prepared.texts)
        _tell(found)
        if unaccepted(blocking):
            write(unaccepted(blocking))
    return REFUSED if blocking else COMPLETE


def _tell(found: Prediction) -> None:
    from ruggli.chemistry.kinetics.parameters import HONEST
    from ruggli.chemistry.kinetics.told import kept_words, share, words_of
    from ruggli.quantities.dimension import Dimension
    from ruggli.quantities.reader import show

    forecast = found.forecast
    reaction, end = found.reaction, show(found.flask.schedule.end, Dimension.DURATION)
    temperature = f"{reaction.temperature:g} degC"
    write(f"ring of {reaction.ring_size}, {_by(found)}, {temperature}; {end} of reaction")
    write(f"{'part of the substrate':>22}  default  nine in ten of {forecast.samples} samples")
    for name, word in words_of(reaction.model).items():
        if name in forecast.yields and forecast.yields[name].high > 0.0:
            write(f"{word:>22}  {share(forecast.yields[name].value):>7}  {_between(forecast.yields[name])}")
    for name, word in kept_words(reaction.model).items():
        if name in forecast.kept:
            kept = forecast.kept[name]
            write(f"{word:>22}  {share(kept.value):>7}  {_between(kept)} of what was put in")
    peak = [
        show(value, Dimension.CONCENTRATION) for value in (forecast.peak.value, forecast.peak.low, forecast.peak.high)
    ]
    write(f"{'highest concentration':>22}  {peak[0]:>7}  {peak[1]} to {peak[2]}")
    for rule, told in _against(found):
        do = told.remedy or rule.remedy
        write(
            f"against rule {rule.id} ({rule.source}), with the defaults: {told.value}; wanted: {rule.bound}; do: {do}"
        )
    if reaction.remark:
        write(reaction.remark)
    write("constants (mark E: a default, no measurement):")
    for parameter in forecast.parameters:
        unit = "" if parameter.unit == "1" else f" {parameter.unit}"
        bounds = f"{parameter.value:.3g} ({parameter.low:.3g} to {parameter.high:.3g}){unit}"
        write(f"  {parameter.name:<8} {bounds}  [{parameter.mark}] {parameter.source}")
    write(HONEST)


def _by(found: Prediction) -> str:
    return found.reaction.catalyst or "reductive amination"


def _against(found: Prediction) -> list[tuple[Rule, Foreseen]]:
    """The rules that the prediction does not keep, with what it says."""
    from ruggli.chemistry.rules.book import RULES

    rules = {rule.id: rule for rule in RULES}
    return [(rules[told.rule], told) for told in found.foreseen()]


def _between(band: Band) -> str:
    from ruggli.chemistry.kinetics.told import share

    return f"{share(band.low)} to {share(band.high)}"


def _as_json(found: Prediction) -> dict[str, Any]:
    from ruggli.chemistry.kinetics.parameters import HONEST
    from ruggli.chemistry.kinetics.worker import forecast_as_json

    told = forecast_as_json(found.forecast)
    return {
        "model": found.reaction.model,
        "vessel": found.flask.vessel,
        "catalyst": found.reaction.catalyst,
        "ring_size": found.reaction.ring_size,
        "temperature_degC": found.flask.temperature,
        "remark": found.reaction.remark,
        "start_s": found.flask.start,
        "end_s": found.flask.start + found.flask.schedule.end,
        **told,
        "times_s": [found.flask.start + time for time in told["times_s"]],
        "against": [
            {
                "rule": rule.id,
                "statement": rule.statement,
                "value": broken.value,
                "bound": rule.bound,
                "remedy": broken.remedy or rule.remedy,
            }
            for rule, broken in _against(found)
        ],
        "caution": HONEST,
    }
