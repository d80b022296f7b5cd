"""House rules that neither the type checker nor the linters can see, read from the syntax trees of the source."""

import ast
import re
import statistics
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOTS = ("src", "drivers", "simulator")
WORLD = "src/ruggli/world/"
OS_LOCK = "src/ruggli/world/os_lock.py"
SERVER = "simulator/ruggli_simulator/server.py"
PSEUDO_TERMINAL = "simulator/ruggli_simulator/pty_port.py"
URL_HANDLER = "simulator/ruggli_simulator/urls/protocol_sim.py"

DOORS = {
    "time": (WORLD, SERVER),
    "random": (WORLD,),
    "secrets": (),
    "threading": (WORLD,),
    "multiprocessing": (),
    "subprocess": (WORLD,),
    "asyncio": (),
    "serial": (WORLD, URL_HANDLER),
    "socket": (WORLD, SERVER),
    "select": (WORLD,),
    "selectors": (WORLD, SERVER),
    "termios": (WORLD, PSEUDO_TERMINAL),
    "tty": (PSEUDO_TERMINAL,),
    "pty": (),
    "fcntl": (OS_LOCK,),
    "msvcrt": (OS_LOCK,),
}
"""Modules that reach out of the program, and the files that may import them: clock, chance, threads, ports."""

LONGEST = 500
USUAL = 150


def modules(*roots: str) -> list[Path]:
    return sorted(path for root in roots for path in (ROOT / root).rglob("*.py"))


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def imported(node: ast.Module) -> Iterator[tuple[str, int]]:
    """Every imported module, also inside functions, with its line."""
    for item in ast.walk(node):
        if isinstance(item, ast.Import):
            yield from ((alias.name, item.lineno) for alias in item.names)
        elif isinstance(item, ast.ImportFrom) and item.module and not item.level:
            yield item.module, item.lineno


def doors_out_of_place(source: ast.Module, where: str) -> list[str]:
    found = []
    for name, line in imported(source):
        allowed = DOORS.get(name.partition(".")[0])
        if allowed is not None and not where.startswith(allowed or ("nowhere",)):
            found.append(f"{where}:{line} imports {name}")
    for node in ast.walk(source):
        opens = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open"
        if opens and not where.startswith(WORLD):
            found.append(f"{where}:{getattr(node, 'lineno', 0)} calls open()")
    return found


def test_doors_are_in_the_world_only() -> None:
    found = [line for path in modules(*ROOTS) for line in doors_out_of_place(tree(path), place(path))]
    assert found == []


@pytest.mark.parametrize(
    "text", ["import time", "def f():\n    from serial.tools import list_ports", "open('x')", "import random as r"]
)
def test_a_door_out_of_place_is_seen(text: str) -> None:
    assert doors_out_of_place(ast.parse(text), "src/ruggli/engine/x.py")
    assert doors_out_of_place(ast.parse(text), WORLD + "x.py") == []


def test_wire_data_is_never_checked_by_assert() -> None:
    """`python -O` removes asserts; what a device says must be refused with them or without."""
    found = [
        f"{place(path)}:{node.lineno}"
        for path in modules("drivers")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Assert)
    ]
    assert found == []


def test_drivers_and_simulator_never_import_each_other() -> None:
    for root, other in (("drivers", "ruggli_simulator"), ("simulator", "ruggli_drivers")):
        found = [
            f"{place(path)}:{line} imports {name}"
            for path in modules(root)
            for name, line in imported(tree(path))
            if name.partition(".")[0] == other
        ]
        assert found == []


def test_modules_are_short() -> None:
    lengths = {place(path): len(path.read_text("utf-8").splitlines()) for path in modules(*ROOTS)}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}
    assert statistics.median(length for length in lengths.values() if length > 3) < USUAL


def test_no_module_keeps_state() -> None:
    """No `global`: a run's state lives in objects. The one table of `sim://` benches is forced by pyserial."""
    found = [
        f"{place(path)}:{node.lineno}"
        for path in modules(*ROOTS)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Global)
    ]
    assert found == []


def test_no_notes_to_self() -> None:
    words = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
    assert [place(path) for path in modules(*ROOTS, "tests") if words.search(path.read_text("utf-8"))] == []


FOLDERS = ("src", "drivers", "simulator", "protocols", "tests", "bench", "docs", ".ci")
FILES = ("README.md", "CONTRIBUTING.md", "pyproject.toml", "LICENSE")
SUFFIXES = frozenset({".py", ".md", ".yaml", ".toml", ".j2", ".txt", ".json", ".css", ".js", ".csv", ""})
FOREIGN = {
    "a path of one machine": re.compile(r"/(?:home|Us" + r"ers)/[a-z]|/ro" + r"ot/|/op" + r"t/venv|/wo" + r"rk/"),
    "a Windows path of one machine": re.compile(r"[A-Z]:\\\\?Us" + r"ers"),
    "the address of a package registry": re.compile(
        r"py" + r"pi\.org|python" + r"hosted|--index-" + r"url|--extra-" + r"index|/sim" + r"ple/", re.IGNORECASE
    ),
}


def texts() -> Iterator[Path]:
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix in SUFFIXES and "__pycache__" not in path.parts:
                yield path
    yield from (ROOT / name for name in FILES)


@pytest.mark.parametrize("what", FOREIGN)
def test_nothing_of_one_machine_is_in_the_files(what: str) -> None:
    found = [
        f"{place(path)}:{number}: {line.strip()[:80]}"
        for path in texts()
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), start=1)
        if FOREIGN[what].search(line)
    ]
    assert found == []
