"""What the documentation shows is what the program does: its files are read, its commands run, its tables current.

In README.md and docs/, a fenced block is

- `yaml protocol [FILE]`, `yaml rig [FILE]`: read, and the protocol planned on the built-in bench; FILE is then there
  for the commands of the page;
- `yaml FILE`: a file for the commands of the page;
- `console [exit=N]`: each `$ ruggli ...` is run in the folder of the page; the lines below it stand in its output in
  this order, `…` for anything; the last command ends with exit code N, all others with 0.

`<!-- edit FILE: OLD -> NEW -->` changes a file as the reader is told to.
"""

import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^(```+)([^\n`]*)\n(.*?)^\1$|^<!-- edit (\S+): (.+?) -> (.+?) -->$", re.DOTALL | re.MULTILINE)
RUN_BY_CI = ("ci: main job", "ci: tests")


@dataclass(frozen=True)
class Part:
    """A fenced block, or an edit of a file (`words` is then `edit FILE`, `text` the old text, `new` the new)."""

    words: tuple[str, ...]
    text: str
    new: str = ""


def parts(page: Path) -> list[Part]:
    found = []
    for match in FENCE.finditer(page.read_text("utf-8")):
        if match[4]:
            found.append(Part(("edit", match[4]), match[5], match[6]))
        else:
            found.append(Part(tuple(match[2].split()), match[3]))
    return found


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def run(command: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """One `ruggli` command in this process; returns its exit code and everything that it printed."""
    from ruggli.cli.program import run as ruggli

    words = shlex.split(command)
    assert words[0] == "ruggli", f"only ruggli is run here: {command}"
    target = words[words.index(">") + 1] if ">" in words else ""
    capsys.readouterr()
    code = ruggli(words[1 : words.index(">")] if target else words[1:])
    printed = capsys.readouterr()
    if target:
        Path(target).write_text(printed.out, "utf-8")
    return code, printed.out + printed.err


def missing_line(expected: list[str], output: str) -> str:
    """The first expected line that is not in the output after the one before; "" where all are."""
    lines = iter(output.splitlines())
    for wanted in expected:
        pattern = re.compile(".*".join(re.escape(piece.strip() if n else piece.rstrip()) for n, piece in
                                       enumerate(wanted.split("…"))))  # fmt: skip
        if not any(pattern.search(line) for line in lines):
            return wanted
    return ""


def run_console(part: Part, capsys: pytest.CaptureFixture[str]) -> None:
    exits = [int(word.partition("=")[2]) for word in part.words if word.startswith("exit=")]
    commands: list[tuple[str, list[str]]] = []
    for line in part.text.splitlines():
        if line.startswith("$ "):
            commands.append((line[2:], []))
        elif line.strip():
            commands[-1][1].append(line)
    for number, (command, expected) in enumerate(commands, start=1):
        code, output = run(command, capsys)
        due = exits[0] if exits and number == len(commands) else 0
        assert code == due, f"{command}: exit code {code}, the page says {due}\n{output}"
        line = missing_line(expected, output)
        assert not line, f"{command}: the page shows a line that does not come: {line!r}\n{output}"


def read_yaml(kind: str, part: Part, file: str) -> None:
    from ruggli.app.drivers import cards
    from ruggli.app.files import open_rig
    from ruggli.plan.make import make_plan
    from ruggli.plan.settings import PlanSettings
    from ruggli.protocol.loader import read_protocol
    from ruggli.rig.loader import read_rig

    if kind == "rig":
        read_rig(part.text.encode(), file)
        return
    plan = make_plan(read_protocol(part.text.encode(), file, {}), open_rig(None), cards(), PlanSettings())
    assert plan.blocking(frozenset()) == ()


def with_snippets() -> list[Path]:
    return [page for page in PAGES if any(part.words[:1] in (("yaml",), ("console",)) for part in parts(page))]


@pytest.mark.parametrize("page", with_snippets(), ids=name)
def test_page(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RUGGLI_RUNS", raising=False)
    for part in parts(page):
        first, *rest = part.words or ("",)
        if first == "edit":
            text = Path(rest[0]).read_text("utf-8")
            assert part.text in text, f"{rest[0]} has no {part.text!r}"
            Path(rest[0]).write_text(text.replace(part.text, part.new), "utf-8")
        elif first == "yaml" and rest:
            if rest[0] in ("protocol", "rig"):
                read_yaml(rest[0], part, name(page))
            if rest[-1] not in ("protocol", "rig"):
                Path(rest[-1]).write_text(part.text, "utf-8")
        elif first == "console":
            run_console(part, capsys)


def test_a_wrong_line_is_noticed() -> None:
    assert missing_line(["one …", "three"], "one 1\ntwo\nthree 3") == ""
    assert missing_line(["three", "one"], "one\nthree") == "one"
    assert missing_line(["a … c"], "a b\nc") == "a … c"


def test_tables_and_diagrams_are_current() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        if "://" in path:
            continue
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{name(page)}: {target}"
        if anchor and there.suffix == ".md":
            heads = re.findall(r"^#+ (.+)$", there.read_text("utf-8"), re.MULTILINE)
            anchors = {re.sub(r"[^a-z0-9 _-]", "", head.lower()).replace(" ", "-") for head in heads}
            assert anchor in anchors, f"{name(page)}: {target}"


def test_ci_runs_the_commands_of_the_readme() -> None:
    """`.ci/run` takes both commands out of the README by these marks, so that what is tested is what people copy."""
    readme, script = (ROOT / "README.md").read_text("utf-8"), (ROOT / ".ci" / "run").read_text("utf-8")
    for mark in RUN_BY_CI:
        assert re.search(rf"<!-- {mark} -->\n```bash\npython3 -m venv .*\n```\n", readme)
        assert f'"{mark}"' in script
