"""Driver of the IKA RCT digital hotplate stirrer (its wire is in `ika_rct_codec`)."""

import math
import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from ruggli.devices.capability import DeadMan, DriverCard, HotplateCapability, Kind
from ruggli.devices.hotplate import HotplateReading, HotplateSettings
from ruggli.devices.pump import Identity
from ruggli.errors import BadReply, BenchError, InputError, NoReply, Refused, WrongDevice
from ruggli.quantities.base import Celsius, Kelvin, Rpm, Seconds
from ruggli.world.channel import Channel
from ruggli.world.tasks import Task
from ruggli_drivers.ika_rct_codec import alone, believable, echo_of, encode, name_of, number_text, reading, take

T = TypeVar("T")
E = TypeVar("E", bound=BenchError)

NAME = "ika-rct-digital"
MODEL = "RCT digital"
ATTEMPTS = 3
SENSOR_ATTEMPTS = 2
"""A sensor that is silent alone is a sensor without a reading, told before the whole plate counts as lost."""
QUIET = Seconds(0.25)
"""Pause before a question is repeated: a late reply arrives in it and is discarded."""
REPLY_TIMEOUT = Seconds(1.0)
GAP = Seconds(0.05)
SAME = 0.1
"""Sent and held agree when they differ by less than this (degC, rpm, s): the wire carries one decimal."""

DEAD_MAN = DeadMan(
    shortest=Seconds(20.0),
    longest=Seconds(1500.0),
    effect="watchdog mode 2: set temperature and set speed are replaced by the safe values, the panel shows WD",
)
CAPABILITY = HotplateCapability(
    hottest=Celsius(310.0),
    coolest=Celsius(0.0),
    safety_margin=Kelvin(15.0),
    set_point_step=Kelvin(1.0),
    slowest=Rpm(50.0),
    fastest=Rpm(1500.0),
    dead_man=DEAD_MAN,
)

CARD = DriverCard(
    name=NAME,
    devices="IKA RCT digital (IKA Plate)",
    kind=Kind.HOTPLATE,
    capabilities={MODEL: CAPABILITY},
    settings="9600 baud 7E1, no flow control",
    verified=("transcripts: the manual's command list and the bytes of public drivers", "hardware: no"),
)

IN_NAME = encode("IN_NAME")
IN_SP_1, IN_SP_3, IN_SP_4 = encode("IN_SP_1"), encode("IN_SP_3"), encode("IN_SP_4")
IN_PV_1, IN_PV_2, IN_PV_4 = encode("IN_PV_1"), encode("IN_PV_2"), encode("IN_PV_4")
_PROBE, _PLATE = reading(1, without_number=math.nan), reading(2, without_number=math.nan)
_TEMPERATURE, _SAFETY, _SPEED = reading(1), reading(3), reading(4)
_PROBE_ALONE, _PLATE_ALONE, _SPEED_ALONE = alone(_PROBE), alone(_PLATE), alone(_SPEED)
_ACCEPTED_NAME = re.compile(r"\bRCT (5 )?digital\b|\bIKA[ _-]?RCT", re.IGNORECASE)


class IkaRct:
    """IKA RCT digital, NAMUR commands, watchdog mode 2. Verified on hardware: no.

    Wire facts (references are sections of heater-protocols.md):

    * 9600 baud 7E1, no address, one device a port; `CR LF` is sent, blanks around replies are stripped (1.1).
    * The device speaks only when asked and **never reports a fault** (1.1, 1.7): a fault shows as falling temperature.
    * `OUT_SP_x n`, `START_x`, `STOP_x` have no reply; nor has an unknown or refused command (1.2). So `set_temperature`
      and `set_speed` read back by `IN_SP_x` (in operating mode D a set point waits for the knob, 1.6), while nothing
      says whether heater or motor is on (1.3): the engine looks at speed and temperature.
    * A set point starts nothing, START does; set points survive STOP (1.3).
    * `OUT_SP_12@n`, `OUT_SP_42@n`, `OUT_WD2@m` echo the number, `60` or `60.0` (1.2). Unread, the echo would shift
      every later reply by one. They cannot be read back: a lost echo is an error, and the command is not repeated.
    * Watchdog mode 2 (1.5): when `OUT_WD2@m` is not repeated within m (20 to 1500 s), set temperature and set speed are
      replaced by the values of `OUT_SP_12@` and `OUT_SP_42@`. `OUT_WD2@0` clears and ends it; only
      `disarm_dead_man` sends that. Repeat at m/3 or sooner: whether other traffic feeds it is not settled.
    * Operating mode A (1.2, 1.6): nothing goes on by itself when the mains return. `SET_MODE_A` has no reply and cannot
      be read back; it is sent whenever the watchdog is armed, which does not outlive the mains while mode B heats on.
    * What `IN_PV_1` answers without a probe is not documented (1.7): silence, a text, or a value outside
      -20 to 400 degC all read as "no probe". A jump between two polls is for the engine to judge.
    * Spacing of commands: drivers pause 0.05 to 0.1 s (1.1). A reply proves that the device is ready, so the driver
      pauses (`gap`) only after commands that have none.

    Every method is a task; errors are those of `ruggli.devices.hotplate.Hotplate`.
    """

    def __init__(
        self, name: str, channel: Channel, *, reply_timeout: Seconds = REPLY_TIMEOUT, gap: Seconds = GAP
    ) -> None:
        """Take the line of one plate.

        Args:
            name: name in the rig file.
            channel: the line, used by nobody else.
            reply_timeout: longest time to a whole reply.
            gap: pause after a command that has no reply.
        """
        self.name = name
        self._channel = channel
        self._timeout = reply_timeout
        self._gap = gap
        self._dead_man: tuple[int, Celsius, Rpm] | None = None
        self._silent: set[bytes] = set()
        self._sent_at = Seconds(0.0)
        self._stale = False

    def connect(self) -> Task[Identity]:
        """Ask for the name. Raises `WrongDevice`."""
        try:
            model = yield from self._ask(IN_NAME, name_of)
        except BadReply as error:
            raise self._error(
                WrongDevice, f"what answers is no {MODEL}; check the port", "IN_NAME", error.reply
            ) from error
        if not _ACCEPTED_NAME.search(model):
            raise self._error(WrongDevice, f"another device than an {MODEL} answers; check the port", "IN_NAME", model)
        return Identity(model)

    def read_settings(self) -> Task[HotplateSettings]:
        """Read both set points and the safety temperature."""
        temperature = yield from self._ask(IN_SP_1, _TEMPERATURE)
        speed = yield from self._ask(IN_SP_4, _SPEED)
        safety = yield from self._ask(IN_SP_3, _SAFETY)
        return HotplateSettings(Celsius(temperature), Rpm(speed), Celsius(safety))

    def set_temperature(self, set_point: Celsius) -> Task[None]:
        """Set the temperature, one decimal, and read it back."""
        self._check_temperature(set_point, "OUT_SP_1")
        yield from self._set(f"OUT_SP_1 {set_point:.1f}", IN_SP_1, _TEMPERATURE, set_point, "degC")

    def heat_on(self) -> Task[None]:
        """Send `START_1`. Nothing on the wire says whether the heater is on."""
        yield from self._tell("START_1")

    def heat_off(self, safe: Celsius) -> Task[None]:
        """Lower the set point to `safe`, read it back, send `STOP_1`; this also where the first part fails."""
        try:
            yield from self.set_temperature(safe)
        except BenchError:
            yield from self._tell("STOP_1")
            raise
        yield from self._tell("STOP_1")

    def set_speed(self, speed: Rpm) -> Task[None]:
        """Set the speed, 0 or 50 to 1500 rpm, and read it back."""
        self._check_speed(speed, "OUT_SP_4")
        yield from self._set(f"OUT_SP_4 {number_text(speed)}", IN_SP_4, _SPEED, speed, "rpm")

    def stir_on(self) -> Task[None]:
        """Send `START_4`. The measured speed shows whether it turns."""
        yield from self._tell("START_4")

    def stir_off(self) -> Task[None]:
        """Send `STOP_4`."""
        yield from self._tell("STOP_4")

    def poll(self) -> Task[HotplateReading]:
        """Speed, plate, probe, in this order.

        The speed is asked first because it has no "none": where it is silent, the device is, and `NoReply` comes
        without waiting for the other two. A sensor that stays silent is asked once a poll until it answers again.
        """
        speed = self._at_once(IN_PV_4, _SPEED_ALONE)
        if speed is None:
            speed = yield from self._answer(IN_PV_4, _SPEED, ATTEMPTS)
        plate = self._at_once(IN_PV_2, _PLATE_ALONE)
        if plate is None:
            plate = yield from self._sensor(IN_PV_2, _PLATE)
        probe = self._at_once(IN_PV_1, _PROBE_ALONE)
        if probe is None:
            probe = yield from self._sensor(IN_PV_1, _PROBE)
        return HotplateReading(
            Celsius(probe) if believable(probe) else None, Celsius(plate) if believable(plate) else None, Rpm(speed)
        )

    def arm_dead_man(self, silence: Seconds, safe: Celsius, speed: Rpm) -> Task[None]:
        """Operating mode A, the values to fall back to, then watchdog mode 2 with whole seconds, rounded down."""
        seconds = int(silence)
        if not DEAD_MAN.shortest <= seconds <= DEAD_MAN.longest:
            bounds = f"{DEAD_MAN.shortest:g} to {DEAD_MAN.longest:g} s"
            raise self._error(Refused, f"watchdog time {silence:g} s is outside {bounds}; change it", "OUT_WD2", "")
        self._check_temperature(safe, "OUT_SP_12")
        self._check_speed(speed, "OUT_SP_42")
        yield from self._tell("SET_MODE_A")
        yield from self._arm(seconds, safe, speed)
        self._dead_man = seconds, safe, speed

    def feed_dead_man(self) -> Task[None]:
        """Send the values to fall back to and `OUT_WD2@m` again: a plate that lost its mains may have forgotten them.

        Raises `Refused` where the watchdog was not armed by this driver.
        """
        if self._dead_man is None:
            raise self._error(Refused, "the watchdog is not armed; arm it before it is fed", "OUT_WD2", "")
        yield from self._arm(*self._dead_man)

    def disarm_dead_man(self) -> Task[None]:
        """Send `OUT_WD2@0`: clears the event and ends the watchdog."""
        self._dead_man = None
        yield from self._set_with_echo("OUT_WD2@0", 0.0)

    def _arm(self, seconds: int, safe: Celsius, speed: Rpm) -> Task[None]:
        yield from self._set_with_echo(f"OUT_SP_12@{number_text(safe)}", safe)
        yield from self._set_with_echo(f"OUT_SP_42@{number_text(speed)}", speed)
        yield from self._set_with_echo(f"OUT_WD2@{seconds}", seconds)

    def _check_temperature(self, value: Celsius, command: str) -> None:
        low, high = CAPABILITY.coolest, CAPABILITY.hottest
        if not low <= value <= high:
            message = f"set temperature {value:g} degC is outside {low:g} to {high:g} degC; change it"
            raise self._error(Refused, message, command, "")

    def _check_speed(self, value: Rpm, command: str) -> None:
        low, high = CAPABILITY.slowest, CAPABILITY.fastest
        if value != Rpm(0.0) and not low <= value <= high:
            message = f"set speed {value:g} rpm is neither 0 nor {low:g} to {high:g} rpm; change it"
            raise self._error(Refused, message, command, "")

    def _set(
        self, command: str, question: bytes, read: Callable[[bytes], float | None], value: float, unit: str
    ) -> Task[None]:
        yield from self._tell(command)
        holds = yield from self._ask(question, read)
        if abs(holds - value) >= SAME:
            message = f"sent {value:g} {unit}, the plate holds {holds:g} {unit}"
            cause = "the operating mode (D asks at the knob) and the safety temperature"
            raise self._error(Refused, f"{message}; check {cause}", command, f"{holds:g}")

    def _sensor(self, question: bytes, read: Callable[[bytes], float | None]) -> Task[float]:
        """Await a sensor's answer; NaN where it gives none."""
        try:
            value = yield from self._answer(question, read, 1 if question in self._silent else SENSOR_ATTEMPTS)
        except (NoReply, BadReply):
            self._silent.add(question)
            return math.nan
        self._silent.discard(question)
        return value

    def _ask(self, question: bytes, read: Callable[[bytes], T | None]) -> Task[T]:
        """Ask a question; lines that answer something else are passed over. Raises `NoReply`, `BadReply`."""
        try:
            self._send(question)
        except BenchError as error:
            raise self._located(error, _readable(question)) from None
        return (yield from self._answer(question, read, ATTEMPTS))

    def _at_once(self, question: bytes, read: Callable[[bytes], float | None]) -> float | None:
        """Ask a question; None where the answer does not come whole and in the same instant: it is to be awaited."""
        channel = self._channel
        try:
            if channel.fill() or channel.buffer:
                self._send(question)
                return None
            self._sent_at = channel.now()
            self._stale = False
            arrived = channel.call(question)
            value = read(arrived)
            if value is None:
                channel.keep(arrived)
            elif self._silent:
                self._silent.discard(question)
            return value
        except BenchError as error:
            raise self._located(error, _readable(question)) from None

    def _answer(self, question: bytes, read: Callable[[bytes], T | None], attempts: int) -> Task[T]:
        """Await the answer to a question that was sent; ask again, `attempts` times in all. Raises as `_ask`."""
        channel = self._channel
        said = b""
        try:
            for attempt in range(attempts):
                if attempt:
                    yield from channel.pause(QUIET)
                    self._send(question)
                until = Seconds(self._sent_at + self._timeout)
                while True:
                    while (line := take(channel.buffer)) is not None:
                        value = None if self._stale else read(line)
                        self._stale = False
                        if value is not None:
                            return value
                        said = line
                    if not (yield from channel.wait(until)):
                        break
                said = bytes(channel.buffer) or said
        except BenchError as error:
            raise self._located(error, _readable(question)) from None
        if said:
            reply = _readable(said)
            raise self._error(BadReply, "what came is no answer to the question", _readable(question), reply)
        raise self._error(
            NoReply, f"no reply in {attempts} x {self._timeout:g} s; check cable and power", _readable(question), ""
        )

    def _tell(self, command: str) -> Task[None]:
        """Send a command that has no reply."""
        try:
            self._channel.send(encode(command))
            yield from self._channel.pause(self._gap)
        except BenchError as error:
            raise self._located(error, command) from None

    def _set_with_echo(self, command: str, value: float) -> Task[None]:
        """Send a command once and compare its echo."""
        channel = self._channel
        said = b""
        try:
            self._send(encode(command))
            until = Seconds(self._sent_at + self._timeout)
            while (yield from channel.wait(until)):
                while (line := take(channel.buffer)) is not None:
                    echo = None if self._stale else echo_of(line)
                    self._stale = False
                    if echo is None:
                        said = line
                    elif abs(echo - value) < SAME:
                        return
                    else:
                        reply = _readable(line)
                        raise self._error(Refused, f"sent {value:g}, the plate echoes {echo:g}", command, reply)
        except BenchError as error:
            raise self._located(error, command) from None
        doubt = "so it is not known whether the plate took it; it was not sent again"
        if said:
            reply = _readable(said)
            raise self._error(BadReply, f"what came is no echo, {doubt}", command, reply)
        raise self._error(NoReply, f"no echo in {self._timeout:g} s, {doubt}", command, "")

    def _send(self, data: bytes) -> None:
        """Drop stale lines and send; note where the head of a stale line has arrived and its end is still to come.

        A head that is older than any reply comes to no end: it is dropped too.
        """
        channel = self._channel
        buffer = channel.buffer
        left = len(buffer)
        channel.fill()
        now = channel.now()
        if buffer:
            cut = len(buffer) == left and now - self._sent_at > self._timeout + QUIET / 2
            del buffer[: None if cut else buffer.rfind(b"\n") + 1]
        self._sent_at = now
        self._stale = bool(buffer)
        channel.send(data)

    def _error(self, branch: type[E], message: str, command: str, reply: str) -> E:
        return branch(message, device=self.name, port=self._channel.port, command=command, reply=reply)

    def _located(self, error: BenchError, command: str) -> BenchError:
        error.device = error.device or self.name
        error.port = error.port or self._channel.port
        error.command = error.command or command
        return error


def make(name: str, channel: Channel, model: str, options: Mapping[str, str | int | float]) -> IkaRct:
    """Make the driver of one plate.

    Args:
        name: name in the rig file.
        channel: its line.
        model: `RCT digital`.
        options: `reply_timeout` (s), `gap` (s).

    Raises:
        InputError: a model or an option is not one of these.
    """
    if model not in CARD.capabilities:
        raise InputError(f"{name}: {NAME} has no model {model!r}; write {MODEL!r}")
    unknown = sorted(set(options) - {"reply_timeout", "gap"})
    if unknown:
        raise InputError(f"{name}: {NAME} has no option {unknown[0]!r}; it has reply_timeout and gap")
    timeout = options.get("reply_timeout", REPLY_TIMEOUT)
    if isinstance(timeout, str) or not 0.05 <= timeout <= 10:
        raise InputError(f"{name}: reply_timeout {timeout!r} is no number of seconds from 0.05 to 10")
    gap = options.get("gap", GAP)
    if isinstance(gap, str) or not 0 <= gap <= 2:
        raise InputError(f"{name}: gap {gap!r} is no number of seconds from 0 to 2")
    return IkaRct(name, channel, reply_timeout=Seconds(timeout), gap=Seconds(gap))


def _readable(data: bytes) -> str:
    return data.decode("ascii", "backslashreplace").strip()
