"""What one session of a run reaches of the outside: clock, ports, disk, signals, the simulated bench."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ruggli.app.connect import Lines, OpenLine, Place, real_place, simulated_place
from ruggli.app.guarding import GuardianProcess
from ruggli.app.mastery import Mastery, become_master
from ruggli.app.request import RunRequest
from ruggli.engine.lifeline import GuardianLink, NobodyWatches
from ruggli.world.computer import Computer, ThisComputer
from ruggli.world.disk import user_name
from ruggli.world.loop import Loop
from ruggli.world.operator import Operator
from ruggli.world.ports import open_port, use_url_handlers
from ruggli.world.run_disk import ComputerDisk, RunDisk
from ruggli.world.signals import SignalCommands
from ruggli.world.time import RealTime, VirtualTime, cpu_wall_seconds, wall_now

if TYPE_CHECKING:
    from ruggli.app.notifying import Herald
    from ruggli_simulator.bench import Bench


@dataclass(slots=True)
class Doors:
    """Everything that one session of a run holds open.

    Attributes:
        loop: clock and jobs of this process.
        lines: the opened lines.
        simulated: the bench in this process, or None.
        disk: where the run's folder is.
        signals: commands that come from the system.
        stopwatch: real seconds, for the syncing of the journal and for what is told of the speed.
        user: who is logged in.
        operator: who answers; None for whom the request says.
        herald: tells people who are away what is recorded; None where nobody is to be told.
        computer: the computer that has to stay awake and keep the record; None under a virtual clock.
        mastery: that this process is master of its ports; None where all of them are simulated.
        guard: starts the guardian of a run whose folder is given.
    """

    loop: Loop
    lines: Lines
    simulated: "Bench | None" = None
    disk: RunDisk = field(default_factory=ComputerDisk)
    signals: SignalCommands = field(default_factory=SignalCommands)
    stopwatch: Callable[[], float] = cpu_wall_seconds
    user: str = ""
    operator: Operator | None = None
    herald: "Herald | None" = None
    computer: Computer | None = None
    mastery: Mastery | None = None
    guard: Callable[[RunRequest, str], GuardianLink] = lambda request, folder: NobodyWatches()


OpenDoors = Callable[[RunRequest, ExitStack], Doors]
"""Opens the doors of a session; what has to be closed goes on the stack. Raises `PortsTaken`."""


def open_doors(request: RunRequest, stack: ExitStack) -> Doors:
    """The computer's own doors; for a dry run and for `sim://` ports those of a simulated bench."""
    if request.simulate or request.only_simulated:
        return _simulated_doors(request, stack)
    mastery = become_master((device.port for device in request.plan.devices), stack)
    loop = Loop(RealTime(request.speed))
    stack.callback(loop.close)
    doors = Doors(
        loop,
        Lines(loop, real_place, open_port),
        user=user_name(),
        computer=ThisComputer(),
        mastery=mastery,
        guard=_guardian(stack),
    )
    stack.callback(doors.lines.close)
    stack.enter_context(doors.signals.installed())
    doors.herald = open_herald(request, stack)
    return doors


def open_herald(request: RunRequest, stack: ExitStack) -> "Herald | None":
    """The worker that sends messages, where the request names channels.

    Raises:
        InputError: it cannot send.
    """
    if request.notify is None:
        return None
    from ruggli.app.notifying import WORKER, Herald
    from ruggli.world.worker import Worker

    herald = Herald(request.notify, lambda: Worker(WORKER), cpu_wall_seconds)
    stack.callback(herald.abandon)
    return herald


def _guardian(stack: ExitStack) -> Callable[[RunRequest, str], GuardianLink]:
    """Starts the guardian's process; one to which nobody has said goodbye stops everything when the stack unwinds."""

    def guard(request: RunRequest, folder: str) -> GuardianLink:
        bauds = {name: device.port.baud for name, device in request.rig.rig.devices.items() if device.port.baud}
        process = GuardianProcess(folder, bauds)
        stack.callback(process.close)
        return process

    return guard


def _simulated_doors(request: RunRequest, stack: ExitStack) -> Doors:
    from ruggli.app.benches import describe
    from ruggli.app.simulated_reaction import with_reaction
    from ruggli_simulator.bench import Bench
    from ruggli_simulator.faults import schedule

    if request.simulate:
        around = Loop(VirtualTime(wall_now()))
        loop = around.process()
    else:
        loop = around = Loop(RealTime(request.speed))
    stack.callback(loop.close)
    described = with_reaction(describe(request.rig), request.protocol.protocol, request.plan, request.rig)
    bench = Bench(described, around, request.seed)
    schedule(bench, request.faults)
    place = simulated_ports(bench, stack)
    doors = Doors(loop, Lines(loop, place, open_port), bench, user=user_name())
    stack.callback(doors.lines.close)
    if not request.simulate:
        stack.enter_context(doors.signals.installed())
        doors.herald = open_herald(request, stack)
    return doors


def simulated_ports(bench: "Bench", stack: ExitStack) -> Place:
    """Make the ports of a bench reachable as `sim://`, until the stack unwinds."""
    from ruggli_simulator.urls.protocol_sim import register, release

    use_url_handlers("ruggli_simulator.urls")
    name = register(bench)
    stack.callback(release, name)
    return simulated_place(name)


__all__ = ["Doors", "OpenDoors", "OpenLine", "open_doors", "simulated_ports"]
