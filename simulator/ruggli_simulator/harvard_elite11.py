"""Harvard Apparatus Pump 11 Elite: the wire half.

Sources: PHD Ultra manual 5419-002, Legato manuals 5617-xxx, Pump 33 DDS manual 5419-013, and a public recording of a
Legato 100. Where they are silent the behaviour here is a guess that asks more of a driver, not less:

- A run whose target is already reached does not move and answers T*.
- The counters and the syringe cannot be changed while the pump runs; the rate can.
- With poll off a stall sends its prompt unasked, as a reached target does.
- A command without address is answered by the first pump of the line only.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from math import inf, isfinite
from typing import Any

from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Millimetres, Seconds
from ruggli_simulator.drive import Drive
from ruggli_simulator.harvard_memory import (
    LARGEST_BORE,
    METHODS,
    METRICS,
    SMALLEST_BORE,
    SYRINGES,
    settings_of,
)
from ruggli_simulator.harvard_motion import IDLE, REACHED, Motion
from ruggli_simulator.harvard_wire import (
    Refusal,
    Request,
    read_line,
    read_number,
    read_rate,
    read_time,
    read_volume,
    whole_request,
    write_number,
    write_rate,
    write_time,
    write_volume,
)

XON = "\x11"
LONGEST_LINE = 200
"""A longer line is noise."""
FEMTOLITRES = 1e12
"""In one mL."""
MODELS: Mapping[str, str] = {"11 Elite": "11 ELITE I/W Single"}
"""By model name: what `ver` says before the version."""

Arguments = tuple[str, ...]


def make(name: str, model: str, options: Mapping[str, Any], drive: Drive) -> "HarvardElite11":
    """A Pump 11 Elite.

    Args:
        name: the device's name on the bench.
        model: a key of `MODELS`, "" for the first.
        options: what `settings_of` takes (`syringe_volume_mL` defaults to the capacity of the syringe in the drive),
            and `firmware` (default `3.0.4`), `serial_number`.
        drive: its motor and what that pushes.

    Raises:
        ValueError: for an unknown model.
    """
    if (model or "11 Elite") not in MODELS:
        raise ValueError(f"no simulated Harvard model {model!r}; there are {', '.join(MODELS)}")
    given = dict(options)
    if drive.syringe is not None and isfinite(drive.syringe.capacity):
        given.setdefault("syringe_volume_mL", drive.syringe.capacity)
    return HarvardElite11(name, MODELS[model or "11 Elite"], given, drive)


class HarvardElite11:
    """One pump on a line.

    Attributes:
        name: name on the bench.
        transmit: sends bytes to the host; set by the port.
        wake: asks for a call of `advance` at a time; set by the port.
        first: whether it is the first pump of its line, and so answers commands without address; set by the port.
        settings: the settings in force.
    """

    def __init__(self, name: str, title: str, options: Mapping[str, Any], drive: Drive) -> None:
        self.name = name
        self.transmit: Callable[[bytes], None] = lambda data: None
        self.wake: Callable[[Seconds], None] = lambda when: None
        self.first = True
        self.settings = settings_of(options)
        self._stored = deepcopy(self.settings)
        self._title = title
        self._firmware = str(options.get("firmware", "3.0.4"))
        self._serial_number = str(options.get("serial_number", "D000000"))
        self._drive = drive
        drive.changed = self._reschedule
        self._motion = Motion(self.settings, drive)
        self._now = Seconds(0.0)
        self._due = inf
        self._powered = True
        self._answers: dict[str, Callable[[Arguments], list[str]]] = {
            "": lambda given: [],
            "status": self._status,
            "ivolume": lambda given: [write_volume(Millilitres(self._motion.volumes()[0]))],
            "wvolume": lambda given: [write_volume(Millilitres(self._motion.volumes()[1]))],
            "itime": lambda given: [write_time(Seconds(self._motion.times(self._now)[0]))],
            "wtime": lambda given: [write_time(Seconds(self._motion.times(self._now)[1]))],
            "civolume": lambda given: self._clear("i", volume=True),
            "cwvolume": lambda given: self._clear("w", volume=True),
            "cvolume": lambda given: self._clear("iw", volume=True),
            "citime": lambda given: self._clear("i", volume=False),
            "cwtime": lambda given: self._clear("w", volume=False),
            "ctime": lambda given: self._clear("iw", volume=False),
            "tvolume": self._tvolume,
            "ttime": self._ttime,
            "ctvolume": self._ctvolume,
            "cttime": self._cttime,
            "irate": lambda given: self._rate("i", given),
            "wrate": lambda given: self._rate("w", given),
            "crate": self._crate,
            "iramp": lambda given: self._no_ramp(given),
            "wramp": lambda given: self._no_ramp(given),
            "irun": lambda given: self._run("irun", True),
            "wrun": lambda given: self._run("wrun", False),
            "run": lambda given: self._run("run", not self.settings.method.startswith("w")),
            "rrun": lambda given: self._run("rrun", not self._motion.infusing),
            "stp": self._stp,
            "stop": self._stp,
            "diameter": self._diameter,
            "svolume": self._svolume,
            "syrmanu": self._syrmanu,
            "force": lambda given: self._whole("force", given, 1, 100, "{}%"),
            "dim": lambda given: self._whole("dim", given, 0, 100, "{}"),
            "baud": lambda given: self._whole("baud", given, 9600, 921600, "{}"),
            "address": self._address,
            "poll": self._poll,
            "echo": self._echo,
            "nvram": self._nvram,
            "load": self._load,
            "metrics": lambda given: list(METRICS),
            "ver": lambda given: [f"{self._title} {self._firmware}"],
            "version": self._version,
        }
        self._forget()

    def _forget(self) -> None:
        """Everything that does not outlive the mains."""
        self._part = bytearray()
        self._keeps = "on"
        self._motion.settings = self.settings
        self._motion.forget()

    # Time

    def advance(self, now: Seconds) -> None:
        """Move on to `now`, with everything that happens on the way at its own time."""
        if now >= self._due:
            self._catch_up(now)
        self._now = now
        self._drive.advance(now)

    def _catch_up(self, now: Seconds) -> None:
        self._due = inf
        while (event := min(self._drive.ends_at, self._motion.time_up)) <= now:
            self._now = at = Seconds(max(event, self._now))
            if event == self._drive.ends_at:
                self._drive.advance(at)
                self._motion.motor_ended(at)
            else:
                self._motion.time_ended(at)
            if self.settings.poll == "off":
                mark = f"{self.settings.address:02d}" if self.settings.address else ""
                self.transmit(f"\n{mark}{self._motion.state}".encode("ascii"))
        self._reschedule()

    def _reschedule(self) -> None:
        event = min(self._drive.ends_at, self._motion.time_up)
        if event < self._due:
            self._due = event
            self.wake(Seconds(event))

    # Wire

    def receive(self, data: bytes) -> None:
        """Take bytes from the host, in any pieces; answer each complete line."""
        if not self._powered:
            return
        if self.settings.echo:
            self.transmit(data)
        if not self._part:
            request = whole_request(data)
            if request is not None:
                self._execute(request)
                return
        for byte in data:
            if byte == 0x0D:
                line, self._part = bytes(self._part), bytearray()
                self._execute(read_line(line))
            elif byte != 0x0A:
                self._part.append(byte)
                if len(self._part) > LONGEST_LINE:
                    self._part.clear()

    def _execute(self, request: Request) -> None:
        address, command, word, given = request
        if not self.first if address is None else address != self.settings.address:
            return
        answer = self._answers.get(command)
        try:
            if answer is None:
                raise Refusal("Command", word, "Unknown command")
            lines = answer(given)
            if given and self._keeps == "on":
                self._stored = deepcopy(self.settings)
        except Refusal as refusal:
            lines = refusal.lines
        settings = self.settings
        end = self._motion.state if settings.poll != "on" else self._motion.state + XON
        if address is None and not settings.address:
            text = f"\n{lines[0]}\r\n{end}" if len(lines) == 1 else "\n" + "\r\n".join([*lines, end])
        else:
            mark = f"{settings.address:02d}"
            text = "".join(f"\n{mark}:{line}\r" for line in lines) + f"\n{mark}{end}"
        self.transmit(text.encode("ascii", "replace"))

    # Commands: each returns the lines of its reply, or raises `Refusal`

    def _status(self, given: Arguments) -> list[str]:
        motion = self._motion
        volume, time = motion.present(self._now)
        flow = int(motion.flow * FEMTOLITRES + 0.5)
        return [f"{flow} {int(time * 1000 + 0.5)} {int(volume * FEMTOLITRES + 0.5)} {motion.flags}"]

    def _resting(self, command: str) -> None:
        if self._motion.running:
            raise Refusal("Command", command, "Not allowed while the pump is running")

    def _run(self, command: str, infusing: bool) -> list[str]:
        settings, way = self.settings, "i" if infusing else "w"
        if way not in settings.method:
            raise Refusal("Command", command, "Direction not available in this method")
        self._in_range(command, settings.rates[way][0], "Command")
        if not self._motion.running or infusing != self._motion.infusing:
            self._motion.start(self._now, infusing)
            self._reschedule()
        return []

    def _stp(self, given: Arguments) -> list[str]:
        self._motion.halt(self._now)
        self._motion.show(IDLE)
        return []

    def _in_range(self, word: str, flow: MillilitresPerSecond, kind: str = "Argument") -> None:
        slowest, fastest = self.settings.limits
        if not slowest * (1 - 1e-6) <= flow <= fastest * (1 + 1e-6):
            raise Refusal(kind, word, "Out of range")

    def _rate(self, way: str, given: Arguments) -> list[str]:
        settings = self.settings
        slowest, fastest = settings.limits
        if not given:
            return [write_rate(*settings.rates[way])]
        if given[0] == "lim":
            return [f"{write_rate(slowest, 60.0)} to {write_rate(fastest, 60.0)}"]
        if given[0] in ("min", "max"):
            flow, time = slowest if given[0] == "min" else fastest, 60.0
        else:
            flow, time = read_rate(given)
            self._in_range(given[0], flow)
        settings.rates[way] = (flow, time)
        if self._motion.running and self._motion.infusing == (way == "i"):
            self._motion.start(self._now, self._motion.infusing)
            self._reschedule()
        return []

    def _crate(self, given: Arguments) -> list[str]:
        if not self._motion.running:
            raise Refusal("Command", "crate", "Pump is not running")
        word, way = ("Infusing", "i") if self._motion.infusing else ("Withdrawing", "w")
        return [f"{word} at {write_rate(*self.settings.rates[way])}"]

    def _no_ramp(self, given: Arguments) -> list[str]:
        if given:
            raise Refusal("Argument", given[0], "Ramps are not simulated")
        return ["Ramp not set up."]

    def _clear(self, ways: str, *, volume: bool) -> list[str]:
        self._resting("cvolume" if volume else "ctime")
        if volume:
            self._motion.clear_volumes(ways)
        else:
            self._motion.clear_times(ways)
        return self._cleared()

    def _cleared(self) -> list[str]:
        if self._motion.state == REACHED:
            self._motion.show(IDLE)
        return []

    def _tvolume(self, given: Arguments) -> list[str]:
        if not given:
            volume = self.settings.tvolume
            return ["Target volume not set" if volume is None else write_volume(volume)]
        target = read_volume(given)
        self._resting("tvolume")
        if not 0 < target <= self.settings.svolume * (1 + 1e-9):
            raise Refusal("Argument", given[0], "Target volume out of range")
        self.settings.tvolume = target
        return []

    def _ttime(self, given: Arguments) -> list[str]:
        if not given:
            time = self.settings.ttime
            return ["Target time not set" if time is None else write_time(time)]
        target = read_time(given)
        self._resting("ttime")
        if target <= 0:
            raise Refusal("Argument", given[0], "Target time out of range")
        self.settings.ttime = target
        return []

    def _ctvolume(self, given: Arguments) -> list[str]:
        self._resting("ctvolume")
        self.settings.tvolume = None
        return self._cleared()

    def _cttime(self, given: Arguments) -> list[str]:
        self._resting("cttime")
        self.settings.ttime = None
        return self._cleared()

    def _diameter(self, given: Arguments) -> list[str]:
        if not given:
            return [f"{self.settings.diameter:.4f} mm"]
        diameter, unit = read_number(given)
        if unit not in ("", "mm"):
            raise Refusal("Argument", unit, "Unknown units")
        self._resting("diameter")
        if not SMALLEST_BORE <= diameter <= LARGEST_BORE:
            raise Refusal("Argument", given[0], "Out of range")
        self.settings.diameter, self.settings.maker = Millimetres(diameter), "Custom"
        return []

    def _svolume(self, given: Arguments) -> list[str]:
        if not given:
            return [write_volume(self.settings.svolume)]
        volume = read_volume(given)
        self._resting("svolume")
        if volume <= 0:
            raise Refusal("Argument", given[0], "Out of range")
        self.settings.svolume = volume
        return []

    def _syrmanu(self, given: Arguments) -> list[str]:
        settings = self.settings
        if not given:
            return [f"{settings.maker}, {write_volume(settings.svolume)}, {write_number(settings.diameter)} mm"]
        if given == ("?",):
            return [f"{code}  {maker}" for code, (maker, _) in SYRINGES.items()]
        maker, bores = SYRINGES.get(given[0][:3], ("", {}))
        if not maker:
            raise Refusal("Argument", given[0], "Unknown syringe")
        if given[1:] == ("?",):
            return [f"{write_number(volume)} ml" for volume in bores]
        if len(given) < 2:
            raise Refusal("Argument", given[0], "Unknown syringe")
        volume = read_volume(given[1:])
        bore = next((bore for size, bore in bores.items() if abs(size - volume) < 1e-9), None)
        if bore is None:
            raise Refusal("Argument", given[1], "Unknown syringe")
        self._resting("syrmanu")
        settings.maker, settings.svolume, settings.diameter = maker, volume, Millimetres(bore)
        return []

    def _whole(self, setting: str, given: Arguments, lowest: int, highest: int, form: str) -> list[str]:
        if not given:
            return [form.format(getattr(self.settings, setting))]
        if not given[0].isdecimal() or not lowest <= int(given[0]) <= highest:
            raise Refusal("Argument", given[0], "Out of range")
        setattr(self.settings, setting, int(given[0]))
        return []

    def _address(self, given: Arguments) -> list[str]:
        if not given:
            return [f"Pump address is {self.settings.address}"]
        self._whole("address", given, 0, 99, "{}")
        return [f"Pump address set to {self.settings.address}"]

    def _poll(self, given: Arguments) -> list[str]:
        if not given:
            return [self.settings.poll.upper()]
        if given[0] not in ("on", "off", "remote"):
            raise Refusal("Argument", given[0], "Unknown argument")
        self.settings.poll = given[0]
        return []

    def _echo(self, given: Arguments) -> list[str]:
        if not given:
            return ["ON" if self.settings.echo else "OFF"]
        if given[0] not in ("on", "off"):
            raise Refusal("Argument", given[0], "Unknown argument")
        self.settings.echo = given[0] == "on"
        return []

    def _nvram(self, given: Arguments) -> list[str]:
        if not given:
            return [self._keeps.upper()]
        if given[0] not in ("on", "off", "none"):
            raise Refusal("Argument", given[0], "Unknown argument")
        self._keeps = given[0]
        return []

    def _load(self, given: Arguments) -> list[str]:
        if not given:
            return [METHODS[self.settings.method]]
        if given[0] != "qs" or len(given) != 2 or given[1] not in METHODS:
            raise Refusal("Argument", given[-1], "Unknown method")
        self._resting("load")
        self.settings.method = given[1]
        return []

    def _version(self, given: Arguments) -> list[str]:
        return [
            f"Firmware:      v{self._firmware}",
            f"Pump address:  {self.settings.address}",
            f"Serial number: {self._serial_number}",
        ]

    # The bench

    def power_cycle(self) -> None:
        """Lose and regain mains: settings come back from memory, counters and targets reached do not; idle."""
        self._power_off()
        self._powered = True

    def _power_off(self) -> None:
        self._motion.halt(self._now)
        self._stored.address, self._stored.baud = self.settings.address, self.settings.baud
        self.settings = deepcopy(self._stored)
        self._forget()
        self._powered = False

    def inject(self, kind: str, settings: dict[str, Any]) -> None:
        """Apply a device fault.

        Args:
            kind: `stall`, `silent-stall`, `leak`, `slow`, `short-fill`, `heal` (see `Drive.inject`); `pump-panel`:
                somebody presses stop; `wrong-diameter` (`bore_mm`, default 1.1 times the stored one): another diameter
                is stored; `lost-counters`; `power-off`, `power-on`.
            settings: as above.

        Raises:
            ValueError: for an unknown fault.
        """
        if kind == "wrong-diameter":
            running = self._motion.running
            self._motion.halt(self._now)
            self.settings.diameter = Millimetres(float(settings.get("bore_mm", self.settings.diameter * 1.1)))
            self._stored.diameter = self.settings.diameter
            if running:
                self._motion.start(self._now, self._motion.infusing)
                self._reschedule()
        elif kind == "lost-counters":
            self._motion.clear_volumes("iw")
        elif kind == "pump-panel":
            self._stp(())
        elif kind == "power-off":
            self._power_off()
        elif kind == "power-on":
            self._powered = True
        else:
            self._drive.inject(kind, settings)
            self.advance(self._now)

    def truth(self) -> dict[str, Any]:
        """Physical state and what the pump believes, as plain data."""
        infused, withdrawn = self._motion.volumes()
        return {
            **self._drive.truth(),
            "status": self._motion.state,
            "powered": self._powered,
            "stored_bore_mm": self.settings.diameter,
            "counter_infused_mL": infused,
            "counter_withdrawn_mL": withdrawn,
        }
