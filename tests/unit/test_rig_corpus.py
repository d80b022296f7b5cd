"""Rows R01-R13 of the bad-input corpus, and what else a rig file can get wrong: code, line, column, value, bound.

R04: `socket://` and `rfc2217://` are allowed, to this machine freely, to another with `allow_network: true`.
R03: network ports, simulated ports and a served simulator's pseudo terminals need no USB identity.
R09 (dead-man absent in an unattended run) is a plan check. R11 (driver package hash) has no subject: there are no
external drivers, only the closed table of those that ship.
"""

from decimal import Decimal

import pytest

from ruggli.devices.capability import DeadMan, DriverCard, HotplateCapability, Kind, PumpCapability
from ruggli.devices.numbers import NumberFormat, WireUnit
from ruggli.documents.problem import Problem, ProblemsError, Severity
from ruggli.plan.driver_checks import capability_of, check_drivers
from ruggli.quantities.base import Celsius, Kelvin, Millimetres, Rpm, Seconds
from ruggli.rig.checks import PathKind, check_path_kinds, check_permissions, check_ports, port_paths
from ruggli.rig.loader import RigFile, read_rig
from ruggli.rig.ports import PortAddress, PortFormError, PortKind, parse_port, port_text

GOOD = """\
ruggli: 1
name: test bench
devices:
  pump_a:
    driver: new-era
    model: NE-1000
    port: {usb_serial: A10K3XYZ}
    address: 0
    syringe: {make: Hamilton Gastight, size: 10 mL}
    tubing: {bore: 0.8 mm, length: 0.6 m, to: flask}
    dead_man: 10 s
  pump_b:
    driver: new-era
    port: {usb_serial: B20K3XYZ}
    address: 1
    syringe: {make: BD, size: 20 mL, bore: 19.05 mm}
    tubing: {bore: 0.5 mm, length: 500 mm, to: flask}
  plate:
    driver: ika-rct-digital
    port: {url: "socket://127.0.0.1:4001"}
    dead_man: 30 s
    plate_cap: 150 degC
vessels:
  flask:
    capacity: 250 mL
    working_volume: 170 mL
    position: {hotplate: plate, probe: flask}
"""


def _pump(dead_man: DeadMan | None, widest: float = 50.0) -> PumpCapability:
    millilitres = (WireUnit("mL", "ML", Decimal(1)),)
    numbers = NumberFormat(4, 3, Decimal(9999))
    return PumpCapability(
        slowest_mm_s=1e-5,
        fastest_mm_s=0.85,
        narrowest=Millimetres(0.1),
        widest=Millimetres(widest),
        number_format=numbers,
        rate_units=millilitres,
        volume_units=lambda bore: millilitres,
        counter_units=lambda bore: millilitres,
        counter_format=numbers,
        longest_travel_mm=None,
        dead_man=dead_man,
    )


CARDS = {
    "new-era": DriverCard(
        "new-era",
        "New Era",
        Kind.PUMP,
        {"NE-1000": _pump(DeadMan(Seconds(1), Seconds(255), "stops")), "NE-4000": _pump(None, widest=15.0)},
        "",
        (),
    ),
    "harvard-pump-11-elite": DriverCard("harvard-pump-11-elite", "", Kind.PUMP, {"11 Elite": _pump(None)}, "", ()),
    "ika-rct-digital": DriverCard(
        "ika-rct-digital",
        "IKA",
        Kind.HOTPLATE,
        {
            "RCT digital": HotplateCapability(
                Celsius(310),
                Celsius(0),
                Kelvin(15),
                Kelvin(1),
                Rpm(50),
                Rpm(1500),
                DeadMan(Seconds(20), Seconds(1500), ""),
            )
        },
        "",
        (),
    ),
}


def changed(*changes: tuple[str, str]) -> str:
    """The good file with texts exchanged; each must stand in it."""
    text = GOOD
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def load(text: str) -> RigFile:
    return read_rig(text.encode(), "rig.yaml")


def refused(text: str) -> tuple[Problem, ...]:
    with pytest.raises(ProblemsError) as caught:
        load(text)
    return caught.value.problems


def place(text: str, needle: str) -> tuple[int, int]:
    """Line and column at which the first `needle` begins."""
    before = text[: text.index(needle)]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


A_PORT, B_PORT = "{usb_serial: A10K3XYZ}", "{usb_serial: B20K3XYZ}"
SYRINGE = "{make: Hamilton Gastight, size: 10 mL}"

IN_THE_FILE = [
    # id, changes, code, text at which the problem stands
    (
        "R01 same USB serial",
        [(B_PORT, "{usb_serial: A10K3XYZ }"), ("    address: 1\n", "")],
        "E-PORT",
        "{usb_serial: A10K3XYZ }",
    ),
    (
        "R01 same path",
        [(A_PORT, "{path: COM3}"), (B_PORT, "{path: com3}"), ("    address: 0\n", "")],
        "E-PORT",
        "{path: com3}",
    ),
    (
        "R01 same host in two spellings",
        [(A_PORT, '{url: "socket://localhost:4001"}'), ('"socket://127.0.0.1:4001"}', '"socket://127.0.0.1:4001" }')],
        "E-PORT",
        '{url: "socket://127.0.0.1:4001" }',
    ),
    (
        "R01 two drivers on one line",
        [(B_PORT, "{usb_serial: A10K3XYZ }"), ("driver: new-era\n    port", "driver: harvard-pump-11-elite\n    port")],
        "E-PORT",
        "{usb_serial: A10K3XYZ }",
    ),
    (
        "address with a leading zero",
        [(B_PORT, A_PORT), ("address: 1", "address: 00")],
        "E-RANGE",
        "00\n    syringe: {make: BD",
    ),
    ("R02 same address", [(B_PORT, A_PORT), ("address: 0", "address: 1")], "E-ADDRESS", "1\n    syringe: {make: BD"),
    (
        "chain with two speeds",
        [(B_PORT, "{usb_serial: A10K3XYZ, baud: 9600}")],
        "E-CONFLICT",
        "{usb_serial: A10K3XYZ, b",
    ),
    ("R04 other scheme", [(A_PORT, '{url: "http://127.0.0.1:80"}')], "E-PORT", '"http:'),
    ("R04 pyserial's own", [(A_PORT, '{url: "spy:///dev/ttyUSB0?file=x"}')], "E-PORT", '"spy:'),
    ("R04 file URL as path", [(A_PORT, '{path: "file:///etc/passwd"}')], "E-PORT", '"file:'),
    (
        "R04 options after the port",
        [(A_PORT, '{url: "socket://127.0.0.1:4002?logging=debug"}')],
        "E-PORT",
        '"socket://127.0.0.1:4002',
    ),
    ("R04 port number", [(A_PORT, '{url: "socket://127.0.0.1:70000"}')], "E-PORT", '"socket://127.0.0.1:7'),
    ("R04 another machine", [(A_PORT, '{url: "socket://10.0.0.5:4001"}')], "E-PORT", '"socket://10'),
    ("R04 another machine rfc2217", [(A_PORT, '{url: "rfc2217://lab-pc:4001"}')], "E-PORT", '"rfc2217'),
    (
        "R04 name that looks local",
        [(A_PORT, '{url: "socket://127.0.0.1.evil.example:4001"}')],
        "E-PORT",
        '"socket://127.0.0.1.e',
    ),
    ("R04 every address", [(A_PORT, '{url: "socket://0.0.0.0:4001"}')], "E-PORT", '"socket://0'),
    ("R04 another machine IPv6", [(A_PORT, '{url: "socket://[fe80::1]:4001"}')], "E-PORT", '"socket://[fe'),
    ("R04 no IPv6 at all", [(A_PORT, '{url: "socket://[1.2]:4001"}')], "E-PORT", '"socket://[1.2'),
    ("simulated port without name", [(A_PORT, '{url: "sim://"}')], "E-PORT", '"sim://'),
    ("no port", [(A_PORT, "{baud: 9600}")], "E-MISSING", "{baud"),
    ("two ports", [(A_PORT, "{usb_serial: A, path: COM7}")], "E-CONFLICT", "COM7"),
    ("R05 zero", [(A_PORT, "{usb_serial: A, baud: 0}")], "E-RANGE", "0}"),
    ("R05 1e9", [(A_PORT, "{usb_serial: A, baud: 1000000000}")], "E-RANGE", "1000000000"),
    ("R05 word", [(A_PORT, "{usb_serial: A, baud: fast}")], "E-RANGE", "fast"),
    ("R06 zero", [("bore: 19.05 mm", "bore: 0 mm")], "E-RANGE", "0 mm}\n"),
    ("R06 negative", [("bore: 19.05 mm", "bore: -14 mm")], "E-RANGE", "-14"),
    ("R06 140", [("bore: 19.05 mm", "bore: 140 mm")], "E-RANGE", "140 mm"),
    ("R06 cm", [("bore: 19.05 mm", "bore: 14.43 cm")], "E-RANGE", "14.43 cm"),
    ("R06 too fine", [("bore: 19.05 mm", "bore: 19.05 um")], "E-RANGE", "19.05 um"),
    ("R07", [("bore: 19.05 mm", "bore: 14.43 mm")], "E-CONFLICT", "14.43 mm"),
    ("R07 1.1 %", [("bore: 19.05 mm", "bore: 19.26 mm")], "E-CONFLICT", "19.26 mm"),
    ("size and bore", [(SYRINGE, "{size: 10 mL, bore: 4.61 mm}")], "E-CONFLICT", "4.61 mm"),
    ("size in the wrong unit", [(SYRINGE, "{size: 10 uL, bore: 14.57 mm}")], "E-CONFLICT", "14.57 mm"),
    ("unknown make", [(SYRINGE, "{make: Hamiltn, size: 10 mL}")], "E-REF", "Hamiltn"),
    ("unknown size", [(SYRINGE, "{make: Hamilton, size: 20 mL}")], "E-REF", "20 mL"),
    ("neither make nor bore", [(SYRINGE, "{size: 10 mL}")], "E-MISSING", "{size: 10 mL}"),
    ("unknown vessel", [("to: flask", "to: flsk")], "E-REF", "flsk"),
    ("unknown hotplate", [("hotplate: plate", "hotplate: plat")], "E-REF", "plat,"),
    ("working volume", [("170 mL", "251 mL")], "E-CAPACITY", "251 mL"),
    (
        "two vessels on one hotplate",
        [
            (
                "probe: flask}\n",
                "probe: flask}\n"
                "  beaker: {capacity: 1 L, working_volume: 1 L, position: {hotplate: plate , probe: none}}\n",
            )
        ],
        "E-CONFLICT",
        "plate , probe",
    ),
    ("probe", [("probe: flask", "probe: plate")], "E-VALUE", "plate}"),
    (
        "truth of an unknown device",
        [("devices:", "simulation: {physical_bore: {pump_c: 14 mm}}\ndevices:")],
        "E-REF",
        "14 mm",
    ),
    (
        "truth of an unknown vessel",
        [("devices:", "simulation: {contents: {pump_a: 14 mL}}\ndevices:")],
        "E-REF",
        "14 mL",
    ),
    ("address", [("address: 1", "address: 100")], "E-RANGE", "100\n    syringe: {make: BD"),
    ("condenser", [("170 mL", "170 mL\n    condenser: yes")], "E-VALUE", "yes"),
    ("dead-man R08 zero", [("dead_man: 10 s", "dead_man: 0 s")], "E-RANGE", "0 s"),
    ("version", [("ruggli: 1", "ruggli: 99")], "E-VERSION", "99"),
]


@pytest.mark.parametrize(
    ("changes", "code", "needle"), [row[1:] for row in IN_THE_FILE], ids=[row[0] for row in IN_THE_FILE]
)
def test_refused_while_reading(changes: list[tuple[str, str]], code: str, needle: str) -> None:
    text = changed(*changes)
    problems = refused(text)
    assert [problem.code for problem in problems] == [code], problems
    problem = problems[0]
    assert (problem.line, problem.column) == place(text, needle)
    assert problem.file == "rig.yaml"
    assert problem.severity is Severity.ERROR
    assert problem.message and problem.remedy
    assert problem.value or code == "E-MISSING"
    assert problem.bound or code == "E-VERSION"


def test_the_good_file_is_clean() -> None:
    rig_file = load(GOOD)
    assert rig_file.problems == ()
    assert check_ports(rig_file, unattended=True) == ()
    assert check_drivers(rig_file, CARDS) == ()
    assert rig_file.rig.devices["pump_b"].address == 1


def test_an_exact_place_and_line() -> None:
    (problem,) = refused(changed(("bore: 19.05 mm", "bore: 14.43 mm")))
    assert (problem.line, problem.column, problem.path) == (16, 44, "devices.pump_b.syringe.bore")
    assert problem.value == "14.43 mm"
    assert problem.bound == "19.05 mm within 1 %"
    assert problem.line_text().startswith("rig.yaml:16:44 E-CONFLICT the stated bore is not that of a BD 20 mL syringe")


def test_every_error_of_a_file_is_told_at_once() -> None:
    text = changed(("to: flask", "to: flsk"), (A_PORT, "{}"), ("170 mL", "1 L"))
    assert sorted(problem.code for problem in refused(text)) == ["E-CAPACITY", "E-MISSING", "E-REF"]


@pytest.mark.parametrize("bore", ["19.24 mm", "18.86 mm", "1.905 cm"])
def test_r07_one_percent_agrees(bore: str) -> None:
    assert load(changed(("bore: 19.05 mm", f"bore: {bore}"))).problems == ()


def test_either_of_two_sources_agrees_with_a_stated_bore() -> None:
    for bore in ("5.74 mm", "4.65 mm"):
        assert load(changed((SYRINGE, f"{{make: Monoject, size: 1 mL, bore: {bore}}}"))).problems == ()
    assert refused(changed((SYRINGE, "{make: Monoject, size: 1 mL, bore: 5.2 mm}")))[0].bound == (
        "5.74 mm or 4.65 mm within 1 %"
    )


def test_disputed_bore_is_a_note() -> None:
    text = changed((SYRINGE, "{make: Terumo, size: 30 mL}"))
    (note,) = load(text).problems
    assert (note.code, note.severity) == ("N-BORE", Severity.NOTE)
    assert (note.line, note.column) == place(text, "{make: Terumo")
    assert "23.1 mm is used" in note.message and "23.36 mm" in note.value


def test_unknown_make_with_a_stated_bore_is_a_note() -> None:
    (note,) = load(changed((SYRINGE, "{make: Ours, size: 10 mL, bore: 14.2 mm}"))).problems
    assert (note.code, note.severity) == ("N-BORE", Severity.NOTE)


def test_odd_case_of_a_unit_is_a_note() -> None:
    (note,) = load(changed(("170 mL", "170 ml"))).problems
    assert (note.code, note.value) == ("N-UNIT-CASE", "170 ml")


@pytest.mark.parametrize("path", ["/dev/ttyUSB0", "COM3", "/dev/ttyS0", "/dev/cu.usbserial-1410"])
def test_r03_port_by_number(path: str) -> None:
    text = changed((A_PORT, f"{{path: {path}}}"))
    rig_file = load(text)
    for unattended, code, severity in ((False, "W-PORT", Severity.WARNING), (True, "E-PORT", Severity.ERROR)):
        (problem,) = check_ports(rig_file, unattended)
        assert (problem.code, problem.severity, problem.value) == (code, severity, path)
        assert (problem.line, problem.column) == place(text, path)


@pytest.mark.parametrize(
    "port",
    [
        "{path: /dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A10K3XYZ-if00-port0}",
        "{path: /dev/pts/7}",
        "{path: /dev/ttys004}",
        '{url: "sim://pump_a"}',
        '{url: "socket://localhost:5001"}',
        '{url: "socket://127.8.9.1:5001"}',
        '{url: "rfc2217://[::1]:5001"}',
        '{url: "socket://10.0.0.5:5001", allow_network: true}',
        '{url: "rfc2217://terminal-server.lab:5001", allow_network: true}',
    ],
)
def test_r03_r04_ports_that_need_no_usb_identity(port: str) -> None:
    rig_file = load(changed((A_PORT, port)))
    assert check_ports(rig_file, unattended=True) == ()


@pytest.mark.parametrize(
    "kind", [PathKind.FOLDER, PathKind.FILE, PathKind.BLOCK_DEVICE, PathKind.MISSING, PathKind.OTHER]
)
def test_r04_path_is_no_serial_port(kind: PathKind) -> None:
    text = changed((A_PORT, "{path: /dev/sda}"))
    rig_file = load(text)
    assert port_paths(rig_file) == ("/dev/sda",)
    (problem,) = check_path_kinds(rig_file, {"/dev/sda": kind})
    assert (problem.code, problem.severity, problem.value) == ("E-PORT", Severity.ERROR, "/dev/sda")
    assert (problem.line, problem.column) == place(text, "/dev/sda")
    assert kind.value in problem.message


def test_r04_serial_port_and_unjudged_path_pass() -> None:
    rig_file = load(changed((A_PORT, "{path: /dev/ttyUSB0}")))
    assert check_path_kinds(rig_file, {"/dev/ttyUSB0": PathKind.TERMINAL}) == ()
    assert check_path_kinds(rig_file, {}) == ()


WITH_DRIVERS = [
    (
        "R08 New Era 256 s",
        [("dead_man: 10 s", "dead_man: 256 s")],
        "E-RANGE",
        "256 s",
        "whole seconds from 5 s to 10 s",
    ),
    ("R08 New Era 11 s", [("dead_man: 10 s", "dead_man: 11 s")], "E-RANGE", "11 s", "whole seconds from 5 s to 10 s"),
    ("R08 New Era 4 s", [("dead_man: 10 s", "dead_man: 4 s")], "E-RANGE", "4 s", "whole seconds from 5 s to 10 s"),
    (
        "R08 New Era 7.5 s",
        [("dead_man: 10 s", "dead_man: 7.5 s")],
        "E-RANGE",
        "7.5 s",
        "whole seconds from 5 s to 10 s",
    ),
    ("R08 IKA 19 s", [("dead_man: 30 s", "dead_man: 19 s")], "E-RANGE", "19 s", "whole seconds from 20 s to 1500 s"),
    (
        "R08 IKA 1501 s",
        [("dead_man: 30 s", "dead_man: 1501 s")],
        "E-RANGE",
        "1501 s",
        "whole seconds from 20 s to 1500 s",
    ),
    (
        "dead-man that the pump has not",
        [("new-era\n    model: NE-1000", "harvard-pump-11-elite")],
        "E-DEADMAN",
        "10 s",
        "no dead_man",
    ),
    ("R10 unknown", [("new-era\n    model: NE-1000", "new-er")], "E-DRIVER", "new-er\n", None),
    ("R10 dotted", [("new-era\n    model: NE-1000", "os.system")], "E-DRIVER", "os.system", None),
    ("R10 URL", [("new-era\n    model: NE-1000", '"https://x.example/d.py"')], "E-DRIVER", '"https', None),
    ("unknown model", [("NE-1000", "NE-1001")], "E-REF", "NE-1001", "NE-1000, NE-4000"),
    ("R12", [("150 degC", "999 degC")], "E-LIMIT", "999 degC", "0 degC to 310 degC"),
    ("plate without cap", [("    plate_cap: 150 degC\n", "")], "E-MISSING", "driver: ika", "0 degC to 310 degC"),
    ("pump without syringe", [("    syringe: " + SYRINGE + "\n", "")], "E-MISSING", "driver: new-era", "a `syringe`"),
    (
        "pump without tubing",
        [("    tubing: {bore: 0.8 mm, length: 0.6 m, to: flask}\n", "")],
        "E-MISSING",
        "driver: new-era",
        "a `tubing`",
    ),
    (
        "plate with syringe",
        [("    plate_cap", f"    syringe: {SYRINGE} \n    plate_cap")],
        "E-CONFLICT",
        SYRINGE + " \n",
        "no syringe",
    ),
    ("plate with address", [("    plate_cap", "    address: 77\n    plate_cap")], "E-ADDRESS", "77", "no address"),
    (
        "pump with plate cap",
        [("    dead_man: 10 s", "    plate_cap: 99 degC")],
        "E-CONFLICT",
        "99 degC",
        "no plate_cap",
    ),
    ("vessel on a pump", [("hotplate: plate", "hotplate: pump_a")], "E-REF", "pump_a,", "plate"),
    (
        "bore too wide for the pump",
        [
            ("model: NE-1000", "model: NE-4000"),
            ("    dead_man: 10 s\n", ""),
            ("Gastight, size: 10", "Gastight, size: 50"),
        ],
        "E-RANGE",
        "{make: Hamilton Gastight, size: 50",
        "0.1 mm to 15 mm",
    ),
]


@pytest.mark.parametrize(
    ("changes", "code", "needle", "bound"), [row[1:] for row in WITH_DRIVERS], ids=[row[0] for row in WITH_DRIVERS]
)
def test_refused_with_the_drivers_known(
    changes: list[tuple[str, str]], code: str, needle: str, bound: str | None
) -> None:
    text = changed(*changes)
    problems = check_drivers(load(text), CARDS)
    assert [problem.code for problem in problems] == [code], problems
    (problem,) = problems
    assert problem.severity is Severity.ERROR
    assert (problem.line, problem.column) == place(text, needle)
    assert problem.bound == (bound or "harvard-pump-11-elite, ika-rct-digital, new-era")
    assert problem.message and problem.remedy


def test_r10_did_you_mean() -> None:
    (problem,) = check_drivers(load(changed(("new-era\n    model: NE-1000", "newera"))), CARDS)
    assert problem.remedy == "did you mean new-era?"


@pytest.mark.parametrize("seconds", [5, 10])
def test_r08_bounds_are_inside(seconds: int) -> None:
    assert check_drivers(load(changed(("dead_man: 10 s", f"dead_man: {seconds} s"))), CARDS) == ()


def test_capability_is_that_of_the_model_or_the_first() -> None:
    devices = load(GOOD).rig.devices
    first = CARDS["new-era"].capabilities["NE-1000"]
    assert capability_of(devices["pump_a"], CARDS) is first
    assert capability_of(devices["pump_b"], CARDS) is first
    assert capability_of(devices["pump_b"], {}) is None


@pytest.mark.parametrize(
    ("mode", "found"), [(0o666, True), (0o646, True), (0o644, False), (0o664, False), (None, False)]
)
def test_r13_world_writable(mode: int | None, found: bool) -> None:
    rig_file = load(GOOD)
    attended = check_permissions(rig_file, mode, unattended=False)
    unattended = check_permissions(rig_file, mode, unattended=True)
    assert [(p.code, p.severity) for p in attended] == [("W-PERM", Severity.WARNING)] * found
    assert [(p.code, p.severity) for p in unattended] == [("E-PERM", Severity.ERROR)] * found


def test_chain_of_two_addresses_is_allowed() -> None:
    assert load(changed((B_PORT, A_PORT))).problems == ()


@pytest.mark.parametrize(
    ("address", "text"),
    [
        (PortAddress(PortKind.SIM, "pump_a"), "sim://pump_a"),
        (PortAddress(PortKind.SOCKET, "127.0.0.1", 4001), "socket://127.0.0.1:4001"),
        (PortAddress(PortKind.RFC2217, "::1", 4001), "rfc2217://[::1]:4001"),
        (PortAddress(PortKind.USB, "A10K3XYZ"), "usb://A10K3XYZ"),
        (PortAddress(PortKind.PATH, "/dev/ttyUSB0"), "/dev/ttyUSB0"),
        (PortAddress(PortKind.PATH, "COM3"), "COM3"),
    ],
)
def test_port_text_reads_back(address: PortAddress, text: str) -> None:
    assert address.text == text
    assert parse_port(text) == address


def test_port_text_of_a_rig() -> None:
    devices = load(GOOD).rig.devices
    assert [port_text(device.port) for device in devices.values()] == [
        "usb://A10K3XYZ",
        "usb://B20K3XYZ",
        "socket://127.0.0.1:4001",
    ]


def test_foreign_scheme_is_no_port() -> None:
    with pytest.raises(PortFormError):
        parse_port("loop://")
