"""Proof that the heat is off: a plate says nothing of its heater, so it has to fall; near the room, not to rise."""

from ruggli.devices.capability import HotplateCapability, StopProof
from ruggli.engine.conductor import Conductor
from ruggli.engine.heater_checks.stuck import FALL_SECONDS
from ruggli.world.tasks import Task

SLACK = 20.0
"""Seconds beyond `FALL_SECONDS` after which a plate that gives no readings is not waited for any longer."""


def prove_heat_off(conductor: Conductor) -> Task[list[str]]:
    """Watch the plates that were switched off, at most `FALL_SECONDS`; the ones whose heater does not go off.

    A further stop by a person ends it, and so does a computer that wants to go down: the stop itself has been sent and
    read back before.
    """
    ending, began = conductor.flow.ending, conductor.now
    while _unproved(conductor) and conductor.now - began < FALL_SECONDS + SLACK:
        if conductor.commands.terminating or conductor.flow.ending is not ending:
            break
        yield from conductor.tick(feeding=False, watched=False)
    left = _unproved(conductor)
    if left:
        text = f"{', '.join(left)}: heat was switched off; that it is off is not proved by a plate that cools"
        conductor.journal.write("note", {"text": text}, durable=True)
    return [name for name, heater in conductor.plates.heaters.items() if heater.stuck]


def _unproved(conductor: Conductor) -> list[str]:
    bench = conductor.bench
    return [
        name
        for name, heater in conductor.plates.heaters.items()
        if not conductor.bench.unheard(name)
        and isinstance(capability := bench.devices[name].capability, HotplateCapability)
        and capability.stop_proof is StopProof.SET_POINT_AND_TREND
        and heater.unproved(bench.commanded[name])
    ]
