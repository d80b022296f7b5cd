"""New Era NE-1000 family: the wire half, with its pumping program, alarms and safe mode.

Source: NE-1000 manual Pub. 1200-01 (V3.923) for framing, commands, alarms and safe mode. Where the manual is silent
the behaviour here is a guess that asks more of a driver, not less:

- A unit sent with RAT while pumping is refused even when it is the present one.
- Only packets to this pump (or to every pump) restart its safe-mode timer.
- In safe mode a command outside of a packet is not answered.
- An alarm told in the reply to SAF n is framed as n asks for, though n was not taken: a public client (NESP-Lib 2.0.0)
  opens that way and reads nothing else.
- VOL keeps its number when the volume unit changes, so its meaning changes by 1000.
- Setting the diameter clears the counters (option `diameter_clears_counters`).
- A counter above 9999 stays at 9999.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from math import inf
from typing import Any

from ruggli.quantities.base import MillilitresPerSecond, Millimetres, Seconds
from ruggli_simulator.drive import Drive
from ruggli_simulator.new_era_memory import (
    FLAGS,
    LARGE_BORE,
    LARGEST_BORE,
    MODELS,
    RATE_UNITS,
    SMALLEST_BORE,
    VOLUME_UNITS,
    Memory,
    Model,
    Phase,
    memory_of,
)
from ruggli_simulator.new_era_program import Program
from ruggli_simulator.new_era_wire import (
    EVERY_PUMP,
    IGNORED,
    NOT_APPLICABLE,
    NOT_RECOGNISED,
    OUT_OF_RANGE,
    PHASES,
    Assembler,
    Refusal,
    Request,
    packet,
    read_function,
    read_integer,
    read_number,
    whole_request,
    write_number,
)

_RATE = re.compile(r"([CI]?)([\d.]*)([UM][MH])?")


def make(name: str, model: str, options: Mapping[str, Any], drive: Drive) -> "NewEraPump":
    """A New Era pump.

    Args:
        name: the device's name on the bench.
        model: a key of `new_era_memory.MODELS`, "" for the NE-1000.
        options: what `memory_of` takes, and `firmware` (default `V3.923`), `reset_alarm` (the alarm of the power-up is
            still pending, default true), `diameter_clears_counters` (default true), `point_at_end` (`1699.` or
            `1699`, default true), `slowest_mm_per_min` and `fastest_mm_per_min` for a model with other limits.
        drive: its motor and what that pushes.

    Raises:
        ValueError: for an unknown model.
    """
    known = MODELS.get(model or "NE-1000")
    if known is None:
        raise ValueError(f"no simulated New Era model {model!r}; there are {', '.join(MODELS)}")
    limits = Model(
        known.code,
        float(options.get("slowest_mm_per_min", known.slowest)),
        float(options.get("fastest_mm_per_min", known.fastest)),
    )
    return NewEraPump(name, limits, options, drive)


class NewEraPump:
    """One pump on a line.

    Attributes:
        name: name on the bench.
        transmit: sends bytes to the host; set by the port.
        wake: asks for a call of `advance` at a time; set by the port.
        memory: what it keeps without power.
    """

    def __init__(self, name: str, model: Model, options: Mapping[str, Any], drive: Drive) -> None:
        self.name = name
        self.transmit: Callable[[bytes], None] = lambda data: None
        self.wake: Callable[[Seconds], None] = lambda when: None
        self.memory: Memory = memory_of(options)
        self._model = model
        self._firmware = str(options.get("firmware", "V3.923"))
        self._diameter_clears = bool(options.get("diameter_clears_counters", True))
        self._point = bool(options.get("point_at_end", True))
        self._drive = drive
        drive.changed = self._reschedule
        self._program = Program(self.memory, model, drive, self._raise_alarm)
        self._now = Seconds(0.0)
        self._due = inf
        self._powered = True
        self._was_running = False
        self._ignore = 0
        self._timer_dead = False
        self._selected = 1
        self._answers: dict[str, Callable[[str], str]] = {
            "": lambda data: "",
            "DIA": self._dia,
            "RAT": self._rat,
            "VOL": self._vol,
            "DIR": self._dir,
            "RUN": self._run,
            "STP": self._stp,
            "PUR": self._pur,
            "DIS": self._dis,
            "CLD": self._cld,
            "PHN": self._phn,
            "FUN": self._fun,
            "SAF": self._saf,
            "VER": self._ver,
            "ADR": self._adr,
            "RESET": self._reset,
            "TRG": self._trg,
            "BUZ": lambda data: "" if data else "0",
            "IN": lambda data: self._pin(data, ("2", "3", "4", "6"), "1"),
            "OUT": lambda data: self._pin(data, ("50", "51"), ""),
            **{flag: partial(self._flag, flag) for flag in FLAGS},
        }
        self._forget()
        self._alarm = "R" if options.get("reset_alarm", True) else ""

    def _forget(self) -> None:
        """Everything that does not outlive the mains."""
        self._program.forget()
        self._assembler = Assembler()
        self._selected = 1
        self._silence_until = inf
        self._alarm = ""
        self._prefix = f"{self.memory.address:02d}"

    # Time

    def advance(self, now: Seconds) -> None:
        """Move on to `now`, with everything that happens on the way at its own time."""
        if now >= self._due:
            self._catch_up(now)
        self._now = now
        self._drive.advance(now)

    def _next_event(self) -> float:
        return min(self._drive.ends_at, self._program.pause_until, self._silence_until)

    def _catch_up(self, now: Seconds) -> None:
        self._due = inf
        while (event := self._next_event()) <= now:
            self._now = at = Seconds(max(event, self._now))
            if event == self._drive.ends_at:
                self._drive.advance(at)
                self._program.motion_ended(at)
            elif event == self._program.pause_until:
                self._program.pause_ended(at)
            else:
                self._silence_until = inf
                self._program.fail(at, "T")
        self._reschedule()

    def _reschedule(self) -> None:
        event = self._next_event()
        if event < self._due:
            self._due = event
            self.wake(Seconds(event))

    # Wire

    def receive(self, data: bytes) -> None:
        """Take bytes from the host, in any pieces; answer each complete command."""
        if not self._powered:
            return
        request = None if self._assembler.started else whole_request(data)
        if request is not None:
            self._execute(request)
            return
        for byte in data:
            request = self._assembler.take(byte, self._now, not self.memory.safe_timeout)
            if request is not None:
                self._execute(request)

    def _execute(self, request: Request) -> None:
        safe, intact, address, command, data = request
        memory = self.memory
        if address != memory.address and address != EVERY_PUMP:
            return
        if memory.safe_timeout:
            if not safe:
                return
            if intact:
                self._restart_timer()
        framed: int | None = None
        answer = self._answers.get(command)
        if not intact:
            text = f"{self._prefix}{self._program.status}?COM"
        elif answer is None:
            text = f"{self._prefix}{self._program.status}?"
        elif self._alarm:
            text = f"{self._prefix}A?{self._alarm}"
            self._alarm = ""
            framed = int(data) if command == "SAF" and data.isdecimal() else None
        else:
            try:
                told = answer(data) if not self._ignore else self._ignored(command, data)
            except Refusal as refusal:
                told = refusal.answer
            text = self._prefix + self._program.status + told
        if memory.safe_timeout if framed is None else framed:
            self.transmit(packet(text))
        else:
            self.transmit(b"\x02%b\x03" % text.encode("ascii"))

    def _ignored(self, command: str, data: str) -> str:
        if not data and command not in ("RUN", "STP", "PUR"):
            return self._answers[command](data)
        self._ignore -= 1
        raise Refusal(IGNORED)

    def _restart_timer(self) -> None:
        self._silence_until = inf if self._timer_dead else self._now + self.memory.safe_timeout
        if self._silence_until < self._due:
            self._reschedule()

    def _raise_alarm(self, letter: str) -> None:
        self._alarm = letter
        if self.memory.safe_timeout:
            self.transmit(packet(f"{self._prefix}A?{letter}"))

    # Commands: each returns the data of its reply, or raises `Refusal`
    def _resting(self) -> None:
        if self._program.pumping:
            raise Refusal(NOT_APPLICABLE)

    def _phase(self) -> Phase:
        return self.memory.phases[(self._program.running if self._program.pumping else self._selected) - 1]

    def _rate_phase(self) -> Phase:
        phase = self._phase()
        if phase.function != "RAT":
            raise Refusal(NOT_APPLICABLE)
        return phase

    def _dia(self, data: str) -> str:
        memory = self.memory
        if not data:
            return write_number(memory.diameter, self._point)
        diameter = read_number(data)
        self._resting()
        if not SMALLEST_BORE <= diameter <= LARGEST_BORE:
            raise Refusal(OUT_OF_RANGE)
        memory.diameter = Millimetres(diameter)
        memory.volume_unit = "ML" if diameter > LARGE_BORE else "UL"
        if self._diameter_clears:
            self._program.infused = self._program.withdrawn = 0.0
        return ""

    def _rat(self, data: str) -> str:
        program, phase = self._program, self._rate_phase()
        if not data:
            rate = phase.rate if program.live_rate is None else program.live_rate
            return write_number(rate, self._point) + phase.rate_unit
        found = _RATE.fullmatch(data)
        if found is None:
            raise Refusal(NOT_RECOGNISED)
        rate, unit = read_number(found[2]), found[3] or phase.rate_unit
        if program.pumping and (found[3] or program.status == "X"):
            raise Refusal(NOT_APPLICABLE)
        self.memory.speed(self._model, MillilitresPerSecond(rate * RATE_UNITS[unit]))
        if program.pumping:
            program.change_rate(self._now, rate)
            self._reschedule()
        else:
            phase.rate, phase.rate_unit, program.live_rate = rate, unit, None
        return ""

    def _vol(self, data: str) -> str:
        if not data:
            return write_number(self._rate_phase().volume, self._point) + self.memory.volume_unit
        if data in VOLUME_UNITS:
            self._resting()
            self.memory.volume_unit = data
            return ""
        volume = read_number(data)
        self._resting()
        self._rate_phase().volume = volume
        return ""

    def _dir(self, data: str) -> str:
        program, phase = self._program, self._rate_phase()
        if not data:
            infusing = program.infusing if program.pumping or phase.direction == "STK" else phase.direction == "INF"
            return "INF" if infusing else "WDR"
        if data not in ("INF", "WDR", "REV", "STK"):
            raise Refusal(NOT_RECOGNISED)
        if program.pumping and (phase.volume > 0 or program.status not in "IW"):
            raise Refusal(NOT_APPLICABLE)
        phase.direction = data if data != "REV" else ("WDR" if phase.direction == "INF" else "INF")
        if program.pumping and data != "STK":
            program.reverse(self._now, phase.direction == "INF")
            self._reschedule()
        return ""

    def _run(self, data: str) -> str:
        number = read_integer(data, 1, PHASES) if data else 1
        self._resting()
        if self._program.status == "P" and not data:
            self._program.resume(self._now)
        else:
            self._program.run(self._now, number)
        self._reschedule()
        return ""

    def _stp(self, data: str) -> str:
        if data:
            raise Refusal(NOT_RECOGNISED)
        self._program.stop(self._now)
        return ""

    def _pur(self, data: str) -> str:
        if data:
            raise Refusal(NOT_RECOGNISED)
        self._resting()
        self._program.purge(self._now, self._rate_phase().direction != "WDR")
        self._reschedule()
        return ""

    def _dis(self, data: str) -> str:
        if data:
            raise Refusal(NOT_RECOGNISED)
        infused, withdrawn = self._program.counters()
        point = self._point
        if self.memory.volume_unit == "ML":
            return f"I{write_number(infused, point)}W{write_number(withdrawn, point)}ML"
        return f"I{write_number(infused * 1000, point)}W{write_number(withdrawn * 1000, point)}UL"

    def _cld(self, data: str) -> str:
        if data not in ("INF", "WDR"):
            raise Refusal(NOT_RECOGNISED)
        self._resting()
        if data == "INF":
            self._program.infused = 0.0
        else:
            self._program.withdrawn = 0.0
        return ""

    def _phn(self, data: str) -> str:
        if not data:
            return f"{self._program.running if self._program.pumping else self._selected:02d}"
        number = read_integer(data, 1, PHASES)
        self._resting()
        self._selected = number
        return ""

    def _fun(self, data: str) -> str:
        phase = self._phase()
        if not data:
            return phase.function + phase.argument
        function, argument = read_function(data)
        self._resting()
        phase.function, phase.argument = function, argument
        return ""

    def _saf(self, data: str) -> str:
        if not data:
            return str(self.memory.safe_timeout)
        self.memory.safe_timeout = read_integer(data, 0, 255)
        self._silence_until = inf
        if self.memory.safe_timeout:
            self._restart_timer()
        return ""

    def _ver(self, data: str) -> str:
        if data:
            raise Refusal(NOT_RECOGNISED)
        return self._model.code + self._firmware

    def _adr(self, data: str) -> str:
        if not data:
            return f"{self.memory.address:02d}"
        self.memory.address = read_integer(data.partition("B")[0], 0, 99)
        self._prefix = f"{self.memory.address:02d}"
        return ""

    def _reset(self, data: str) -> str:
        if data:
            raise Refusal(NOT_RECOGNISED)
        self._program.halt(self._now)
        self.memory.restore_factory()
        self._forget()
        return ""

    def _trg(self, data: str) -> str:
        if not data:
            return self.memory.trigger
        if data not in ("FT", "LE", "ST", "FH", "F2", "T2", "SP", "P2", "OF"):
            raise Refusal(NOT_RECOGNISED)
        self.memory.trigger = data
        return ""

    def _flag(self, flag: str, data: str) -> str:
        if not data:
            return str(int(self.memory.flags[flag]))
        self.memory.flags[flag] = bool(read_integer(data, 0, 1))
        return ""

    def _pin(self, data: str, known: tuple[str, ...], answer: str) -> str:
        if data not in known:
            raise Refusal(NOT_RECOGNISED)
        return answer

    # The bench

    def power_cycle(self) -> None:
        """Lose and regain mains: settings stay, counters and alarms go, the reset alarm is pending."""
        self._power_off()
        self._power_on()

    def _power_off(self) -> None:
        if self._powered:
            self._was_running = self._program.status in "IWT"
        self._program.halt(self._now)
        self._forget()
        self._powered = False

    def _power_on(self) -> None:
        self._powered = True
        self._raise_alarm("R")
        if self.memory.flags["PF"] and self._was_running:
            self._program.begin(self._now, 1)
            self._reschedule()

    def inject(self, kind: str, settings: dict[str, Any]) -> None:
        """Apply a device fault.

        Args:
            kind: one of `KINDS` in `faults`, or `heal`; another stored diameter leaves unit and counters as they are.
            settings: as `KINDS` says; `heal` with `dead-man-dead`.

        Raises:
            ValueError: for an unknown fault.
        """
        memory = self.memory
        if kind == "wrong-diameter":
            self._store_diameter(Millimetres(float(settings.get("bore_mm", memory.diameter * 1.1))))
        elif kind == "wrong-direction":
            memory.phases[0].direction = "WDR" if memory.phases[0].direction == "INF" else "INF"
        elif kind == "lost-counters":
            self._program.infused = self._program.withdrawn = 0.0
        elif kind == "ignored-command":
            self._ignore += int(settings.get("count", 1))
        elif kind == "pump-panel":
            self._program.stop(self._now)
        elif kind in ("power-off", "power-on"):
            (self._power_off if kind == "power-off" else self._power_on)()
        elif kind == "dead-man-dead":
            self._timer_dead = not settings.get("heal")
            self._silence_until = inf
        else:
            self._drive.inject(kind, settings)
            self.advance(self._now)

    def _store_diameter(self, diameter: Millimetres) -> None:
        program = self._program
        moving = program.status in "IW"
        if moving:
            program.halt(self._now)
        self.memory.diameter = diameter
        if moving:
            try:
                program.move(self._now)
            except Refusal:
                program.fail(self._now, "E")
            self._reschedule()

    def truth(self) -> dict[str, Any]:
        """Physical state and what the pump believes, as plain data."""
        infused, withdrawn = self._program.counters()
        return {
            **self._drive.truth(),
            "status": self._program.status,
            "alarm": self._alarm,
            "powered": self._powered,
            "stored_bore_mm": self.memory.diameter,
            "counter_infused_mL": infused,
            "counter_withdrawn_mL": withdrawn,
            "safe_mode_s": self.memory.safe_timeout,
        }
