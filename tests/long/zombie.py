"""A controller that stood still while another process became master of its bench: it sends nothing when it wakes.

    python tests/long/zombie.py [--times 10] [--seed 1]

A run over sockets is stopped in mid-dose (SIGSTOP), its guardian is killed (it would kill the run before that one
wakes), its locks are removed as by somebody who cleans up, another process takes the ports, and the first goes on.
Relays between it and the bench note every byte that it sends. Not for Windows.
"""

import argparse
import json
import os
import random
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from guardian_times import guardian_of  # type: ignore[import-not-found]  # beside this file
from kill_resume import Bench, serve  # type: ignore[import-not-found]  # beside this file

from ruggli.world.lock_folder import LOCKS_VARIABLE
from ruggli.world.locks import lock_path, take_ports
from ruggli.world.port_key import port_keys

ASLEEP = 5.5
"""Seconds; longer than a process may stand still without looking at its locks before it sends."""


class Relay:
    """Hands bytes on between one client and a served line, and notes when the client has sent some."""

    def __init__(self, url: str) -> None:
        host, _, number = url.removeprefix("socket://").partition(":")
        self._far = (host, int(number))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"socket://127.0.0.1:{self._listener.getsockname()[1]}"
        self.sent: list[tuple[float, bytes]] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            near, _ = self._listener.accept()
            far = socket.create_connection(self._far)
            threading.Thread(target=self._pass, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self._pass, args=(far, near, False), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, note: bool) -> None:
        try:
            while data := source.recv(4096):
                if note:
                    self.sent.append((time.monotonic(), data))
                sink.sendall(data)
        except OSError:
            pass
        finally:
            source.close()
            sink.close()


@contextmanager
def relayed(bench: Bench) -> Iterator[list[Relay]]:
    """The rig of a bench with a relay before each line."""
    path = bench.folder / "rig.yaml"
    text = path.read_text(encoding="utf-8")
    relays = []
    for line in text.splitlines():
        if "socket://" in line:
            url = line.split('"')[1]
            relays.append(Relay(url))
            text = text.replace(url, relays[-1].url)
    path.write_text(text, encoding="utf-8")
    yield relays


def one(moment: float) -> tuple[str, bool]:
    """What happened, and whether it is right."""
    if sys.platform == "win32":
        raise SystemExit("Windows cannot make a process stand still")
    with serve("60 s") as bench, relayed(bench) as relays:
        process = bench.start("run", "two.yaml", "--rig", "rig.yaml")
        bench.wait_for_start(process)
        time.sleep(moment)
        os.kill(process.pid, signal.SIGSTOP)
        os.kill(guardian_of(process.pid), signal.SIGKILL)  # it would kill the controller before it wakes
        keys = [key for relay in relays for key in port_keys(relay.url)]
        for key in keys:
            os.remove(lock_path(key))
        with_lock = take_ports(keys, "another run")
        time.sleep(ASLEEP)
        woken = time.monotonic()
        os.kill(process.pid, signal.SIGCONT)
        outcome = json.loads(process.communicate(timeout=30)[0])
        with_lock.release()
        late = sum(len(data) for relay in relays for when, data in relay.sent if when >= woken)
        before = sum(len(data) for relay in relays for _, data in relay.sent)
        said = "not master any more" in outcome["cause"] and f"process {os.getpid()}" in outcome["cause"]
        text = f"stopped after {moment:.3f} s, {before} bytes before, {late} after; exit code {process.returncode}"
        return text, late == 0 and before > 0 and said and process.returncode == 1


def main() -> None:
    """Print a line for each; exit code 1 where one was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    dice, wrong = random.Random(options.seed), 0
    with tempfile.TemporaryDirectory() as name:
        os.environ[LOCKS_VARIABLE] = str(Path(name) / "locks")
        for _ in range(options.times):
            text, right = one(dice.uniform(0.2, 3.0))
            print(text, "ok" if right else "WRONG", flush=True)
            wrong += not right
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
