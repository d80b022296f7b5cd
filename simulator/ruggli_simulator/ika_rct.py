"""IKA RCT digital hotplate stirrer: NAMUR commands on the wire, plate and stirrer behind them.

Facts from `heater-protocols.md` 1. Where the manual is silent the strict reading is taken and can be switched by an
option: only the watchdog command feeds the watchdog, an unknown or malformed command is answered by silence, a set
point out of range is ignored, Er02 stays until mains are switched off and on.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from ruggli.quantities.base import Celsius, Seconds
from ruggli_simulator.ika_heat import HOTTEST, SAFETY_MARGIN, HeatControl
from ruggli_simulator.thermal import USABLE_POWER_W, Plate, Probe

FASTEST_RPM = 1500.0
RAMP_RPM_S = 250.0
"""A speed set point is reached in 1 to 3 s."""
MIXING_RPM = 50.0
"""Slower than this, the flask counts as not stirred."""
WATCHDOG_RANGE_S = (20.0, 1500.0)
LONGEST_LINE = 80
NOISE_K = 0.05
PROBE_REPLIES = ("none", "last", "plate", "far", "text", "jumps")
JUMP_K = 40.0
"""A loose contact reads so much too high, three seconds long in every six."""

OPTIONS = {
    "name": "RCT digital",
    "mode": "A",
    "safety_temperature_degC": 370.0,
    "reply_blank": False,
    "status_commands": False,
    "watchdog_any_traffic": False,
    "er05_after_s": 300.0,
    "noise_K": NOISE_K,
    "boot_s": 2.0,
}
"""What a device description may set, with the defaults.

`reply_blank`: a blank stands before CR LF, as the manual prints it. `status_commands`: IN_TYPE, IN_PV_7 and STATUS_1,
2, 4 are answered, which the RCT's manual does not list but a client library asks. `watchdog_any_traffic`: any command
feeds the watchdog. `boot_s`: how long it is deaf after mains (an estimate). `er05_after_s`: 0 disables the watch for a
rise at the external sensor.
"""

_COMMAND = re.compile(
    r"(OUT_SP_1|OUT_SP_4)[ ]+(-?\d+\.?\d*)|(OUT_SP_12|OUT_SP_42)[ @][ ]*(-?\d+\.?\d*)|(OUT_WD[12])@(\d+\.?\d*)"
)


class IkaRctDigital:
    """One plate. See `SimulatedDevice`; `step` is its half of the bench's thermal grid.

    Attributes:
        name: name in the description.
        plate: plate, block and flask.
        probe: the external sensor, or None where a plug closes the safety circuit instead.
        transmit: set by the port.
    """

    def __init__(
        self,
        name: str,
        ambient: Celsius,
        probe_place: str | None = None,
        options: Mapping[str, Any] | None = None,
        seed: int = 0,
    ) -> None:
        settings = {**OPTIONS, **(options or {})}
        unknown = sorted(settings.keys() - OPTIONS.keys())
        if unknown:
            raise ValueError(f"{name}: unknown option {unknown[0]!r}; an IKA RCT digital has {', '.join(OPTIONS)}")
        self.name = name
        self.transmit: Callable[[bytes], None] = lambda data: None
        self.plate = Plate(ambient)
        self.probe = None if probe_place is None else Probe(self.plate, probe_place)
        self._seat = probe_place
        self._model = str(settings["name"])
        self._mode = str(settings["mode"])
        self._safety = float(settings["safety_temperature_degC"])
        self._end = " \r\n" if settings["reply_blank"] else "\r\n"
        self._any_traffic = bool(settings["watchdog_any_traffic"])
        self._extra = bool(settings["status_commands"])
        self._noise = float(settings["noise_K"])
        self._control = HeatControl(float(settings["er05_after_s"]))
        self._boot = float(settings["boot_s"])
        self._boots_until = -1.0
        self._buffer = b""
        self._powered = True
        self._now = 0.0
        self._grid = 0
        self._seed = seed + sum(ord(letter) << (8 * (k % 7)) for k, letter in enumerate(name))
        self._power_w = 0.0
        self._hottest_plate = float(ambient)
        # Set points survive STOP and mains; what runs does not (mode A).
        self._set_temperature = 25.0
        self._set_speed = 0.0
        self._heater = False
        self._motor = False
        self._speed = 0.0
        self._error = ""
        # Watchdog.
        self._watchdog = 0
        self._watchdog_s = 0.0
        self._deadline = float("inf")
        self._fallback_temperature = 20.0
        self._fallback_speed = 0.0
        self._warning = False
        # Faults.
        self._faults: dict[str, dict[str, Any]] = {}
        self._frozen: tuple[str, str] | None = None
        self._questions: dict[str, Callable[[], str | None]] = {
            "IN_PV_1": self._read_probe,
            "IN_PV_2": self._read_plate,
            "IN_PV_4": lambda: f"{self._speed:.1f} 4",
            "IN_PV_5": lambda: f"{self._viscosity():.1f} 5",
            "IN_SP_1": lambda: f"{self._set_temperature:.1f} 1",
            "IN_SP_3": lambda: f"{self._safety:.1f} 3",
            "IN_SP_4": lambda: f"{self._set_speed:.1f} 4",
            "IN_NAME": lambda: self._model,
            "START_1": self._start_heater,
            "STOP_1": self._stop_heater,
            "START_4": self._start_motor,
            "STOP_4": self._stop_motor,
            "RESET": lambda: None,
            "SET_MODE_A": lambda: self._set_mode("A"),
            "SET_MODE_B": lambda: self._set_mode("B"),
            "SET_MODE_D": lambda: self._set_mode("D"),
        }
        if self._extra:
            self._questions |= {
                "IN_TYPE": lambda: self._model,
                "IN_PV_7": lambda: self._read_plate(7),
                "STATUS_1": lambda: "11 1" if self._heater else "12 1",
                "STATUS_2": lambda: "-90 2",
                "STATUS_4": lambda: "11 4" if self._motor else "12 4",
            }

        # One whole line in one piece, as nearly all traffic is, needs no parsing.
        self._whole_lines: dict[bytes, Callable[[], str | None]] = {}
        if not self._any_traffic:
            self._whole_lines = {f"{line}\r\n".encode("ascii"): call for line, call in self._questions.items()}

    @property
    def speed(self) -> float:
        """How fast the motor turns, rpm."""
        return self._speed

    @property
    def stirred(self) -> bool:
        """Whether the bar mixes the flask."""
        return self._speed >= MIXING_RPM and "stirrer-slip" not in self._faults

    @property
    def power_w(self) -> float:
        """What the heater gives now, W."""
        return self._power_w

    @property
    def heats_to(self) -> float | None:
        """Set point with the heater on, degC; None with the heater off."""
        return self._set_temperature if self._heater and self._powered else None

    # The wire.

    def receive(self, data: bytes) -> None:
        """Take bytes; every line that is complete is handled, in order."""
        if not self._powered:
            return
        if self._buffer:
            data = self._buffer + data
        elif (question := self._whole_lines.get(data)) is not None:
            reply = question()
            if reply is not None:
                self.transmit((reply + self._end).encode("ascii"))
            return
        lines = data.split(b"\n")
        rest = lines.pop()
        self._buffer = rest if len(rest) <= LONGEST_LINE else rest[: LONGEST_LINE + 1]
        for line in lines:
            if len(line) <= LONGEST_LINE + 2:
                reply = self._handle(line.decode("ascii", "replace").strip(" \r"))
                if reply is not None:
                    self.transmit((reply + self._end).encode("ascii"))

    def _handle(self, line: str) -> str | None:
        if self._any_traffic and self._watchdog:
            self._restart_watchdog()
        question = self._questions.get(line)
        if question is not None:
            return question()
        match = _COMMAND.fullmatch(line)
        if match is None:
            return None
        name, value, fallback, level, watchdog, seconds = match.groups()
        if name is not None:
            self._take_set_point(name, float(value))
            return None
        if fallback is not None:
            return self._take_fallback(fallback, float(level))
        return self._arm(int(watchdog[-1]), float(seconds))

    def _take_set_point(self, name: str, value: float) -> None:
        if name == "OUT_SP_1":
            # In mode D each change waits for a hand on the knob.
            if 0 <= value <= min(HOTTEST, self._safety - SAFETY_MARGIN) and self._mode != "D":
                self._set_temperature = value
        elif 0 <= value <= FASTEST_RPM:
            self._set_speed = value

    def _take_fallback(self, name: str, value: float) -> str | None:
        if name == "OUT_SP_12":
            if not 0 <= value <= HOTTEST:
                return None
            self._fallback_temperature = value
        else:
            if not 0 <= value <= FASTEST_RPM:
                return None
            self._fallback_speed = value
        return self._echo(value)

    def _arm(self, watchdog: int, seconds: float) -> str | None:
        if watchdog == 2 and seconds == 0:
            self._watchdog = 0
            self._deadline = float("inf")
            self._warning = False
        elif WATCHDOG_RANGE_S[0] <= seconds <= WATCHDOG_RANGE_S[1]:
            self._watchdog, self._watchdog_s = watchdog, seconds
            self._restart_watchdog()
        else:
            return None
        return self._echo(seconds)

    def _restart_watchdog(self) -> None:
        self._deadline = float("inf") if "dead-man-dead" in self._faults else self._now + self._watchdog_s

    def _echo(self, value: float) -> str:
        wrong = self._faults.get("wrong-echo")
        if wrong is not None:
            value += float(wrong.get("by", 1.0))
        return f"{value:.1f}"

    def _read_probe(self) -> str | None:
        broken = self._faults.get("probe-broken")
        if broken is not None:
            return self._broken_probe(broken)
        if self._frozen is not None:
            return self._frozen[0]
        if self.probe is None:
            return self._read_plate(1)
        return f"{self.probe.temperature + self._jitter(1):.1f} 1"

    def _broken_probe(self, broken: Mapping[str, Any]) -> str | None:
        kind = broken["reply"]
        if kind == "plate":
            return self._read_plate(1)
        if kind == "jumps":
            assert self.probe is not None
            return f"{self.probe.temperature + (JUMP_K if self._grid // 3 % 2 else 0.0):.1f} 1"
        return {"none": None, "far": "-999.0 1", "text": "NaN 1", "last": str(broken["last"])}[kind]

    def _read_plate(self, channel: int = 2) -> str:
        if self._frozen is not None and channel == 2:
            return self._frozen[1]
        return f"{self.plate.temperature + self._jitter(2):.1f} {channel}"

    def _jitter(self, sensor: int) -> float:
        """Noise that depends on the grid point alone, never on who asks how often (a SplitMix step)."""
        if not self._noise:
            return 0.0
        mixed = ((self._grid * 2 + sensor) * 0x9E3779B97F4A7C15 + self._seed) & 0xFFFFFFFFFFFFFFFF
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
        # Uniform noise of half-width sqrt(3) has the standard deviation 1.
        return self._noise * 1.7320508 * ((mixed ^ (mixed >> 27)) / 0x7FFFFFFFFFFFFFFF - 1.0)

    def _viscosity(self) -> float:
        return 20.0 if "stirrer-slip" in self._faults else 100.0

    def _start_heater(self) -> None:
        if not self._heater and not self._error and not self._control.error:
            self._heater = True
            self._control.restart(self._sensed())

    def _stop_heater(self) -> None:
        self._heater = False

    def _start_motor(self) -> None:
        if self._error not in ("Er02", "Er04"):
            self._motor = True

    def _stop_motor(self) -> None:
        self._motor = False

    def _set_mode(self, mode: str) -> None:
        self._mode = mode

    # The physics.

    def advance(self, now: Seconds) -> None:
        """Move stirrer and watchdog on to `now`; temperatures move on the bench's grid, see `step`."""
        elapsed = now - self._now
        if elapsed <= 0:
            return
        if not self._powered and 0 <= self._boots_until <= now:
            self._powered, self._boots_until = True, -1.0
        if now >= self._deadline:
            self._turn_speed(self._deadline - self._now)
            elapsed = now - self._deadline
            self._watchdog_fires()
        self._now = now
        self._turn_speed(elapsed)

    def step(self, grid: int) -> None:
        """One step of the thermal grid, up to grid point `grid`."""
        self._grid = grid
        plate, probe = self.plate, self.probe
        stirred = self.stirred
        power = 0.0
        if self._heater and self._powered:
            power = self._control.power_w(self._set_temperature, plate.temperature, self._sensed())
        if self._control.error:
            power = 0.0
            self._trip(self._control.error)
        if self._faults:
            power = (
                0.0 if "heater-dead" in self._faults else USABLE_POWER_W if "heater-stuck" in self._faults else power
            )
        if plate.temperature > self._safety:
            power = 0.0
            self._trip("Er24")
        self._power_w = power
        plate.step(power, stirred)
        if plate.temperature > self._hottest_plate:
            self._hottest_plate = plate.temperature
        if probe is not None:
            probe.step(stirred)

    def _sensed(self) -> float | None:
        return None if self.probe is None or "probe-broken" in self._faults else self.probe.temperature

    def _turn_speed(self, elapsed: float) -> None:
        wanted = self._set_speed if self._motor and self._powered and "stirrer-stop" not in self._faults else 0.0
        speed = self._speed
        if speed < wanted:
            self._speed = min(wanted, speed + RAMP_RPM_S * elapsed)
        elif speed > wanted:
            self._speed = max(wanted, speed - RAMP_RPM_S * elapsed)

    def _watchdog_fires(self) -> None:
        self._deadline = float("inf")
        if self._watchdog == 1:
            self._trip("Er02")
            self._motor = False
        else:
            self._warning = True
            self._set_temperature = self._fallback_temperature
            self._set_speed = self._fallback_speed
        self._watchdog = 0

    def _trip(self, error: str) -> None:
        self._error = self._error or error
        self._heater = False

    def power_cycle(self) -> None:
        """Mains off and on: errors and all of the watchdog are forgotten; mode B resumes what ran, A and D do not."""
        self._power_off()
        self._power_on()

    def _power_on(self) -> None:
        if self._boot:
            self._boots_until = self._now + self._boot
        else:
            self._powered = True

    def _power_off(self) -> None:
        self._powered, self._boots_until = False, -1.0
        self._error = self._control.error = ""
        self._buffer = b""
        self._watchdog, self._deadline, self._warning = 0, float("inf"), False
        self._fallback_temperature, self._fallback_speed = 20.0, 0.0
        self._speed = 0.0
        if self._mode != "B":
            self._heater = self._motor = False
        self._control.restart(self._sensed())

    def inject(self, kind: str, settings: dict[str, Any]) -> None:
        """Apply a fault; with `settings["heal"]` true take it away again. Raises `ValueError` for an unknown one."""
        if kind not in FAULTS:
            raise ValueError(f"{self.name}: an IKA RCT digital has no fault {kind!r}; it has {', '.join(FAULTS)}")
        if kind == "power-cycle":
            self.power_cycle()
        elif kind == "power-off":
            self._power_off()
        elif kind == "power-on":
            self._power_on()
        elif kind == "panel":
            self._touch_panel(settings)
        elif settings.get("heal"):
            self._heal(kind)
        else:
            self._break(kind, dict(settings))

    def _break(self, kind: str, settings: dict[str, Any]) -> None:
        if kind in ("probe-out", "probe-broken") and self.probe is None:
            raise ValueError(f"{self.name}: {kind} needs a probe, and this plate has none")
        if kind == "probe-out" and self.probe is not None:
            self.probe.place = "air"
        elif kind == "probe-broken":
            settings.setdefault("reply", "none")
            if settings["reply"] not in PROBE_REPLIES:
                raise ValueError(f"{self.name}: probe-broken: reply is one of {', '.join(PROBE_REPLIES)}")
            settings["last"] = self._read_probe()
            if settings["reply"] != "jumps":
                self._trip("Er06")
        elif kind == "dead-man-dead":
            self._deadline = float("inf")
        elif kind == "frozen":
            self._frozen = (self._read_probe() or "", self._read_plate())
        elif kind == "stirrer-stop" and settings.get("er04", True):
            self._trip("Er04")
            self._motor = False
        elif kind == "over-temperature":
            flask = self.plate.flask
            if flask is None:
                raise ValueError(f"{self.name}: over-temperature needs a flask on the plate")
            flask.ramp = float(settings.get("rate_K_per_min", 20.0)) / 60
        self._faults[kind] = settings

    def _heal(self, kind: str) -> None:
        self._faults.pop(kind, None)
        if kind == "probe-out" and self.probe is not None and self._seat is not None:
            self.probe.place = self._seat
        elif kind == "frozen":
            self._frozen = None
        elif kind == "over-temperature" and self.plate.flask is not None:
            self.plate.flask.ramp = 0.0

    def _touch_panel(self, settings: dict[str, Any]) -> None:
        self._set_temperature = float(settings.get("set_temperature_degC", self._set_temperature))
        self._set_speed = float(settings.get("set_speed_rpm", self._set_speed))
        if "heater" in settings:
            (self._start_heater if settings["heater"] else self._stop_heater)()
        if "stirrer" in settings:
            (self._start_motor if settings["stirrer"] else self._stop_motor)()

    def truth(self) -> dict[str, Any]:
        """What the plate really does."""
        return {
            "driver": "ika-rct-digital",
            "powered": self._powered,
            "heater": self._heater,
            "heater_power_W": self._power_w,
            "set_temperature_degC": self._set_temperature,
            "plate_temperature_degC": self.plate.temperature,
            "max_plate_temperature_degC": self._hottest_plate,
            "probe_temperature_degC": None if self.probe is None else self.probe.temperature,
            "stirrer": self._motor,
            "set_speed_rpm": self._set_speed,
            "speed_rpm": self._speed,
            "stirred": self.stirred,
            "display": self._error or ("WD" if self._warning else ""),
            "watchdog_mode": self._watchdog,
            "watchdog_s": self._watchdog_s if self._watchdog else None,
            "mode": self._mode,
            "faults": sorted(self._faults),
        }


FAULTS = (
    "power-cycle",
    "power-off",
    "power-on",
    "panel",
    "probe-out",
    "probe-broken",
    "frozen",
    "heater-stuck",
    "heater-dead",
    "stirrer-stop",
    "stirrer-slip",
    "over-temperature",
    "wrong-echo",
    "dead-man-dead",
)
