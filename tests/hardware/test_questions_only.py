"""The first meeting of a driver with its instrument: who are you, what do you hold. Nothing moves, nothing is set.

What was read is printed (`-rP` shows it), to be kept beside the rig file.
"""

import re
from typing import Any

import pytest

PUMPS = ("new-era", "harvard-pump-11-elite")
QUESTIONS = {
    "new-era": re.compile(rb"\d*(VER|DIA|RAT|VOL|DIR|DIS|PHN|FUN|SAF|PF)?"),
    "harvard-pump-11-elite": re.compile(
        rb"\d*(ver|version|status|diameter|svolume|irate|irate lim|crate|tvolume|ttime|ivolume|poll|load|ftswitch)?"
    ),
    "ika-rct-digital": re.compile(rb"IN_(NAME|PV_[1245]|SP_[134])"),
}
"""Commands without arguments: they ask, and set nothing."""


def told(name: str, data: bytes) -> bytes:
    """The command in what was sent; a New Era may have been met in safe mode, where it stands in a packet."""
    if name == "new-era" and data.startswith(b"\x02"):
        return data[2:-3]
    return data.strip(b" \r\n")


def only_asked(name: str, sent: list[bytes]) -> bool:
    return bool(sent) and all(QUESTIONS[name].fullmatch(told(name, data)) for data in sent)


@pytest.mark.hardware
@pytest.mark.parametrize("name", PUMPS)
def test_a_pump_says_who_it_is_and_what_it_holds(instrument: Any, name: str) -> None:
    pump = instrument(name)
    identity = pump.ask(pump.driver.connect())
    alarm = pump.ask(pump.driver.acknowledge())
    first, reading, second = (
        pump.ask(pump.driver.read_settings()),
        pump.ask(pump.driver.poll()),
        pump.ask(pump.driver.read_settings()),
    )
    print(f"{identity}\nalarm: {alarm or 'none'}\n{first}\n{reading}")
    assert only_asked(name, pump.sent)
    assert identity.model
    assert 0.1 <= first.bore <= 50.0
    assert first == second, "a pump at rest holds what it held; let nobody touch it, and start with the motor off"
    assert (reading.state, reading.infused) == (first.state, first.infused)


@pytest.mark.hardware
def test_a_plate_says_who_it_is_and_what_it_holds(instrument: Any) -> None:
    plate = instrument("ika-rct-digital")
    identity = plate.ask(plate.driver.connect())
    settings, reading = plate.ask(plate.driver.read_settings()), plate.ask(plate.driver.poll())
    print(f"{identity}\n{settings}\n{reading}")
    assert only_asked("ika-rct-digital", plate.sent)
    assert identity.model
    assert 50 <= settings.safety_temperature <= 370
    assert settings.temperature <= settings.safety_temperature
    assert reading.plate is not None and 0 <= reading.plate <= 370
    assert reading.probe is None or -20 <= reading.probe <= 400
    assert 0 <= reading.speed <= 1500


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("new-era", b"0RUN\r"),
        ("new-era", b"0DIA26.59\r"),
        ("new-era", b"\x02\x080STP\xb3\xf9\x03"),
        ("harvard-pump-11-elite", b"irun\r"),
        ("harvard-pump-11-elite", b"diameter 14.43\r"),
        ("ika-rct-digital", b"START_1\r\n"),
        ("ika-rct-digital", b"OUT_SP_1 60\r\n"),
    ],
)
def test_a_command_would_be_seen(name: str, data: bytes) -> None:
    assert not only_asked(name, [data])
