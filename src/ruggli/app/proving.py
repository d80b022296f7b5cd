"""`ruggli rig prove`: every dead-man of a rig falls silent on purpose, and what it did is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any, cast

from ruggli import __version__
from ruggli.app.connect import Lines, real_place
from ruggli.app.doors import simulated_ports
from ruggli.app.drivers import capability, cards, line_settings, make_driver
from ruggli.app.mastery import become_master
from ruggli.app.proofs import Proof, entry_hash, withdraw_proof, write_proofs
from ruggli.devices.capability import Capability, HotplateCapability, PumpCapability
from ruggli.devices.hotplate import Hotplate
from ruggli.devices.pump import Pump
from ruggli.documents.place import did_you_mean
from ruggli.engine.prove import Finding, proof_dose, prove_plate, prove_pump
from ruggli.engine.station import Device
from ruggli.errors import InputError, RuggliError
from ruggli.plan.equipment import driver_options
from ruggli.quantities.base import Millimetres, Seconds
from ruggli.rig.geometry import resolve_syringe
from ruggli.rig.loader import RigFile
from ruggli.rig.ports import port_address, port_text
from ruggli.world.disk import is_file
from ruggli.world.loop import Job, Loop
from ruggli.world.ports import open_port
from ruggli.world.tasks import Task
from ruggli.world.time import RealTime, VirtualTime, wall_now

PROVED, NOT_PROVED, NO_DEAD_MAN, NOT_ASKED = "proved", "NOT PROVED", "no dead-man", "not tried"


@dataclass(frozen=True, slots=True)
class Row:
    """One device of a proof.

    Attributes:
        device: name in the rig.
        state: one of the words of this module.
        silence: the dead-man's time, s, or None.
        seen: what was read afterwards, or why it was not tried.
        took: how long it took, s on the clock of the bench.
        finding: what came of it, where it was tried.
    """

    device: str
    state: str
    silence: Seconds | None
    seen: str
    took: Seconds = Seconds(0.0)
    finding: Finding | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain JSON data, units in the key names."""
        return {
            "device": self.device,
            "state": self.state,
            "dead_man_s": self.silence,
            "seen": self.seen,
            "took_s": round(self.took, 1),
        }


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person is asked before a pump moves.

    Attributes:
        device: the pump.
        volume_ml: most that may flow, mL.
        silence: the dead-man's time.
    """

    device: str
    volume_ml: float
    silence: Seconds

    def __str__(self) -> str:
        """The question."""
        return (
            f"{self.device} will infuse for about {self.silence:.0f} s, at most {1000 * self.volume_ml:.0f} uL. "
            f"Does its line end over waste?"
        )


@dataclass(frozen=True, slots=True)
class Trial:
    """One device that is to be tried."""

    name: str
    driver: str
    model: str
    port: str
    options: Mapping[str, str | int | float]
    baud: int | None
    silence: Seconds
    capability: Capability


@dataclass(frozen=True, slots=True)
class Proving:
    """What came of it: a row for each device, and where the proofs are kept ("" where nothing was)."""

    rows: tuple[Row, ...]
    file: str


OpenBench = Callable[[RigFile, ExitStack], tuple[Loop, Lines]]
"""Opens clock and ports of a rig; what has to be closed goes on the stack."""


def open_bench(rig: RigFile, stack: ExitStack) -> tuple[Loop, Lines]:
    """The computer's clock and ports; a virtual clock and a bench in this process where all ports are `sim://`."""
    if all(port_address(device.port).simulated for device in rig.rig.devices.values()):
        from ruggli.app.benches import describe
        from ruggli_simulator.bench import Bench

        loop = Loop(VirtualTime(wall_now()))
        place = simulated_ports(Bench(describe(rig), loop, 0), stack)
    else:
        become_master((port_text(device.port) for device in rig.rig.devices.values()), stack, "ruggli rig prove")
        loop, place = Loop(RealTime()), real_place
    stack.callback(loop.close)
    lines = Lines(loop, place, open_port)
    stack.callback(lines.close)
    return loop, lines


def prove_rig(
    rig: RigFile, only: Sequence[str], agree: Callable[[Consent], bool], opened: OpenBench = open_bench
) -> Proving:
    """Prove the dead-men of a rig, all lines at once, and keep what is proved beside the rig file.

    Args:
        rig: the checked rig file.
        only: names of the devices to try; all where empty.
        agree: asked before a pump moves; False leaves it untried.
        opened: opens clock and ports.

    Raises:
        InputError: a name is not one of the rig, or the proofs cannot be kept.
        PortsTaken: another process is master of a port; none was opened.
    """
    for name in only:
        if name not in rig.rig.devices:
            guess = did_you_mean(name, rig.rig.devices)
            hint = f"; did you mean {guess}?" if guess else ""
            raise InputError(f"--device {name}: the rig has {', '.join(rig.rig.devices)}{hint}")
    rows: dict[str, Row] = {}
    trials: list[Trial] = []
    for name in only or tuple(rig.rig.devices):
        trial = _trial(rig, name)
        if isinstance(trial, Row):
            rows[name] = trial
        elif _agreed(rig, trial, agree):
            trials.append(trial)
        else:
            rows[name] = Row(name, NOT_ASKED, trial.silence, "nobody agreed that it may infuse")
    if trials:
        with ExitStack() as stack:
            loop, lines = opened(rig, stack)
            rows |= _tried(loop, lines, trials)
    ordered = tuple(rows[name] for name in only or tuple(rig.rig.devices))
    return Proving(ordered, _kept(rig, ordered))


def _trial(rig: RigFile, name: str) -> Trial | Row:
    device = rig.rig.devices[name]
    model = device.model or next(iter(cards()[device.driver].capabilities))
    limits = capability(device.driver, model)
    if limits.dead_man is None:
        return Row(name, NO_DEAD_MAN, None, "the device has none: an unattended run needs a waiver for it")
    if device.dead_man is None:
        return Row(name, NO_DEAD_MAN, None, "the rig file gives none: write `dead_man`, e.g. 10 s for a pump")
    options = driver_options(device)
    silence = Seconds(device.dead_man.base)
    return Trial(name, device.driver, model, port_text(device.port), options, device.port.baud, silence, limits)


def _agreed(rig: RigFile, trial: Trial, agree: Callable[[Consent], bool]) -> bool:
    if not isinstance(trial.capability, PumpCapability):
        return True
    syringe = resolve_syringe(rig.rig.devices[trial.name])
    bore = trial.capability.widest if syringe is None else syringe.bore
    dose = proof_dose(trial.capability, Millimetres(bore), trial.silence)
    return agree(Consent(trial.name, dose.target, trial.silence))


def _tried(loop: Loop, lines: Lines, trials: Sequence[Trial]) -> dict[str, Row]:
    by_port: dict[str, list[Trial]] = {}
    for trial in trials:
        by_port.setdefault(trial.port, []).append(trial)
    drivers: dict[str, Device] = {}
    jobs: list[Job[list[Row]]] = []
    try:
        jobs += [loop.spawn(_line(loop, lines, line, drivers)) for line in by_port.values()]
        for job in jobs:
            loop.run(job)
    except BaseException:
        _rest(loop, jobs, drivers, trials)
        raise
    return {row.device: row for job in jobs for row in job.value or ()}


def _rest(loop: Loop, jobs: Sequence[Job[list[Row]]], drivers: dict[str, Device], trials: Sequence[Trial]) -> None:
    """Ctrl-C in mid-proof: no pump is left to its dead-man."""
    for job in jobs:
        job.cancel("interrupted")
    stops = [
        loop.spawn(cast(Pump, drivers[trial.name]).stop())
        for trial in trials
        if trial.name in drivers and isinstance(trial.capability, PumpCapability)
    ]
    for stop in stops:
        loop.run(stop)


def _line(loop: Loop, lines: Lines, trials: Sequence[Trial], drivers: dict[str, Device]) -> Task[list[Row]]:
    rows = []
    for trial in trials:
        began = loop.now()
        try:
            channel = lines.open(trial.port, line_settings(trial.driver, trial.baud))
            driver = make_driver(trial.driver, trial.name, channel, trial.model, trial.options)
            drivers[trial.name] = driver
            if isinstance(trial.capability, HotplateCapability):
                finding = yield from prove_plate(loop.now, cast(Hotplate, driver), trial.capability, trial.silence)
            else:
                finding = yield from prove_pump(loop.now, cast(Pump, driver), trial.capability, trial.silence)
            row = Row(
                trial.name, PROVED if finding.proved else NOT_PROVED, trial.silence, finding.seen, finding=finding
            )
        except RuggliError as error:
            row = Row(trial.name, NOT_PROVED, trial.silence, str(error))
        rows.append(replace(row, took=Seconds(loop.now() - began)))
    return rows


def _kept(rig: RigFile, rows: Sequence[Row]) -> str:
    """Keep what was proved, forget what is disproved; a rig that is no file has no place for it."""
    if not is_file(rig.document.file):
        return ""
    now = wall_now().isoformat(timespec="seconds")
    proofs: dict[str, Proof] = {}
    for row in rows:
        if row.state == NOT_PROVED:
            withdraw_proof(rig, row.device)
        if row.finding is not None and row.finding.proved:
            proofs[row.device] = Proof(
                row.finding.identity,
                rig.rig.devices[row.device].driver,
                row.finding.silence,
                row.seen,
                now,
                entry_hash(rig, row.device),
                __version__,
            )
    return write_proofs(rig, proofs) if proofs else ""
