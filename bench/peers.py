"""Ruggli's dry run beside bluesky's RunEngine and PyLabRobot's chatterbox, in one run, on the steps that they share.

    python bench/peers.py --peers PYTHON

PYTHON is the interpreter of a throw-away environment that has the peers (see README.md). What is compared is not equal
work: a peer's simulated device answers at once, in memory. Ruggli's step goes through state machine, ledger, journal
and real bytes, and its simulated device takes its time on a virtual clock, in which every device is polled once a
second; so the exchanges of a step are printed beside it.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from generated import rig_of
from measure import median, ruggli, timed

BLUESKY = """
import time
from bluesky import RunEngine
from bluesky.plan_stubs import mv, trigger
from ophyd.sim import SynAxis, SynSignal
engine, heater, sensor = RunEngine({}), SynAxis(name="heater"), SynSignal(name="sensor")
def plan(n):
    for k in range(n):
        yield from mv(heater, 25 + k % 2)
        yield from trigger(sensor, wait=True)
engine(plan(10))
before = time.perf_counter(); engine(plan(N)); print((time.perf_counter() - before) / N)
"""

HEATER = """
import asyncio, contextlib, io, time
from pylabrobot.resources import Coordinate
from pylabrobot.temperature_controlling.chatterbox import TemperatureControllerChatterboxBackend
from pylabrobot.temperature_controlling.temperature_controller import TemperatureController
async def main():
    plate = TemperatureController("plate", 1, 1, 1, TemperatureControllerChatterboxBackend(), Coordinate.zero())
    await plate.setup()
    before = time.perf_counter()
    for k in range(N):
        await plate.set_temperature(25.0 + 0.001 * k)
        await plate.wait_for_temperature()
    return (time.perf_counter() - before) / N
with contextlib.redirect_stdout(io.StringIO()):
    seconds = asyncio.run(main())
print(seconds)
"""

PIPETTE = """
import asyncio, contextlib, io, time
from pylabrobot.liquid_handling import LiquidHandler
from pylabrobot.liquid_handling.backends import LiquidHandlerChatterboxBackend
from pylabrobot.resources import Cor_96_wellplate_360ul_Fb, TIP_CAR_480_A00, PLT_CAR_L5AC_A00
from pylabrobot.resources import hamilton_96_tiprack_1000uL_filter
from pylabrobot.resources.hamilton import STARLetDeck
async def main():
    handler = LiquidHandler(backend=LiquidHandlerChatterboxBackend(), deck=STARLetDeck())
    await handler.setup()
    tips, plates = TIP_CAR_480_A00(name="tips"), PLT_CAR_L5AC_A00(name="plates")
    tips[0] = rack = hamilton_96_tiprack_1000uL_filter(name="rack")
    plates[0] = plate = Cor_96_wellplate_360ul_Fb(name="plate")
    handler.deck.assign_child_resource(tips, rails=3)
    handler.deck.assign_child_resource(plates, rails=15)
    plate.get_item("A1").tracker.set_volume(300)
    await handler.pick_up_tips(rack["A1"])
    before = time.perf_counter()
    for k in range(N):
        await handler.aspirate(plate["A1"], vols=[100])
        await handler.dispense(plate["A1"], vols=[100])
    return (time.perf_counter() - before) / N
with contextlib.redirect_stdout(io.StringIO()):
    seconds = asyncio.run(main())
print(seconds)
"""

HEAD = """\
ruggli: 1
name: generated
description: made for a measurement
reagents:
  toluene: {name: toluene, role: solvent}
  solute: {name: solute, role: substrate, molar_mass: 100 g/mol, limiting: true, amount: 1 mmol}
solutions:
  feed: {solutes: [solute], solvent: toluene, volume: 4 mL}
vessels:
  flask: {role: reaction}
steps:
  - {id: charge, do: charge, vessel: flask, contents: [{what: toluene, volume: 50 mL}]}
  - {id: stir, do: stir, vessel: flask, speed: 400 rpm}
"""


def heats(steps: int) -> str:
    """Set a temperature and wait for it, so many times."""
    rows = (
        f"  - {{id: heat_{k}, do: heat, vessel: flask, to: {25 + k % 2} degC, class: feed, hold: {{at_most: 2 h}}}}"
        for k in range(steps)
    )
    return HEAD + "\n".join(rows) + "\n  - {id: cool, do: cool, vessel: flask, to: 25 degC}\n"


def portions(count: int) -> str:
    """One solution, dispensed in so many portions by a pump."""
    step = f"what: feed, count: {count}, interval: 30 s, rate: 1 mL/min, gate: {{below: 60 degC, hysteresis: 1 K}}"
    head = HEAD.replace("4 mL", f"{0.1 * count:.1f} mL")
    return head + f"  - {{id: add, do: portions, into: flask, {step}, hold: {{at_most: 2 h}}}}\n"


def ours(folder: Path, few: str, many: str, steps: int) -> tuple[float, float]:
    """Seconds and exchanges of one step: the difference of two dry runs."""
    (folder / "rig.yaml").write_text(rig_of(1))
    outcomes = []
    for text in (few, many):
        (folder / "protocol.yaml").write_text(text)
        files = [str(folder / "protocol.yaml"), "--rig", str(folder / "rig.yaml"), "--runs", str(folder / "runs")]
        outcomes.append(json.loads(timed([ruggli(), "simulate", *files, "--no-report", "--json"]).output))
    first, second = outcomes
    seconds = (second["wall_seconds"] - first["wall_seconds"]) / steps
    return seconds, (second["exchanges"] - first["exchanges"]) / steps


def theirs(python: str, code: str, steps: int) -> float | None:
    """Seconds of one step of a peer; None where it is not installed."""
    run = subprocess.run([python, "-c", f"N = {steps}\n{code}"], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        print("  " + (run.stderr.strip().splitlines() or ["no message"])[-1])
        return None
    return float(run.stdout.split()[-1])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", default=sys.executable, help="Python that has bluesky, ophyd and pylabrobot")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    peers = (
        ("set + wait", "bluesky RunEngine", BLUESKY, 300),
        ("set + wait", "PyLabRobot chatterbox", HEATER, 1000),
        ("dispense", "PyLabRobot chatterbox", PIPETTE, 300),
    )
    rows: dict[tuple[str, str], list[float | None]] = {}
    exchanges: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(options.rounds):
            for name, few, many, steps in (
                ("set + wait", heats(1), heats(41), 40),
                ("dispense", portions(2), portions(42), 40),
            ):
                seconds, exchanges[name] = ours(Path(folder), few, many, steps)
                rows.setdefault((name, "Ruggli dry run"), []).append(seconds)
            for name, peer, code, steps in peers:
                rows.setdefault((name, peer), []).append(theirs(options.peers, code, steps))
    for (name, who), found in rows.items():
        seen = [seconds for seconds in found if seconds is not None]
        if not seen:
            print(f"{name:11} {who:22} not measured: not importable in {options.peers}")
            continue
        note = ""
        if who == "Ruggli dry run":
            each = 1e6 * median(seen) / exchanges[name]
            note = f"   {exchanges[name]:.0f} exchanges, {each:.1f} us an exchange with all that belongs to it"
        print(f"{name:11} {who:22} {1e6 * median(seen):10.1f} us a step{note}")


if __name__ == "__main__":
    main()
