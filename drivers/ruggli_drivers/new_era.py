"""New Era NE-1000 family of syringe pumps."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from ruggli.devices.numbers import Rounding
from ruggli.devices.pump import Identity, PumpReading, PumpSettings, PumpState
from ruggli.errors import BadReply, BenchError, DeviceAlarm, InputError, NoReply, NotRunning, Refused, WrongDevice
from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Millimetres, Seconds
from ruggli.world.channel import Channel
from ruggli.world.tasks import Task
from ruggli_drivers.new_era_codec import ALARM_KINDS, QUESTIONS, Frame, encode, read_version, take_counters
from ruggli_drivers.new_era_limits import CAPABILITIES, CARD, MICROLITRES, MILLILITRES, NUMBERS, RATE_UNITS
from ruggli_drivers.new_era_link import NewEraLink

__all__ = ["CARD", "NewEraPump", "make"]

REPLY_TIMEOUT = Seconds(0.5)
SHORTEST_REPLY_TIMEOUT = 0.25
"""USB serial adapters may hold bytes back for 16 ms and more; a shorter deadline would call that silence."""
LONGEST_REPLY_TIMEOUT = 10
ON = ("1", "01", "ON")
CONNECT_TRIES = 6
ACKNOWLEDGE_TRIES = 3
STOP_TRIES = 4
UNITS = {unit.code: unit for unit in RATE_UNITS + MICROLITRES + MILLILITRES}
STATES = {
    "I": PumpState.INFUSING,
    "X": PumpState.INFUSING,
    "W": PumpState.WITHDRAWING,
    "S": PumpState.STOPPED,
    "P": PumpState.PAUSED,
    "T": PumpState.PAUSED,
    "U": PumpState.PAUSED,
}
"""Purging (X) infuses at top speed. In a timed pause (T) or before a trigger (U) the program may go on by itself."""


def make(name: str, channel: Channel, model: str, options: Mapping[str, str | int | float]) -> "NewEraPump":
    """A pump at one address of a line.

    Args:
        name: name of the device in the rig file.
        channel: the conversation over its line.
        model: a model of `CARD`.
        options: `address` (0 to 99, default 0), `reply_timeout` (s, 0.25 to 10, default 0.5).

    Raises:
        InputError: an unknown model or option, or a value out of range.
    """
    if model not in CAPABILITIES:
        raise InputError(f"{name}: model {model!r} is not known to driver new-era; use {' or '.join(CAPABILITIES)}")
    unknown = sorted(set(options) - {"address", "reply_timeout"})
    if unknown:
        raise InputError(f"{name}: option {unknown[0]!r} is not known to driver new-era; use address or reply_timeout")
    address, timeout = options.get("address", 0), options.get("reply_timeout", REPLY_TIMEOUT)
    if not isinstance(address, int) or not 0 <= address <= 99:
        raise InputError(f"{name}: address {address!r} is not a whole number from 0 to 99; the pump's menu shows it")
    if isinstance(timeout, str) or not SHORTEST_REPLY_TIMEOUT <= timeout <= LONGEST_REPLY_TIMEOUT:
        bounds = f"{SHORTEST_REPLY_TIMEOUT} s to {LONGEST_REPLY_TIMEOUT} s"
        raise InputError(f"{name}: reply_timeout {timeout!r} is not a number of seconds from {bounds}")
    return NewEraPump(name, channel, model, address, Seconds(timeout))


class NewEraPump:
    """One New Era pump. Implements `ruggli.devices.pump.Pump`.

    Wire facts, from the RS-232 pages (33-35) of the NE-1000 manual Pub. 1200-01 (V3.923); the manuals of NE-500,
    NE-1600 (p. 39-40) and NE-4000 (Pub. 1240-01, p. 38-39) list the same commands. Verified on hardware: no.

    - 19200 8N1. Basic mode: `address command CR`, reply `STX aa status data ETX`. Nothing is sent before the reply.
    - Safe mode (`SAF n`): both ways `STX length data CRC ETX`; the pump stops with alarm T after n s without a valid
      packet, sends alarms by itself (that does not acknowledge them), and stays in safe mode through a power cycle.
      A safe packet is understood in basic mode too.
    - `A?x` in place of the status: the command was not executed; the reply acknowledges the alarm. `A?R` comes first
      after power-up; the counters then count as lost.
    - Numbers: 4 digits, at most 3 decimals, up to 9999. VOL 0 means "for ever" and is never sent.
    - DIA (0.1 to 50.0 mm) up to 14.00 mm makes uL the unit of VOL and DIS, above mL. It may clear DIS, so that is
      read again.
    - At its volume a phase hands over to the next one: phase 2 is made STP, or the pump may go on.
    - Settings live in non-volatile memory, so a value that the pump holds already is not written again.
    - STP leads from running to P and from P to S. RUN on a paused pump resumes an older dose, so it is refused here.
    - Not settled by any source: whether a pump at rest answers STP with `?NA` or its status (both are taken), and the
      form of PF, the restart after a power failure (`1` is taken as on, `PF0` switches it off, `?` as "has none").

    States are asked with DIS: no late acknowledgement of another command looks like its answer.
    """

    def __init__(
        self,
        name: str,
        channel: Channel,
        model: str = "NE-1000",
        address: int = 0,
        reply_timeout: Seconds = REPLY_TIMEOUT,
    ) -> None:
        self.name = name
        self.model = model
        self.capability = CAPABILITIES[model]
        self._link = NewEraLink(name, channel, address, reply_timeout)
        self._speaker = b"%02d" % address
        self._polls = (encode(address, "DIS", safe=False), encode(address, "DIS", safe=True))
        self._armed: PumpSettings | None = None
        self._alarms_when_armed = 0
        self._goal: float | None = None
        self._infused = Millilitres(0.0)
        self._last_bytes: bytes | None = None
        self._last_reading = PumpReading(PumpState.STOPPED, self._infused)

    def assume_dead_man(self) -> None:
        """See `Pump`. Safe packets are understood in both modes; a basic one is lost on a pump in safe mode."""
        self._link.safe = True

    def connect(self) -> Task[Identity]:
        """See `Pump`. Also finds out whether the pump is in safe mode. An alarm met here is kept for `acknowledge`."""
        trouble: BenchError
        link = self._link
        self._armed = None
        before = safe = link.safe
        for _ in range(CONNECT_TRIES):
            link.safe = safe
            try:
                frame = yield from link.exchange("VER")
            except (NoReply, BadReply) as error:
                trouble, safe = error, not safe
                continue
            safe = link.safe = frame.safe
            if frame.alarm:
                trouble = link.alarm("VER", frame)
                link.latched = trouble.kind
            elif frame.data == "?COM":
                trouble = link.refused("question VER not answered", "VER", frame)
            else:
                return self._identity(frame)
        link.safe = before
        if isinstance(trouble, BadReply):
            message = f"no New Era pump at this baud rate and address: {trouble.message}"
            raise link.error(WrongDevice, message, "VER", trouble.reply)
        raise trouble

    def acknowledge(self) -> Task[str]:
        """See `Pump`."""
        link, kind = self._link, ""
        for _ in range(ACKNOWLEDGE_TRIES):
            try:
                yield from self._counters()
            except DeviceAlarm as alarm:
                kind = alarm.kind
            else:
                kind, link.latched = kind or link.latched, ""
                return kind
        raise link.error(Refused, f"alarm {kind} does not clear; read the pump's display", "DIS")

    def read_settings(self) -> Task[PumpSettings]:
        """See `Pump`. Rate and target are 0 where the selected phase of a program left in the pump has none."""
        _, bore = yield from self._link.ask("DIA")
        rate = yield from self._applicable("RAT")
        target = yield from self._applicable("VOL")
        direction = yield from self._applicable("DIR")
        status, infused = yield from self._counters()
        return PumpSettings(
            bore=Millimetres(float(bore[1])),
            rate=MillilitresPerSecond(_in_base_unit(rate)),
            target=Millilitres(_in_base_unit(target)),
            infusing=direction is not None and direction[1] == "INF",
            infused=infused,
            state=self._state(status, infused),
        )

    def set_bore(self, bore: Millimetres) -> Task[None]:
        """See `Pump`. A bore that the pump holds already is not written: writing may clear its counters."""
        least, most = self.capability.narrowest, self.capability.widest
        text = NUMBERS.text(Decimal(repr(float(bore))), Rounding.NEAREST) if least <= bore <= most else None
        if text is None:
            raise self._link.refused(f"bore {bore:g} mm is outside {least:g} mm to {most:g} mm; correct the rig", "DIA")
        self._armed = None
        self._expect(None)
        yield from self._require_stopped("DIA" + text)
        yield from self._link.hold("DIA", _holds(text), "DIA" + text, f"bore {text} mm")
        yield from self._counters()

    def arm(self, rate: MillilitresPerSecond, target: Millilitres) -> Task[PumpSettings]:
        """See `Pump`. An alarm that was kept and not asked for by `acknowledge` is forgotten: all is written anew."""
        link = self._link
        self._armed = None
        self._expect(None)
        link.latched = ""
        if not (target > 0 and rate > 0):
            raise link.refused(
                f"a dose of {target:g} mL at {rate * 3600:g} mL/h is none; zero would run for ever", "VOL"
            )
        _, answer = yield from link.ask("DIA")
        bore = Millimetres(float(answer[1]))
        volume, flow = self.capability.held_volume(target, bore), self.capability.held_rate(rate)
        if volume is None or flow is None:
            what = f"{target:g} mL at {rate * 3600:g} mL/h with the {bore:g} mm bore"
            raise link.refused(
                f"{what} is no number from 0.001 to 9999 in any unit of the pump; change the dose", "VOL"
            )
        yield from self._require_stopped("arming")
        yield from link.hold("PF", lambda held: held[1] not in ON, "PF0", "no restart when power returns")
        for phase, function in ((2, "STP"), (1, "RAT")):
            yield from link.hold("PHN", _holds(str(phase)), f"PHN{phase}", f"selecting phase {phase}")
            yield from link.hold("FUN", _holds(function), f"FUN{function}", f"function {function} of phase {phase}")
        low, high = self.capability.slowest(bore) * 3600, self.capability.fastest(bore) * 3600
        meaning = f"rate {flow.text} {flow.unit.name} (the {bore:g} mm bore allows {low:.4g} mL/h to {high:.4g} mL/h)"
        yield from link.hold("RAT", _holds(flow.text, flow.unit.code), f"RAT{flow.text}{flow.unit.code}", meaning)
        code, meaning = volume.unit.code, f"target {volume.text} {volume.unit.name}"
        yield from link.hold(
            "VOL", lambda held: held[2] == code, f"VOL{code}", f"unit of the target {volume.unit.name}"
        )
        yield from link.hold("VOL", _holds(volume.text, code), f"VOL{volume.text}", meaning)
        yield from link.hold("DIR", _holds("INF"), "DIRINF", "direction infuse")
        settings = yield from self.read_settings()
        if (settings.bore, settings.rate, settings.target, settings.infusing) != (bore, flow.value, volume.value, True):
            raise link.refused(f"settings changed while arming, the pump now holds {settings}; arm again", "arming")
        self._armed, self._alarms_when_armed = settings, link.alarms
        return settings

    def start(self) -> Task[None]:
        """See `Pump`. One `arm` allows one start.

        Raises:
            NotRunning: RUN was answered, and the pump stands.
            NoReply: the reply was lost, and the pump neither runs nor has delivered.
            Refused: not armed since the last start, stop or alarm; or the pump is not at rest, or not infusing.
        """
        link, armed = self._link, self._armed
        before = yield from self._require_stopped("RUN")
        if armed is None or self._alarms_when_armed != link.alarms:
            raise link.refused("not armed since the last start, stop or alarm; arm before each start", "RUN")
        self._armed = None
        step = self.capability.counter_step(Millilitres(before + armed.target), armed.bore)
        self._expect(before + max(armed.target - step, armed.target / 2) - 1e-9)
        try:
            trouble = yield from link.command("RUN", "start")
            status, infused = yield from self._counters()
        except (DeviceAlarm, Refused):
            self._expect(None)
            raise
        state = self._state(status, infused)
        if state in (PumpState.INFUSING, PumpState.TARGET_REACHED) and status != "X":
            return
        self._expect(None)
        if state is PumpState.STOPPED or state is PumpState.PAUSED:
            message = f"RUN was sent once and the pump is {state.value}; read its settings and counter, then decide"
            raise link.error(NotRunning if trouble is None else NoReply, message, "RUN", status) from trouble
        yield from self.stop()
        raise link.refused(f"the pump was {state.value} after RUN and was stopped; arm again", "RUN") from trouble

    def stop(self) -> Task[str]:
        """See `Pump`. An alarm met here (the motor is then off) is kept for `acknowledge` and the next `poll`.

        Before anything is known of the pump both framings are tried: one in safe mode does not hear basic packets.
        """
        link = self._link
        self._armed = None
        status = ""
        trouble: BenchError
        for _ in range(STOP_TRIES):
            try:
                frame = yield from link.exchange("STP", urgent=True)
                if frame.status == "P":
                    frame = yield from link.exchange("STP", urgent=True)
                if frame.alarm:
                    link.latched = ALARM_KINDS.get(frame.alarm, "other")
                status, _ = yield from self._counters(repeats=1)
            except (NoReply, BadReply) as error:
                status, trouble = "", error
                link.safe = link.safe if link.met else not link.safe
            except DeviceAlarm as alarm:
                status, trouble, link.latched = "", alarm, alarm.kind
            if status == "S":
                return link.latched
        if status == "P":
            return link.latched
        if status:
            raise link.refused(f"status {status} after {STOP_TRIES} stops; switch the pump off by hand", "STP")
        raise trouble

    def poll(self) -> Task[PumpReading]:
        """See `Pump`. One exchange; one repeat after a doubtful reply."""
        link = self._link
        channel = link.channel
        if channel.fill() or channel.buffer or link.owed or link.latched:
            return (yield from self._poll_with_care(1))
        link.owed = 1
        sent_at = channel.now()
        arrived = channel.call(self._polls[link.safe])
        until = Seconds(sent_at + link.timeout)
        if not arrived:
            yield from channel.wait(until)
            arrived = bytes(channel.buffer)
            channel.buffer.clear()
        if arrived == self._last_bytes:
            link.heard()
            self._infused = self._last_reading.infused
            return self._last_reading
        channel.keep(arrived)
        counters = take_counters(channel.buffer, self._speaker)
        if counters is None:
            return (yield from self._poll_slowly(until))
        link.heard()
        self._infused = Millilitres(counters[1])
        self._last_reading = PumpReading(self._state(counters[0], self._infused), self._infused)
        self._last_bytes = arrived
        return self._last_reading

    def clear_counter(self) -> Task[None]:
        """See `Pump`."""
        link = self._link
        yield from self._require_stopped("CLDINF")
        self._expect(None)
        trouble = yield from link.command("CLDINF", "clearing the counter")
        _, infused = yield from self._counters()
        if infused:
            raise trouble or link.refused(f"the counter reads {infused:g} mL after it was cleared", "CLDINF")

    def arm_dead_man(self, silence: Seconds) -> Task[None]:
        """See `Pump`. Whole seconds, rounded down, from 1 to 255; any packet from us renews it."""
        if not 1 <= silence < 256:
            raise self._link.refused(f"dead-man of {silence:g} s is outside 1 s to 255 s; change the rig", "SAF")
        yield from self._set_silence(int(silence))

    def disarm_dead_man(self) -> Task[None]:
        """See `Pump`. Back to basic mode."""
        yield from self._set_silence(0)

    def _set_silence(self, seconds: int) -> Task[None]:
        link = self._link
        command, meaning = f"SAF{seconds}", f"dead-man of {seconds} s"
        trouble = yield from link.command(command, meaning)
        # Where it is not known which mode the pump is in, safe packets are understood in both.
        link.safe = seconds > 0 or trouble is not None
        _, answer = yield from link.ask("SAF")
        if int(answer[1]) != seconds:
            raise trouble or link.refused(f"{meaning} was sent, the pump holds {int(answer[1])} s", command)
        link.safe = seconds > 0

    def _identity(self, frame: Frame) -> Identity:
        version = read_version(frame.data)
        if version is None:
            raise self._link.error(WrongDevice, "what answers is no New Era pump; check the port", "VER", frame)
        model, firmware = version
        if model != self.model:
            message = f"a {model} answers, the rig says {self.model}: their limits differ; correct port or model"
            raise self._link.error(WrongDevice, message, "VER", frame)
        return Identity(model, firmware, frame.address)

    def _counters(self, repeats: int = 2) -> Task[tuple[str, Millilitres]]:
        """Status letter and counter of infused volume."""
        status, answer = yield from self._link.ask("DIS", repeats)
        return status, self._read_counter(answer)

    def _read_counter(self, answer: re.Match[str]) -> Millilitres:
        value = float(answer[1])
        self._infused = Millilitres(value * 0.001 if answer[3] == "UL" else value)
        return self._infused

    def _require_stopped(self, command: str) -> Task[Millilitres]:
        """The counter, when the motor rests and no program waits. Raises `Refused` otherwise."""
        status, infused = yield from self._counters()
        if status != "S":
            message = f"the pump is {STATES[status].value} (status {status}); stop it first"
            raise self._link.refused(message, command)
        return infused

    def _applicable(self, question: str) -> Task[re.Match[str] | None]:
        try:
            _, answer = yield from self._link.ask(question)
        except Refused as refusal:
            if refusal.reply.endswith("?NA"):
                return None
            raise
        return answer

    def _expect(self, goal: float | None) -> None:
        """Set the counter (mL) from which a stop means that the target is reached."""
        self._goal = goal
        self._last_bytes = None

    def _state(self, status: str, infused: Millilitres) -> PumpState:
        if status == "S" and self._goal is not None and infused >= self._goal:
            return PumpState.TARGET_REACHED
        return STATES[status]

    def _poll_slowly(self, until: Seconds) -> Task[PumpReading]:
        """Go on with a poll whose answer did not come at once and in one piece."""
        link = self._link
        try:
            frame = yield from link.reply("DIS", until)
        except (NoReply, BadReply):
            return (yield from self._poll_with_care(0))
        if frame.alarm:
            return self._alarm_reading(link.alarm("DIS", frame).kind)
        answer = QUESTIONS["DIS"].fullmatch(frame.data)
        if answer is None:
            link.doubt()
            return (yield from self._poll_with_care(0))
        infused = self._read_counter(answer)
        return PumpReading(self._state(frame.status, infused), infused)

    def _poll_with_care(self, repeats: int) -> Task[PumpReading]:
        link = self._link
        try:
            status, infused = yield from self._counters(repeats)
        except DeviceAlarm as alarm:
            return self._alarm_reading(alarm.kind)
        if link.latched:
            kind, link.latched = link.latched, ""
            return self._alarm_reading(kind)
        return PumpReading(self._state(status, infused), infused)

    def _alarm_reading(self, kind: str) -> PumpReading:
        self._expect(None)
        return PumpReading(PumpState.STALLED if kind == "stall" else PumpState.ALARM, self._infused, kind)


def _in_base_unit(answer: re.Match[str] | None) -> float:
    if answer is None:
        return 0.0
    unit = UNITS[answer[2]]
    return float(Decimal(answer[1]) * unit.factor / unit.divisor)


def _holds(value: str, unit: str = "") -> Callable[[re.Match[str]], bool]:
    """Whether an answer is exactly this number (in this unit) or this word."""
    if not value[0].isdigit():
        return lambda answer: answer[1] == value
    number = Decimal(value)
    return lambda answer: Decimal(answer[1]) == number and (not unit or answer[2] == unit)
