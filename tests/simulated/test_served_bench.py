"""A bench served over real sockets on this machine."""

import json
import socket
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
import serial

from ruggli.errors import InputError
from ruggli_simulator.description import BenchDescription
from ruggli_simulator.server import serve

PATIENCE = 5.0


class Served:
    """A server in a thread of its own, as another program sees it."""

    def __init__(self, pty: bool = False, speed: float = 50.0) -> None:
        self.stop = threading.Event()
        self.ready: dict[str, Any] = {}
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(pty, speed))
        self._thread.start()
        assert self._started.wait(PATIENCE)

    def _run(self, pty: bool, speed: float) -> None:
        description = BenchDescription.from_dict(
            {
                "devices": [
                    {"name": "pump", "driver": "new-era", "port": "A", "options": {"reset_alarm": False},
                     "syringe": {"capacity_mL": 60, "bore_mm": 26.59}, "line": {"to": "flask"}},
                    {"name": "plate", "driver": "ika-rct-digital", "port": "B"},
                ],
                "vessels": [{"name": "flask", "capacity_mL": 500, "hotplate": "plate"}],
            }
        )  # fmt: skip
        serve(description, on_ready=self._note, stop_event=self.stop, pty=pty, speed=speed)

    def _note(self, ready: dict[str, Any]) -> None:
        self.ready = ready
        self._started.set()

    def end(self) -> None:
        self.stop.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    def device(self, name: str) -> dict[str, Any]:
        return next(device for device in self.ready["devices"] if device["name"] == name)

    def connect(self, name: str) -> socket.socket:
        port = int(self.device(name)["url"].rpartition(":")[2])
        client = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        client.settimeout(PATIENCE)
        return client

    def get(self, path: str, headers: dict[str, str] | None = None) -> Any:
        request = urllib.request.Request(self.ready["control"] + path, headers=headers or {})
        with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
            return json.load(reply)

    def post(self, path: str, data: object, headers: dict[str, str] | None = None) -> Any:
        body = json.dumps(data).encode()
        request = urllib.request.Request(self.ready["control"] + path, body, headers or {})
        with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
            return json.load(reply)


@pytest.fixture
def served() -> Iterator[Served]:
    server = Served()
    yield server
    server.end()


def ask(client: socket.socket, command: bytes, end: bytes) -> bytes:
    client.sendall(command)
    reply = b""
    while not reply.endswith(end):
        data = client.recv(4096)
        if not data:
            return reply
        reply += data
    return reply


def status_of(call: Any) -> tuple[int, str]:
    with pytest.raises(urllib.error.HTTPError) as caught:
        call()
    with caught.value as reply:
        return reply.code, json.load(reply)["error"]


def test_devices_answer_over_tcp_and_the_truth_outlives_the_client(served: Served) -> None:
    with served.connect("pump") as pump:
        for command in (b"0RAT25.00MM\r", b"0VOL5.000\r", b"0DIRINF\r"):
            assert ask(pump, command, b"\x03") == b"\x0200S\x03"
        assert ask(pump, b"0RUN\r", b"\x03") == b"\x0200I\x03"
    for _ in range(1000):
        truth = served.get("/truth")
        if truth["devices"]["pump"]["motor_mm_per_s"] == 0:
            break
    assert truth["vessels"]["flask"]["liquids_mL"] == pytest.approx({"pump": 5.0})
    with served.connect("pump") as pump:
        assert ask(pump, b"0DIS\r", b"\x03") == b"\x0200SI5.000W0.000ML\x03"


def test_one_client_at_a_time(served: Served) -> None:
    with served.connect("plate") as first:
        assert ask(first, b"IN_NAME\r\n", b"\n") == b"RCT digital\r\n"
        with served.connect("plate") as second:
            assert second.recv(10) == b""
        assert ask(first, b"IN_NAME\r\n", b"\n") == b"RCT digital\r\n"
    for _ in range(20):
        with served.connect("plate") as again:
            assert ask(again, b"IN_NAME\r\n", b"\n") == b"RCT digital\r\n"


def test_unplug_closes_and_refuses_until_replug(served: Served) -> None:
    with served.connect("plate") as client:
        assert ask(client, b"OUT_SP_1 77\r\nIN_SP_1\r\n", b"\n") == b"77.0 1\r\n"
        served.post("/fault", {"target": "plate", "kind": "unplug"})
        assert client.recv(10) == b""
    served.get("/truth")
    with pytest.raises(OSError):
        served.connect("plate")
    served.post("/fault", {"target": "plate", "kind": "replug"})
    served.get("/truth")
    with served.connect("plate") as client:
        assert ask(client, b"IN_SP_1\r\n", b"\n") == b"77.0 1\r\n"


def test_acts_and_timed_faults(served: Served) -> None:
    assert served.post(
        "/act", {"act": "charge", "vessel": "flask", "name": "s", "solvent": "dcm", "volume_mL": 10}
    ) == {"ok": True}
    assert served.get("/truth")["vessels"]["flask"]["volume_mL"] == 10
    served.post("/fault", {"at": 0.0, "target": "plate", "kind": "frozen", "for": "5 s"})
    assert served.get("/truth")["devices"]["plate"]["faults"] == ["frozen"]
    for _ in range(1000):
        if not served.get("/truth")["devices"]["plate"]["faults"]:
            return
    pytest.fail("the fault did not heal")


def test_bad_requests_are_refused_with_a_reason(served: Served) -> None:
    assert status_of(lambda: served.get("/nowhere"))[0] == 404
    assert status_of(lambda: served.get("/fault"))[0] == 405
    assert status_of(lambda: served.post("/truth", {}))[0] == 405
    code, reason = status_of(lambda: served.post("/fault", {"target": "pump", "kind": "stal"}))
    assert code == 400 and "did you mean 'stall'" in reason
    assert status_of(lambda: served.post("/act", {"act": "juggle"}))[0] == 400
    assert status_of(lambda: served.post("/act", [1]))[0] == 400


def test_a_planned_fault_that_cannot_be_is_told_and_ends_nothing(served: Served) -> None:
    served.post("/act", {"act": "place", "vessel": "flask", "hotplate": None})
    served.post("/fault", {"at": served.get("/truth")["time_s"] + 1, "target": "plate", "kind": "over-temperature"})
    for _ in range(1000):
        if served.get("/truth")["problems"]:
            break
    assert "needs a flask" in served.get("/truth")["problems"][0]


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_pages_from_elsewhere_are_refused(served: Served, headers: dict[str, str]) -> None:
    assert status_of(lambda: served.get("/truth", headers))[0] == 403
    assert status_of(lambda: served.post("/fault", {"target": "pump", "kind": "stall"}, headers))[0] == 403
    assert served.get("/truth", {"Origin": "http://localhost:1234"})["time_s"] >= 0


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_a_pty_can_be_opened_again_with_seven_bits_and_even_parity() -> None:
    server = Served(pty=True)
    try:
        path = server.device("plate")["pty"]
        for _ in range(3):
            with serial.Serial(path, 9600, bytesize=7, parity="E", timeout=PATIENCE) as port:
                port.write(b"IN_NAME\r\n")
                assert port.read_until(b"\n") == b"RCT digital\r\n"
    finally:
        server.end()


@pytest.mark.skipif(sys.platform != "win32", reason="only where there are no pseudo-terminals")
def test_without_pseudo_terminals_pty_is_refused() -> None:
    with pytest.raises(InputError):
        serve(BenchDescription(), on_ready=lambda ready: None, stop_event=threading.Event(), pty=True)
