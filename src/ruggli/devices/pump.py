"""What the engine asks of a syringe pump."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Millimetres, Seconds
from ruggli.world.tasks import Task


class PumpState(Enum):
    """What the pump says that it does."""

    STOPPED = "stopped"
    INFUSING = "infusing"
    WITHDRAWING = "withdrawing"
    PAUSED = "paused"
    TARGET_REACHED = "target reached"
    STALLED = "stalled"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Identity:
    """What answered on a port."""

    model: str
    firmware: str = ""
    address: int | None = None
    serial_number: str = ""


@dataclass(frozen=True, slots=True)
class PumpReading:
    """One poll: state and the pump's own counter of the volume infused since it was last cleared."""

    state: PumpState
    infused: Millilitres
    alarm: str = ""
    """`stall`, `power`, `dead-man`, `program`, `other`, or "" where there is none."""


@dataclass(frozen=True, slots=True)
class PumpSettings:
    """All settings that decide what a start would do, as the pump holds them."""

    bore: Millimetres
    rate: MillilitresPerSecond
    target: Millilitres
    infusing: bool
    infused: Millilitres
    state: PumpState


class Pump(Protocol):
    """A syringe pump. Every method is a task; every setting is read back before the task ends.

    All methods raise `LinkLost`, `NoReply`, `BadReply` for the line, `DeviceAlarm` when the pump answers with an
    alarm (the command was then not executed), `Refused` when the pump holds another value than was sent.
    Only questions are repeated (at most twice) after a doubtful reply; commands never are.
    """

    name: str

    def assume_dead_man(self) -> None:
        """Another process has set the pump's own stop: talk as a pump in that state wants it. Sends nothing."""

    def connect(self) -> Task[Identity]:
        """Find out who answers. Sends nothing but questions. Raises `WrongDevice`."""

    def acknowledge(self) -> Task[str]:
        """Read and so clear a latched alarm; returns its kind (see `PumpReading.alarm`) or ""."""

    def read_settings(self) -> Task[PumpSettings]:
        """Read every setting from the pump."""

    def set_bore(self, bore: Millimetres) -> Task[None]:
        """Store the syringe's inner diameter and read it back."""

    def arm(self, rate: MillilitresPerSecond, target: Millilitres) -> Task[PumpSettings]:
        """Write rate, target volume (rounded down, never zero) and direction, read all back, return what is held.

        Also makes sure that the pump stops when the target is reached. Raises `Refused` where the target would be zero.
        """

    def start(self) -> Task[None]:
        """Start the armed dose. Sent once; a doubtful reply is settled by asking for the state.

        Raises:
            NotRunning: the start was answered, and the pump stands before its target without an alarm.
            NoReply: the reply was lost, and the pump neither runs nor has delivered.
        """

    def stop(self) -> Task[str]:
        """Stop, and prove by the state read back that the motor rests. Safe to call in every state.

        Returns:
            The kind of an alarm that the pump told meanwhile (see `DeviceAlarm`), or "": after a power cut its counter
            says nothing, and it tells of it once.
        """

    def poll(self) -> Task[PumpReading]:
        """State and counter, in as few exchanges as the pump allows. Never raises `DeviceAlarm`: an alarm is data."""

    def clear_counter(self) -> Task[None]:
        """Set the counter of infused volume to zero. Only while stopped."""

    def arm_dead_man(self, silence: Seconds) -> Task[None]:
        """Make the pump stop by itself after `silence` without a question from us. Read back."""

    def disarm_dead_man(self) -> Task[None]:
        """Switch the pump's own stop off again (at the end of a run)."""
