"""What was done about an alarm, in words, from what the devices have taken and what is not heard."""

from ruggli.engine.conductor import Conductor
from ruggli.engine.interlocks import STIR_PART
from ruggli.plan.model import DevicePlan
from ruggli.quantities.base import Seconds


def what_was_done(conductor: Conductor, since: Seconds | None) -> str:
    """One line on flows, heat and stirring as they now are.

    Args:
        conductor: the run, after its stop.
        since: when the alarm was raised, where flows were stopped for it; None where they rested already.
    """
    parts = [_flows(conductor, since)]
    for device in conductor.plan.devices:
        if device.bore is not None:
            if conductor.bench.unheard(device.name):
                parts.append(f"{device.name} is not heard: {own_stop(device)}")
        else:
            parts.append(_plate(conductor, device))
    return ", ".join(part for part in parts if part)


def _flows(conductor: Conductor, since: Seconds | None) -> str:
    if not conductor.bench.pumps:
        return ""
    if since is None:
        return "flows were 0"
    bench = conductor.bench
    proved = bench.tally.stopped_at
    heard = [name for name in bench.pumps if not conductor.bench.unheard(name) and proved.get(name, -1.0) >= since]
    if not heard:
        return "no pump is heard"
    gone = f"after {max(proved[name] for name in heard) - since:.1f} s"
    return f"flows 0 {gone}" if len(heard) == len(bench.pumps) else f"flow of {', '.join(heard)} 0 {gone}"


def _plate(conductor: Conductor, device: DevicePlan) -> str:
    told = conductor.bench.commanded[device.name]
    if conductor.bench.unheard(device.name):
        if not told.heating:
            return f"{device.name} is not heard; its heat was off"
        if told.dead_man is None:
            return f"{device.name} is not heard and may heat at {told.set_point:.1f} degC: go there"
        seconds, falls_to, speed = told.dead_man
        heat = f"falls to {falls_to:.1f} degC" if falls_to < told.set_point else f"keeps {falls_to:.1f} degC"
        return f"{device.name} is not heard: by its own dead-man it {heat} and {speed:.0f} rpm within {seconds:.0f} s"
    if told.heating:
        heat = f"heat keeps {told.set_point:.1f} degC"
    else:
        heat = "heat off" if not conductor.plates.heaters[device.name].stuck else "heat off was sent again"
    reading = conductor.view.plates.get(device.name)
    if told.speed <= 0 or reading is None:
        return heat
    turns = reading.speed >= STIR_PART * told.speed
    return f"{heat}, {'stirring goes on' if turns else f'the stirrer reads {reading.speed:.0f} rpm'}"


def own_stop(device: DevicePlan) -> str:
    """What a device does that hears nothing."""
    if device.dead_man is None:
        return "it has no stop of its own: go there"
    return f"its own stop acts within {device.dead_man:.0f} s"
