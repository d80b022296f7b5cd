"""What a command loads, and how much of it: start-up time is kept by keeping heavy imports where they are used."""

import json
import subprocess
import sys

import pytest

from ruggli.cli.commands import COMMANDS

HEAVY = frozenset(
    {"pint", "pydantic", "numpy", "rich", "transitions", "serial", "yaml", "matplotlib", "scipy", "jinja2", "rdkit"}
)
PROBE = """
import json, sys
bare = set(sys.modules)
from ruggli.cli.program import run
code = run(sys.argv[1:])
print(json.dumps([code, sorted(set(sys.modules) - bare)]), file=sys.stderr)
"""


def loaded(*words: str) -> tuple[int, frozenset[str]]:
    """Exit code, and the modules that a command line loads beyond those of bare Python."""
    done = subprocess.run([sys.executable, "-c", PROBE, *words], capture_output=True, text=True, timeout=60, check=True)
    code, names = json.loads(done.stderr.splitlines()[-1])
    return code, frozenset(names)


@pytest.mark.parametrize("words", [("--help",), ("--version",), ("simulate", "--help"), ("rig", "--help")])
def test_help_loads_nothing_heavy(words: tuple[str, ...]) -> None:
    code, modules = loaded(*words)
    assert code == 0
    assert not modules & HEAVY
    commands = {f"ruggli.cli.{entry.place.partition(':')[0]}" for entry in COMMANDS.values() if entry.place}
    assert len(modules & commands) == (1 if words[0] == "simulate" else 0)
    assert len(modules) <= 110


@pytest.mark.parametrize("name", ["rcm-high-dilution", "slow-addition"])
def test_check_loads_what_it_needs(name: str) -> None:
    code, modules = loaded("check", name)
    assert code == 0
    structures = {"rdkit"} if name == "rcm-high-dilution" else set()  # the other has no SMILES
    assert modules & HEAVY <= {"pint", "pydantic", "numpy", "yaml"} | structures
    assert "rdkit.Chem.Draw" not in modules
    assert not {name for name in modules if name.startswith(("ruggli.engine", "ruggli.report", "ruggli_simulator"))}
    assert len(modules) <= 560


def test_schemas_of_outputs_load_no_models() -> None:
    code, modules = loaded("schema", "output", "simulate")
    assert code == 0 and not modules & HEAVY
