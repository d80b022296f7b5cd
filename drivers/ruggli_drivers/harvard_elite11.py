"""Driver of the Harvard Apparatus Pump 11 Elite (its wire is in `harvard_elite11_codec`)."""

from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal

from ruggli.devices.capability import DriverCard, Kind, PumpCapability
from ruggli.devices.numbers import Held, NumberFormat, Rounding, WireUnit, held
from ruggli.devices.pump import Identity, PumpReading, PumpSettings, PumpState
from ruggli.errors import BadReply, InputError, NoReply, NotRunning, Refused, WrongDevice
from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Millimetres, Seconds
from ruggli.world.channel import Channel
from ruggli.world.tasks import Task
from ruggli_drivers.harvard_elite11_codec import (
    Status,
    diameter_of,
    limits_of,
    name_of,
    rate_of,
    serial_number_of,
    target_of,
    time_target_set,
    volume_of,
)
from ruggli_drivers.harvard_elite11_link import HarvardLink

NAME = "harvard-pump-11-elite"
MODEL = "11 Elite"
REPLY_TIMEOUT = Seconds(0.5)
FEMTOLITRES = 1e12
"""fL in one mL."""
SAME = Decimal("5e-6")
"""Two values agree within this fraction: half a unit of the sixth digit, the last that the pump shows."""

_MINUTE, _HOUR = Decimal(60), Decimal(3600)
_MILLI = Decimal("1e-3")
RATE_UNITS = (
    WireUnit("mL/min", "ml/min", Decimal(1), _MINUTE),
    WireUnit("uL/min", "ul/min", _MILLI, _MINUTE),
    WireUnit("mL/h", "ml/hr", Decimal(1), _HOUR),
    WireUnit("uL/h", "ul/hr", _MILLI, _HOUR),
    WireUnit("nL/min", "nl/min", Decimal("1e-6"), _MINUTE),
)
VOLUME_UNITS = (WireUnit("mL", "ml", Decimal(1)), WireUnit("uL", "ul", _MILLI))
COUNTER_UNITS = (WireUnit("fL", "fl", Decimal("1e-12")),)

CAPABILITY = PumpCapability(
    slowest_mm_s=0.000153115 / 60,
    fastest_mm_s=159.0044 / 60,
    narrowest=Millimetres(0.1),
    widest=Millimetres(33.0),
    number_format=NumberFormat(digits=6, decimals=6, largest=Decimal(999999)),
    rate_units=RATE_UNITS,
    volume_units=lambda bore: VOLUME_UNITS,
    counter_units=lambda bore: COUNTER_UNITS,
    counter_format=NumberFormat(digits=18, decimals=0, largest=Decimal(10) ** 18 - 1),
    longest_travel_mm=None,
    dead_man=None,
    motor_step_mm=6.8902e-5,
    forgets_silently=True,
)

CARD = DriverCard(
    name=NAME,
    devices="Harvard Apparatus Pump 11 Elite (single syringe rack, infuse or infuse/withdraw)",
    kind=Kind.PUMP,
    capabilities={MODEL: CAPABILITY},
    settings="115200 baud 8N1, no flow control (9600 to 115200 by the pump's menu)",
    verified=(
        "transcripts: recordings of a Legato 100 (same command family) and the replies that public drivers parse",
        "hardware: no",
    ),
)


class HarvardElite11:
    """Harvard Apparatus Pump 11 Elite. Verified on hardware: no.

    Wire facts (references are sections of pump-protocols.md):

    * 8N1, 115200 baud from the factory; commands are words, end CR; USB and RS-232 alike (2.1).
    * Replies end at the prompt, which also tells the state (2.2, 2.3); framing: see the codec's module docstring.
      `poll` and `echo` are left as they are found, both forms are read.
    * With poll off the pump sends `LF T*` by itself when the target is reached (2.3). The same fact stands in
      the next `status`, so it is read where it appears and never waited for.
    * `status` gives rate in fL/s, time, infused volume in fL, flags, and the prompt: one exchange a poll (2.6).
      State and volume come from the same text line; a prompt that contradicts its flags is one poll ahead of them.
      That `status` counts the same volume as `ivolume` is inferred; `clear_counter` checks it.
    * Numbers have six significant digits (2.5); the pump answers in a unit of its own choice.
    * A target above the set syringe volume is refused (2.5): `arm` raises `svolume` where needed.
    * A stall shows as prompt `*` and flag S, and stays until a run or stop (2.2, 2.8).
    * No communication watchdog was found (2.8): without the host the pump runs on to its target.
    * A power cycle shows as idle with a counter of 0 and is not reported (2.8). The engine must compare.

    Where the target counts from is **not documented**. The driver takes `tvolume` as compared with the infused-volume
    counter (`target_counts_from=counter`), sends counter + target when armed with a counter above zero, and reports
    the rest from now. With `target_counts_from=start` it sends the target as it is. A dose that is armed
    after `clear_counter` is the same under both readings. If the true rule were the other one, a
    dose armed with a counter above zero would be too long by that counter: prefer to clear the counter before.

    Every method is a task; errors are those of `ruggli.devices.pump.Pump`.
    """

    def __init__(
        self,
        name: str,
        channel: Channel,
        *,
        address: int = 0,
        reply_timeout: Seconds = REPLY_TIMEOUT,
        target_counts_from: str = "counter",
    ) -> None:
        """Take the line of one pump.

        Args:
            name: name in the rig file.
            channel: the line, used by nobody else.
            address: 0 to 99; 0 is sent without address.
            reply_timeout: longest time to a whole reply.
            target_counts_from: `counter` or `start`, see the class.
        """
        self.name = name
        self._address = address
        self._link = HarvardLink(name, channel, address, reply_timeout)
        self._from_counter = target_counts_from == "counter"

    def assume_dead_man(self) -> None:
        """See `Pump`. The pump has none."""

    def connect(self) -> Task[Identity]:
        """Ask for model, firmware and serial number. Raises `WrongDevice`."""
        try:
            model, firmware = yield from self._link.ask("ver", name_of)
        except (BadReply, Refused) as error:
            message = f"what answers is no Pump {MODEL} at address {self._address}; check port, address and baud rate"
            raise self._link.error(WrongDevice, message, "ver", error.reply) from error
        if not model:
            raise self._link.error(
                WrongDevice, f"another device than a Pump {MODEL} answers; check the port", "ver", ""
            )
        try:
            serial_number = yield from self._link.ask("version", serial_number_of, lines=3)
        except (Refused, BadReply, NoReply):
            serial_number = ""
        return Identity(model, firmware, self._address, serial_number)

    def acknowledge(self) -> Task[str]:
        """Clear a stall by `stp`, which moves nothing; returns "stall", or "" where there is none."""
        status = yield from self._link.status()
        alarm = _reading(status).alarm
        if alarm:
            yield from self._link.command("stp")
            if _reading((yield from self._link.status())).alarm:
                message = "the pump keeps its alarm; clear the mechanical cause, then press the pump's display"
                raise self._link.alarm(message, alarm, "stp", "")
        return alarm

    def read_settings(self) -> Task[PumpSettings]:
        """Read bore, rate, target, counter and state. `target` is what a start from now would deliver, 0 if not set."""
        bore = yield from self._link.ask("diameter", diameter_of)
        rate = yield from self._link.ask("irate", rate_of)
        target = yield from self._link.ask("tvolume", target_of)
        status = yield from self._link.status()
        reading = _reading(status)
        return PumpSettings(
            bore=Millimetres(float(bore)),
            rate=MillilitresPerSecond(float(rate / _HOUR)),
            target=Millilitres(float(max(Decimal(0), target - self._counted(status)))),
            infusing=True,
            infused=reading.infused,
            state=reading.state,
        )

    def set_bore(self, bore: Millimetres) -> Task[None]:
        """Store the bore with four decimals and read it back."""
        if not CAPABILITY.narrowest <= bore <= CAPABILITY.widest:
            bounds = f"{CAPABILITY.narrowest} to {CAPABILITY.widest} mm"
            raise self._link.error(
                Refused, f"bore {bore} mm is outside {bounds}; choose another syringe", "diameter", ""
            )
        sent = Decimal(f"{bore:.4f}").normalize()
        command = f"diameter {sent:f}"
        yield from self._link.command(command)
        holds = yield from self._link.ask("diameter", diameter_of)
        if holds != sent:
            raise self._link.error(
                Refused, f"bore: sent {sent:f} mm, the pump holds {holds} mm", command, f"{holds} mm"
            )

    def arm(self, rate: MillilitresPerSecond, target: Millilitres) -> Task[PumpSettings]:
        """Write rate and target, read both back, clear the target time. The counter is left alone."""
        before = yield from self._link.status()
        if before.moving:
            raise self._link.error(Refused, "the pump is running; stop it before a new dose is armed", "arm", "")
        counted = self._counted(before)
        wanted = float(counted + Decimal(repr(float(target))))
        rate_held = CAPABILITY.held_rate(rate)
        target_held = held(wanted, VOLUME_UNITS, CAPABILITY.number_format, Rounding.DOWN)
        if target_held is None or _millilitres(target_held) <= counted:
            message = f"target {target} mL from {counted} mL on is zero or too large in six digits"
            raise self._link.error(Refused, f"{message}; clear the counter or change the dose", "tvolume", "")
        if rate_held is None:
            raise self._link.error(
                Refused, f"rate {rate * 3600:g} mL/h is zero or too large in six digits", "irate", ""
            )
        yield from self._make_room(_millilitres(target_held))
        yield from self._write_rate(rate_held)
        yield from self._link.command("cttime")
        if (yield from self._link.ask("ttime", time_target_set)):
            raise self._link.error(Refused, "the pump keeps a target time that would end the dose early", "cttime", "")
        command = f"tvolume {_short(target_held.text)} {target_held.unit.code}"
        yield from self._link.command(command)
        holds = yield from self._link.ask("tvolume", target_of)
        if not _same(_millilitres(target_held), holds):
            message = f"target: sent {_short(target_held.text)} {target_held.unit.name}, the pump holds {holds} mL"
            raise self._link.error(Refused, message, command, f"{holds} mL")
        return (yield from self.read_settings())

    def start(self) -> Task[None]:
        """Send `irun` once, and settle any doubt by `status`.

        Asked before: the pump rests, has not stalled, and has a target ahead (without one it would run for ever).
        """
        before = yield from self._link.status()
        if before.moving:
            raise self._link.error(Refused, "the pump is running already", "irun", "")
        if before.stalled:
            raise self._link.alarm("the pump has stalled; acknowledge the stall before a start", "stall", "irun", "")
        target = yield from self._link.ask("tvolume", target_of)
        if target <= self._counted(before):
            message = f"target {target} mL with {_counter(before)} mL infused: it would not stop by itself; arm it"
            raise self._link.error(Refused, message, "irun", "")
        reply = yield from self._link.command("irun")
        if reply is not None and reply.prompt == b">":
            return
        after = yield from self._link.status()
        if (after.moving and not after.withdrawing) or (after.target_reached and after.volume > before.volume):
            return
        said = "" if reply is None else reply.text
        if after.stalled:
            raise self._link.alarm("the pump stalls at the start; check syringe and line", "stall", "irun", said)
        kind = NoReply if reply is None else NotRunning
        raise self._link.error(kind, "the pump did not start; irun is not sent again", "irun", said)

    def stop(self) -> Task[str]:
        """Send `stp`, and prove by `status` that the motor rests.

        `stp` is sent once more where the pump is seen to move on: a stop only ever leads to rest.
        """
        for _ in range(2):
            try:
                yield from self._link.command("stp")
            except Refused:
                yield from self._link.quiet()
            if not (yield from self._link.status()).moving:
                return ""
            yield from self._link.quiet()
            if not (yield from self._link.status()).moving:
                return ""
        raise self._link.error(Refused, "the pump moves on after stp; switch it off by hand", "stp", "")

    def poll(self) -> Task[PumpReading]:
        """State and counter in one exchange."""
        return _reading((yield from self._link.poll_status()))

    def clear_counter(self) -> Task[None]:
        """Send `civolume` and read 0 back, from `ivolume` and from `status`. Only while stopped."""
        if (yield from self._link.status()).moving:
            raise self._link.error(Refused, "the counter is cleared only while the pump rests", "civolume", "")
        yield from self._link.command("civolume")
        holds = yield from self._link.ask("ivolume", volume_of)
        counter = _counter((yield from self._link.status()))
        if holds or counter:
            message = f"the counter was not cleared: ivolume says {holds} mL, status says {counter} mL"
            raise self._link.error(Refused, message, "civolume", f"{holds} mL")

    def arm_dead_man(self, silence: Seconds) -> Task[None]:
        """Raise `Refused`: this pump has no communication watchdog."""
        yield from ()
        message = f"a Pump {MODEL} has no communication watchdog: without the host it runs on to its target"
        raise self._link.error(
            Refused, f"{message} ({silence:g} s asked); use another pump, or waive it with a reason", "", ""
        )

    def disarm_dead_man(self) -> Task[None]:
        """Do nothing: there is no dead-man to switch off."""
        yield from ()

    def _make_room(self, target: Decimal) -> Task[None]:
        if (yield from self._link.ask("svolume", volume_of)) >= target:
            return
        room = target.to_integral_value(ROUND_CEILING)
        yield from self._link.command(f"svolume {room} ml")
        holds = yield from self._link.ask("svolume", volume_of)
        if holds < target:
            message = (
                f"syringe volume: sent {room} mL, the pump holds {holds} mL; a target of {target} mL would be refused"
            )
            raise self._link.error(Refused, message, f"svolume {room} ml", f"{holds} mL")

    def _write_rate(self, rate: Held) -> Task[None]:
        slowest, fastest = yield from self._link.ask("irate lim", limits_of)
        wanted = Decimal(_short(rate.text)) * rate.unit.factor * (_HOUR / rate.unit.divisor)
        if not slowest <= wanted <= fastest:
            bounds = f"{slowest} to {fastest} mL/h for the stored bore"
            message = f"rate {wanted} mL/h is outside {bounds}; change the rate or the syringe"
            raise self._link.error(Refused, message, "irate lim", "")
        command = f"irate {_short(rate.text)} {rate.unit.code}"
        yield from self._link.command(command)
        holds = yield from self._link.ask("irate", rate_of)
        if not _same(wanted, holds):
            message = f"rate: sent {_short(rate.text)} {rate.unit.name} ({wanted} mL/h), the pump holds {holds} mL/h"
            raise self._link.error(Refused, message, command, f"{holds} mL/h")

    def _counted(self, status: Status) -> Decimal:
        """Where the pump starts to count towards the target, mL."""
        return _counter(status) if self._from_counter else Decimal(0)


def make(name: str, channel: Channel, model: str, options: Mapping[str, str | int | float]) -> HarvardElite11:
    """Make the driver of one pump.

    Args:
        name: name in the rig file.
        channel: its line.
        model: `11 Elite`.
        options: `address` (0 to 99), `reply_timeout` (s), `target_counts_from` (`counter` or `start`).

    Raises:
        InputError: a model or an option is not one of these.
    """
    if model not in CARD.capabilities:
        raise InputError(f"{name}: {NAME} has no model {model!r}; write {MODEL!r}")
    unknown = sorted(set(options) - {"address", "reply_timeout", "target_counts_from"})
    if unknown:
        raise InputError(
            f"{name}: {NAME} has no option {unknown[0]!r}; it has address, reply_timeout, target_counts_from"
        )
    address = options.get("address", 0)
    if not isinstance(address, int) or not 0 <= address <= 99:
        raise InputError(f"{name}: address {address!r} is no whole number from 0 to 99")
    timeout = options.get("reply_timeout", REPLY_TIMEOUT)
    if isinstance(timeout, str) or not 0.05 <= timeout <= 10:
        raise InputError(f"{name}: reply_timeout {timeout!r} is no number of seconds from 0.05 to 10")
    counts_from = options.get("target_counts_from", "counter")
    if counts_from not in ("counter", "start"):
        raise InputError(f"{name}: target_counts_from {counts_from!r} is neither 'counter' nor 'start'")
    return HarvardElite11(
        name, channel, address=address, reply_timeout=Seconds(timeout), target_counts_from=str(counts_from)
    )


def _reading(status: Status) -> PumpReading:
    infused = Millilitres(status.volume / FEMTOLITRES)
    if status.flags[:3] == b"I.." and status.prompt == b">":
        return PumpReading(PumpState.INFUSING, infused)
    if status.stalled:
        return PumpReading(PumpState.STALLED, infused, "stall")
    if status.moving:
        return PumpReading(PumpState.WITHDRAWING if status.withdrawing else PumpState.INFUSING, infused)
    if status.prompt in (b">*", b"<*"):
        return PumpReading(PumpState.ALARM, infused, "other")
    return PumpReading(PumpState.TARGET_REACHED if status.target_reached else PumpState.STOPPED, infused)


def _counter(status: Status) -> Decimal:
    """Infused volume, mL, exact."""
    return Decimal(status.volume).scaleb(-12)


def _millilitres(volume: Held) -> Decimal:
    return Decimal(volume.text) * volume.unit.factor / volume.unit.divisor


def _short(text: str) -> str:
    """A number without zeros behind the last digit after the point, as the pump writes it."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def _same(sent: Decimal, holds: Decimal) -> bool:
    return abs(sent - holds) <= SAME * sent
