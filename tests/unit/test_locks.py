"""One master for each port: locks of processes, what they say, and what happens to their files."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_mock import MockerFixture

import ruggli.world.port_key as keys
from ruggli.errors import InputError, LeaseLost, PortsTaken
from ruggli.world.lock_folder import LOCKS_VARIABLE, lock_folder
from ruggli.world.locks import RECORD_BYTES, RigLock, lock_path, read_holder, take_ports

HOLDS = """\
import sys
from ruggli.world.locks import take_ports
taken = take_ports(sys.argv[1:], "run-7")
print(taken.holder.lease, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(LOCKS_VARIABLE, str(tmp_path / "locks"))
    return tmp_path / "locks"


class Other:
    """Another process that holds ports until it is ended."""

    def __init__(self, *ports: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLDS, *ports], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.lease = int(self.process.stdout.readline())

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def other() -> Iterator[Other]:
    holder = Other("/dev/b")
    yield holder
    holder.kill()


def test_a_port_of_another_process_is_refused_by_name(other: Other) -> None:
    with pytest.raises(PortsTaken) as refused:
        take_ports(["/dev/b"])
    text = str(refused.value)
    holder = read_holder("/dev/b")
    assert holder is not None
    assert (holder.pid, holder.run) == (other.process.pid, "run-7")
    for part in ("E-LOCK", "/dev/b", f"process {other.process.pid}", "run-7", holder.since, "nothing was sent"):
        assert part in text


def test_whoever_loses_gives_back_what_it_took(other: Other) -> None:
    with pytest.raises(PortsTaken):
        take_ports(["/dev/a", "/dev/b", "/dev/c"])
    assert read_holder("/dev/a") is None, "a loser writes nothing"
    take_ports(["/dev/a", "/dev/c"]).release()


def test_the_lock_ends_with_its_process(other: Other) -> None:
    other.kill()
    taken = take_ports(["/dev/b"])
    assert taken.holder.lease == other.lease + 1
    taken.verify()
    taken.release()


def test_the_lease_rises_with_each_taking_and_is_one_for_all_ports() -> None:
    for lease in (1, 2, 3):
        taken = take_ports(["/dev/a"])
        assert taken.holder.lease == lease
        taken.release()
    both = take_ports(["/dev/z", "/dev/a"], "run-1")
    assert both.ports == ("/dev/a", "/dev/z")
    for port in both.ports:
        found = read_holder(port)
        assert found is not None
        assert (found.lease, found.run, found.pid) == (4, "run-1", os.getpid())
    both.release()


def test_a_removed_lock_file_is_put_back(folder: Path) -> None:
    taken = take_ports(["/dev/a"])
    os.remove(lock_path("/dev/a"))
    taken.verify()
    assert read_holder("/dev/a") == taken.holder
    with pytest.raises(PortsTaken):
        take_ports(["/dev/a"])
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    taken.verify()
    assert read_holder("/dev/a") == taken.holder
    taken.release()


def taken_over(port: str) -> tuple[RigLock, Other]:
    """A master whose lock file somebody removed, and who was overtaken by another process."""
    old = take_ports([port])
    os.remove(lock_path(port))
    return old, Other(port)


def test_a_master_that_was_overtaken_knows() -> None:
    old, new = taken_over("/dev/a")
    try:
        with pytest.raises(LeaseLost, match=f"process {new.process.pid}"):
            old.verify()
    finally:
        new.kill()
    with pytest.raises(LeaseLost):
        old.verify()
    old.release()


def test_another_lease_in_the_very_file_counts_too() -> None:
    """Where a file system knows no locks, the number is all that there is."""
    taken = take_ports(["/dev/a"])
    path = Path(lock_path("/dev/a"))
    path.write_bytes(path.read_bytes().replace(b'"lease": 1', b'"lease": 2'))
    with pytest.raises(LeaseLost, match="lease 2"):
        taken.verify()
    taken.release()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"lease": 3}', b"\xff" * RECORD_BYTES])
def test_a_file_that_nobody_can_read_proves_nothing(content: bytes) -> None:
    taken = take_ports(["/dev/a"])
    Path(lock_path("/dev/a")).write_bytes(content)
    taken.verify()
    taken.release()
    after = take_ports(["/dev/a"])
    assert after.holder.lease == 1
    after.release()


def test_different_ports_have_different_files() -> None:
    assert lock_path("/dev/a-b") != lock_path("/dev/a/b")


@pytest.mark.skipif(sys.platform == "win32", reason="no permission bits")
def test_other_users_may_use_the_folder_and_the_files(folder: Path) -> None:
    before = os.umask(0o077)
    try:
        taken = take_ports(["/dev/a"])
    finally:
        os.umask(before)
    assert folder.stat().st_mode & 0o7777 == 0o1777
    assert os.stat(lock_path("/dev/a")).st_mode & 0o777 == 0o666
    taken.release()


def test_a_folder_that_cannot_be_made_is_refused_with_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(LOCKS_VARIABLE, str(tmp_path / "file" / "locks"))
    with pytest.raises(InputError, match=LOCKS_VARIABLE):
        take_ports(["/dev/a"])


def test_the_default_folder_is_one_for_all_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(LOCKS_VARIABLE)
    found = Path(lock_folder())
    assert found.name == "ruggli-locks"
    assert os.path.isdir(found.parent)
    assert str(Path.home()) not in str(found)


def test_one_port_has_one_name(tmp_path: Path, mocker: MockerFixture) -> None:
    assert keys.port_keys("sim://pump") == ()
    assert keys.port_keys("socket://localhost:4001") == keys.port_keys("rfc2217://127.0.0.1:4001")
    assert keys.port_keys("socket://LOCALHOST:04001") == keys.port_keys("socket://localhost:4001")
    assert keys.port_keys("socket://127.0.0.1:4001") != keys.port_keys("socket://127.0.0.1:4002")
    assert keys.port_keys("socket://10.0.0.7:4001") == ("tcp://10.0.0.7:4001",)
    device, link = tmp_path / "ttyUSB0", tmp_path / "by-id"
    device.write_text("")
    try:
        link.symlink_to(device)
    except OSError:
        pytest.skip("this user may not make links")
    assert keys.port_keys(str(link)) == keys.port_keys(str(device)) == (os.path.realpath(device),)
    mocker.patch.object(keys, "path_of_usb_serial", return_value=str(link))
    mocker.patch.object(keys, "usb_serial_of_path", return_value="A10K3XYZ")
    assert keys.port_keys("usb://A10K3XYZ") == keys.port_keys(str(link)) == (os.path.realpath(device), "usb://A10K3XYZ")
    mocker.patch.object(keys, "path_of_usb_serial", return_value=None)
    assert keys.port_keys("usb://A10K3XYZ") == ("usb://A10K3XYZ",)


def test_a_host_that_nobody_knows_keeps_its_name(mocker: MockerFixture) -> None:
    mocker.patch("socket.getaddrinfo", side_effect=OSError)
    assert keys.port_keys("socket://Terminal-Server.Lab.:4001") == ("tcp://terminal-server.lab:4001",)
