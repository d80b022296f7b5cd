"""Messages by the real worker and by Apprise, to a plain HTTP server on this computer."""

import io
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ruggli.app.notify_file import read_notify
from ruggli.app.notifying import WORKER, Herald
from ruggli.cli.program import run
from ruggli.cli.shapes import output_schema
from ruggli.journal.reader import JournalView, read_journal
from ruggli.quantities.base import Seconds
from ruggli.world.worker import Worker

Captured = pytest.CaptureFixture[str]
SECRET = "Xq7secretToken9"
SHORT = ("slow-addition", "--set", "addition_time=1 min", "--no-report", "--json")


class Post:
    """A web service that takes messages, or refuses them."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.status = 200
        self.arrived = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append(json.loads(body))
                self.send_response(outer.status)
                self.end_headers()
                outer.arrived.set()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        self.url = f"json://127.0.0.1:{self.server.server_port}/{SECRET}"

    def titles(self) -> list[str]:
        return [message["title"] for message in self.got]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def post() -> Iterator[Post]:
    service = Post()
    yield service
    service.close()


@pytest.fixture(autouse=True)
def folder_of_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RUGGLI_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr("sys.stdin", io.StringIO())
    return tmp_path / "runs"


def file_of(tmp_path: Path, *urls: str, more: str = "") -> str:
    rows = "".join(f"  - {{name: channel-{n}, url: '{url}'}}\n" for n, url in enumerate(urls))
    path = tmp_path / "notify.yaml"
    path.write_text(f"ruggli: 1\nchannels:\n{rows}{more}", encoding="utf-8")
    return str(path)


def journal(folder: Path) -> JournalView:
    (found,) = folder.glob("*/journal.jsonl")
    return read_journal(found.read_bytes())


def eventually(what: Callable[[], bool], seconds: float = 30.0) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_run_tells_what_it_asks_and_how_it_ends(
    post: Post, tmp_path: Path, folder_of_runs: Path, capsys: Captured
) -> None:
    path = file_of(tmp_path, post.url, "json://127.0.0.1:9/" + SECRET)
    code = run(["run", *SHORT, "--speed", "1000", "--notify", path])
    streams = capsys.readouterr()
    outcome = json.loads(streams.out)
    assert (code, outcome["verdict"]) == (1, "stopped") or outcome["verdict"] == "held"
    titles = post.titles()
    assert any("Ruggli asks: " in title for title in titles)
    assert f"Ruggli {outcome['verdict']}: " in titles[-1]
    view = journal(folder_of_runs)
    assert view.sealed and not view.damage
    good, bad = view.of("notified"), view.of("not_notified")
    assert {record.data["channel"] for record in good} == {"channel-0"} and len(good) == len(titles)
    assert {record.data["channel"] for record in bad} == {"channel-1"} and len(bad) == len(titles)
    assert [record.data["why"] for record in bad if "onnection" not in record.data["why"]] == []
    assert SECRET not in streams.out + streams.err + "".join(str(record.data) for record in view.records)


def test_a_service_that_refuses_is_an_event_and_the_run_goes_on(
    post: Post, tmp_path: Path, folder_of_runs: Path, capsys: Captured
) -> None:
    post.status = 500
    run(["run", *SHORT, "--speed", "1000", "--notify", file_of(tmp_path, post.url)])
    assert json.loads(capsys.readouterr().out)["verdict"] in ("held", "stopped")
    view = journal(folder_of_runs)
    assert view.of("not_notified") and not view.of("notified")
    assert view.sealed


def test_a_dry_run_tells_nobody(post: Post, tmp_path: Path, folder_of_runs: Path, capsys: Captured) -> None:
    assert run(["simulate", *SHORT, "--notify", file_of(tmp_path, post.url)]) == 0
    view = journal(folder_of_runs)
    assert post.got == [] and not view.of("notified") and not view.of("not_notified")
    assert SECRET not in capsys.readouterr().out + "".join(str(record.data) for record in view.records)


def test_the_variable_names_the_file_too(
    post: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setenv("RUGGLI_NOTIFY", file_of(tmp_path, post.url))
    run(["run", *SHORT, "--speed", "1000"])
    assert post.got


def test_a_program_that_is_killed_is_told_by_its_worker(post: Post, tmp_path: Path) -> None:
    call = "import sys; from ruggli.cli.program import run; sys.exit(run(sys.argv[1:]))"
    words = ["run", "slow-addition", "--speed", "1", "--no-report", "--notify", file_of(tmp_path, post.url)]
    process = subprocess.Popen([sys.executable, "-c", call, *words], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    try:
        assert post.arrived.wait(60.0)
    finally:
        process.kill()
        process.communicate()
    eventually(lambda: any("CRASHED" in title for title in post.titles()))
    assert "ruggli resume" in post.got[-1]["message"]


def test_a_worker_that_is_killed_is_an_event(post: Post, tmp_path: Path) -> None:
    settings = read_notify(Path(file_of(tmp_path, post.url)).read_bytes(), "n")
    workers: list[Worker] = []

    def start() -> Worker:
        workers.append(Worker(WORKER))
        return workers[-1]

    now = [0.0]
    herald = Herald(settings, start, lambda: now[0])
    workers[0]._process.kill()
    eventually(lambda: workers[0].gone)
    herald.wrote("alarm", {"code": "A-X", "device": "a", "text": "t", "value": "", "bound": "", "action": "none"})
    assert {kind for kind, _ in herald.beat()} == {"not_notified"}
    now[0] += 61.0
    herald.wrote("alarm", {"code": "A-X", "device": "b", "text": "t", "value": "", "bound": "", "action": "none"})
    herald.beat()
    eventually(lambda: any("b: t" in title for title in post.titles()))
    found: list[str] = []
    while not found:
        found += [kind for kind, _ in herald.beat()]
    assert found == ["notified"]
    herald.close()
    workers[0].close(Seconds(5.0))
    assert workers[1].gone


def test_notify_test_says_which_channel_works(post: Post, tmp_path: Path, capsys: Captured) -> None:
    path = file_of(tmp_path, post.url, "json://127.0.0.1:9/" + SECRET)
    assert run(["notify", "test", path, "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    jsonschema.validate(data, output_schema("notify test"))
    assert [(row["channel"], row["ok"]) for row in data["channels"]] == [("channel-0", True), ("channel-1", False)]
    assert SECRET not in str(data) and post.titles() == ["Ruggli test message"]
    assert run(["notify", "test", file_of(tmp_path, post.url)]) == 0
    assert capsys.readouterr().out.startswith("channel-0: delivered in ")


@pytest.mark.parametrize("command", [["notify", "test"], ["run", *SHORT[:-1], "--speed", "1000", "--notify"]])
def test_an_address_that_apprise_does_not_read_is_refused_without_showing_it(
    tmp_path: Path, folder_of_runs: Path, capsys: Captured, command: list[str]
) -> None:
    path = file_of(tmp_path, f"nonsense://{SECRET}")
    assert run([*command, path]) == 2
    streams = capsys.readouterr()
    assert "the address of channel-0 is none that Apprise reads" in streams.err
    assert SECRET not in streams.out + streams.err
    assert not folder_of_runs.exists()


def test_without_apprise_the_refusal_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    (tmp_path / "apprise.py").write_text("raise ImportError('not here')\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    assert run(["notify", "test", file_of(tmp_path, "json://localhost")]) == 2
    assert 'pip install "ruggli[notify]"' in capsys.readouterr().err
