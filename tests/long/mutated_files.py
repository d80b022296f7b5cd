"""Reads mutated protocol, rig, answers, faults, notify and kinetics files; only a refusal with places may come of it.

    python tests/long/mutated_files.py [--count 2000] [--seed 1] [--jobs 2]
    python tests/long/mutated_files.py --seed 1 --only 1234 [--shrink]

Every file is read by the reader that users reach, and planned when it reads. A violation is any exception but
`ProblemsError`, a problem without file, line and column, more than 1 s of processor time or more than 200 MB. The same
seed gives the same files on every Python. Exit code 1 when there is a violation.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from ruggli.app.answers import read_answers
from ruggli.app.builtin import find_protocol, find_rig, protocol_names, rig_names
from ruggli.app.drivers import cards
from ruggli.app.fault_file import read_faults
from ruggli.app.notify_file import read_notify
from ruggli.app.structures import structures_of
from ruggli.chemistry.kinetics.load import read_kinetics
from ruggli.documents.problem import Problem, ProblemsError, Severity
from ruggli.documents.show import render_problems
from ruggli.plan.jsonable import plan_as_json
from ruggli.plan.make import make_plan
from ruggli.plan.model import Plan
from ruggli.plan.settings import PlanSettings
from ruggli.protocol.loader import ProtocolFile, read_protocol
from ruggli.rig.loader import RigFile, read_rig

T = TypeVar("T")

ROOT = Path(__file__).resolve().parents[2]
SECRET = "Xq7secretToken9"
LONGEST_SECONDS = 1.0
HANG_SECONDS = 5
MOST_BYTES = 200 * 1000 * 1000
BASE_PROTOCOL, BASE_RIG = "base-protocol.yaml", "base-rig.yaml"
KINDS = ("protocol", "rig", "answers", "faults", "notify", "kinetics")
SHARES = {"protocol": 57, "rig": 19, "answers": 6, "faults": 6, "notify": 6, "kinetics": 6}

ANSWERS = """\
- {id: charge, answer: done}
- {id: add.load.pump_a, answer: done, after: 5 min}
- id: hold.1
  answer: resume
  after: 1.5 h
"""
KINETICS = """\
ruggli: 1
kinetics: reductive-amination
pH: 6
temperature: 40 degC
activation: {k_f: {energy: 50 kJ/mol, at: 25 degC}, k_r: {energy: 19.1 kcal/mol, at: 25 degC}}
constants: {pKa_amine: 9.5, k_ald_H: 20 L/mol/s,
  k_f: 2e-3 1/s, k_r: 4e-5 s-1, k_red: 2e-2 L/mol/s, k_c_rev: 0.36 1/h, k_red_J2: 0.02 1/M/s, k_H2: 0 L/mol/s}
flask: {volume: 100 mL, amounts: {A: 10 mmol, AcOH: 11 mmol}}
portions:
  - {time: 0 s, amounts: {H: 3.75 mmol}}
  - {time: 15 min, amounts: {H: 3.75 mmol}}
times: [1 h, 24 h]
"""
FAULTS = """\
- {at: 2 h, target: pump_a, kind: stall, for: 10 min}
- {at: 30 min, target: plate, kind: unplug, for: 20 s}
- {call: 40, target: pump_b, kind: garble}
- at: 1 h
  target: pump_b
  kind: power-cycle
"""
NOTIFY = f"""\
ruggli: 1
channels:
  - {{name: mail, url: "mailtos://me:{SECRET}@example.org"}}
  - name: phone
    url: pover://user@{SECRET}
events: [prompt, hold, alarm, link, crash, end]
repeat: {{hold: 60 s, prompt: 10 min, at_most: 30}}
"""

NASTY = (
    *("5,5 mL", "1,000 mL", "1 000 mL", "1\u00a0000 mL", "5.5.5 mL", "\u22125 mL", "5\u20133 mL", "-5 mL/h", "0 mL"),
    *(
        "0 mL/h",
        "-0.0 mL",
        "1e999 mL/h",
        "1e-999 mL",
        "nan mL/h",
        ".nan",
        "inf mL",
        ".inf",
        "9" * 5000,
        "0x" + "f" * 99,
    ),
    *("010 mL", "1_000 mL", "1:30", "12:30:00", "1e3 mL", "9**9**9 mL", "5 mL*1e3", "(1+1) mL", "1/0 mL", "10 mL/0 h"),
    *(
        "5 \u00b1 0.1 mL",
        "5 mL; 3",
        "\uff15 mL",
        "\u0665 mL",
        "5e mL",
        "12.3456789 mL",
        "0.0004 mL",
        "5",
        "mL",
        "5 \u00b5L",
    ),
    *(
        "5 \u03bcL",
        "5 ml",
        "5 ML",
        "5 M",
        "5 m",
        "5 S",
        "80 C",
        "80 \u2103",
        "80 \u00b0C",
        "80 degC/h",
        "353 K",
        "5 mL h-1",
    ),
    *(
        "176 degF",
        "5 mL mL",
        "5 barn*megaparsec",
        "50 %",
        "2 drops",
        "1.1 equiv",
        "",
        "~",
        "null",
        "true",
        "no",
        "$x",
        "$",
    ),
    *(
        "reflux",
        "off",
        "*a",
        "&a b",
        "!!python/object/apply:os.system [id]",
        "!x",
        "<<",
        "? [1, 2]",
        "{",
        "}",
        "[",
        "]",
    ),
    *(
        "- ",
        ": ",
        "'",
        '"',
        "|",
        ">",
        "%YAML 1.1",
        "---",
        "...",
        "@x",
        "`",
        "#",
        "\\",
        "\t",
        "\u202e",
        "\u200b",
        "\ufeff",
    ),
    *(
        "\u0000",
        "\u0085",
        "\u2028",
        "\U0001f9ea",
        "v\u043elume",
        "999999999999999 mL",
        "1e-14 mL",
        "1e14 mL",
        "99999 h",
    ),
    *(
        "COM3",
        "/dev/ttyUSB0",
        "/dev/sda",
        "socket://x:1",
        "rfc2217://h:0",
        "socket://[::1]:99999",
        "sim://",
        "..",
        "CON",
    ),
    *(
        "http://[",
        "http://[::1",
        "socket://a:b",
        "socket://:" + "9" * 400,
        "x" * 4097,
        "a." * 2000,
        "-",
        "--",
        "1.",
        ".5",
    ),
)
UNITS = (
    *(
        "mL",
        "uL",
        "L",
        "h",
        "min",
        "s",
        "ms",
        "mL/h",
        "mL/min",
        "uL/min",
        "degC",
        "K",
        "K/h",
        "mol",
        "mmol",
        "umol",
        "g",
    ),
    *("mg", "kg", "mol/L", "mmol/L", "M", "g/mol", "g/mL", "equiv", "mol%", "%", "mm", "m", "cm", "rpm", "W", "kW", ""),
)
TOKEN = re.compile(r"[+-]?[0-9][0-9.e+-]*(?: ?[A-Za-z%/]+)?|[A-Za-z_$][A-Za-z0-9_.$-]*|[\[\]{}:,'\"#-]")
KEY = re.compile(r"[A-Za-z_]+(?=:)")
NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")


class Chance:
    """SplitMix64: the same numbers on every Python."""

    def __init__(self, seed: int) -> None:
        self._state = seed & (2**64 - 1)

    def next(self) -> int:
        self._state = (self._state + 0x9E3779B97F4A7C15) & (2**64 - 1)
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & (2**64 - 1)
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & (2**64 - 1)
        return mixed ^ (mixed >> 31)

    def below(self, bound: int) -> int:
        return self.next() % bound if bound > 1 else 0

    def pick(self, items: Sequence[T]) -> T:
        return items[self.below(len(items))]

    def one_in(self, number: int) -> bool:
        return self.below(number) == 0


@dataclass(frozen=True)
class Corpus:
    """Files to begin with, by kind; and everything that the readers are tried on needs."""

    files: dict[str, tuple[str, ...]]
    refused: tuple[str, ...]
    trees: dict[str, tuple[Any, ...]]
    rig: RigFile
    protocol: ProtocolFile
    plan: Plan


def corpus() -> Corpus:
    """Shipped files, the files of the corpora in the tests, the files that the documentation shows."""
    import yaml

    protocols = [find_protocol(name)[1].decode() for name in protocol_names()]
    rigs = [find_rig(name)[1].decode() for name in rig_names()]
    unit = ROOT / "tests" / "unit"
    of_protocols, of_rigs = _module(unit / "test_protocol_corpus.py"), _module(unit / "test_rig_corpus.py")
    refused_protocols = [of_protocols.edited(row[1]) for row in of_protocols.ROWS if ">>" in row[1]]
    refused_rigs = [of_rigs.changed(*row[1]) for row in of_rigs.IN_THE_FILE]
    protocols.append(of_protocols.BASE)
    rigs.append(of_rigs.GOOD)
    documents = _module(unit / "test_document_corpus.py").REFUSED
    refused = tuple(row[1].decode("utf-8", "replace") for row in documents if len(row[1]) < 5000)
    answers, faults, notify, kinetics = [ANSWERS], [FAULTS], [NOTIFY], [KINETICS]
    for page in sorted((ROOT / "docs").rglob("*.md")):
        for words, text in re.findall(
            r"^```yaml([^\n]*)\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE
        ):
            name = words.split()[-1] if words.split() else ""
            for word, into in (("protocol", protocols), ("rig", rigs), ("answers.yaml", answers), ("faults", faults)):
                if word in words.split() or name.startswith(word):
                    into.append(text)
            if "\nkinetics:" in text:
                kinetics.append(text)
    for good, bad in ((protocols, refused_protocols), (rigs, refused_rigs)):  # one in five begins as a refused one
        good *= 1 + 4 * len(bad) // len(good)
        good += bad
    files = dict(zip(KINDS, map(tuple, (protocols, rigs, answers, faults, notify, kinetics)), strict=True))
    trees: dict[str, tuple[Any, ...]] = {}
    for kind, texts in files.items():
        found = []
        for text in dict.fromkeys(texts):
            try:
                found.append(yaml.load(text, Loader=yaml.BaseLoader))
            except (yaml.YAMLError, TypeError, RecursionError):
                continue
        trees[kind] = tuple(tree for tree in found if isinstance(tree, dict | list))
    rig = read_rig(find_rig("bench")[1], BASE_RIG)
    protocol = read_protocol(find_protocol("slow-addition")[1], BASE_PROTOCOL)
    return Corpus(files, refused, trees, rig, protocol, make_plan(protocol, rig, cards(), PlanSettings()))


def _module(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"corpus_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ---- mutating ----


def make_case(seed: int, index: int, base: Corpus) -> tuple[str, bytes]:
    """Kind and bytes of one mutated file."""
    chance = Chance((seed << 32) ^ index)
    chance.next()
    kind = _kind(chance)
    if chance.one_in(4):
        return kind, _mutated_tree(chance, kind, base)
    text = chance.pick(base.refused if chance.one_in(25) else base.files[kind])
    mild = not chance.one_in(3)
    for _ in range(1 + chance.below(3)):
        text = (_quantity if mild and chance.below(3) else chance.pick(TEXT_MUTATIONS))(chance, text, kind, base)
    data = text.encode("utf-8", "surrogatepass")
    for _ in range(chance.below(4) if chance.one_in(12) else 0):
        data = _mutated_bytes(chance, data)
    return kind, data


def _kind(chance: Chance) -> str:
    left = chance.below(sum(SHARES.values()))
    for kind, share in SHARES.items():
        if left < share:
            return kind
        left -= share
    return KINDS[0]


def _mutated_bytes(chance: Chance, data: bytes) -> bytes:
    at = chance.below(len(data) + 1)
    end = min(len(data), at + 1 + chance.below(8))
    piece = bytes(chance.below(256) for _ in range(1 + chance.below(4)))
    return chance.pick(
        (data[:at] + piece + data[at:], data[:at] + data[end:], data[:at] + piece + data[end:], data[:at])
    )


def _lines(chance: Chance, text: str, kind: str, base: Corpus) -> str:
    lines = text.split("\n")
    at, to = chance.below(len(lines)), chance.below(len(lines))
    what = chance.below(7)
    if what == 0:
        del lines[at]
    elif what == 1:
        lines.insert(at, lines[to])
    elif what == 2:
        lines[at], lines[to] = lines[to], lines[at]
    elif what == 3:
        lines[at] = " " * chance.below(9) + lines[at].lstrip()
    elif what == 4:
        lines[min(at, to) : max(at, to)] = []
    elif what == 5:
        lines.insert(at, lines[at] * (1 + chance.below(4)))
    else:
        lines[at] = lines[at] + chance.pick(NASTY)
    return "\n".join(lines)


def _token(chance: Chance, text: str, kind: str, base: Corpus) -> str:
    found = list(TOKEN.finditer(text))
    if not found:
        return chance.pick(NASTY) + text
    match = chance.pick(found)
    other = chance.pick(found)[0]
    new = chance.pick((chance.pick(NASTY), chance.pick(NASTY), other, other, "", match[0] * 2, f"'{match[0]}'"))
    return text[: match.start()] + new + text[match.end() :]


def _quantity(chance: Chance, text: str, kind: str, base: Corpus) -> str:
    found = list(NUMBER.finditer(text))
    if not found:
        return text
    match = chance.pick(found)
    digits = str(chance.below(10 ** (1 + chance.below(7))))
    new = chance.pick(
        (
            digits,
            f"-{match[0]}",
            f"{match[0]}{'0' * chance.below(12)}",
            f"0.{'0' * chance.below(9)}{digits}",
            f"{match[0]}e{chance.below(30) - 15}",
            f"{match[0]}.{digits}",
            f"{digits} {chance.pick(UNITS)}",
        )
    )
    end = match.end()
    if chance.one_in(4):
        unit = re.compile(r" ?[A-Za-z%/]*").match(text, end)
        end = unit.end() if unit else end
        new += f" {chance.pick(UNITS)}"
    return text[: match.start()] + new + text[end:]


def _key(chance: Chance, text: str, kind: str, base: Corpus) -> str:
    found = list(KEY.finditer(text))
    if not found:
        return text
    match = chance.pick(found)
    word = match[0]
    at = chance.below(len(word))
    typo = word[:at] + chance.pick(("", word[at] * 2, "x", "\u043e", word[at].upper())) + word[at + 1 :]
    new = chance.pick(
        (typo, chance.pick(found)[0], "x: 1, " + word, f"{word}: {word}", "ruggli", "1", "'" + word + "'")
    )
    return text[: match.start()] + new + text[match.end() :]


def _nesting(chance: Chance, text: str, kind: str, base: Corpus) -> str:
    found = list(TOKEN.finditer(text))
    if not found:
        return text
    match = chance.pick(found)
    deep = 1 + chance.below(25)
    opening, closing = chance.pick((("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", ""), ("\n" + " " * deep, "")))
    new = opening * deep + match[0] + closing * (deep if chance.below(4) else chance.below(deep))
    return text[: match.start()] + new + text[match.end() :]


def _huge(chance: Chance, text: str, kind: str, base: Corpus) -> str:
    if not chance.one_in(12):
        return _token(chance, text, kind, base)
    found = list(TOKEN.finditer(text))
    size: int = 10 ** (1 + chance.below(5))
    piece = chance.pick(("x", "9", "[", "{", "- ", " ", "\n", "a: ", "\u00b5", "'", "#", "a: b\n", "[a, ", "$x"))
    new = piece * (size // len(piece))
    if not found:
        return new + text
    start, end = chance.pick(found).span()
    return text[:start] + new + text[end:]


def _splice(chance: Chance, text: str, kind: str, base: Corpus) -> str:
    other = chance.pick(base.files[kind if chance.below(3) else chance.pick(KINDS)])
    mine, theirs = text.split("\n"), other.split("\n")
    at, to = chance.below(len(mine) + 1), chance.below(len(theirs) + 1)
    return "\n".join(mine[:at] + theirs[to:])


TEXT_MUTATIONS: tuple[Callable[[Chance, str, str, Corpus], str], ...] = (
    *(_lines, _token, _token, _quantity, _quantity, _quantity, _key, _nesting, _huge, _splice),
)


def _mutated_tree(chance: Chance, kind: str, base: Corpus) -> bytes:
    tree = json.loads(json.dumps(chance.pick(base.trees[kind])))
    for _ in range(1 + chance.below(3)):
        _change(chance, tree, kind, base)
    indent = chance.pick((None, 1, 2))
    return json.dumps(tree, indent=indent, ensure_ascii=chance.one_in(2)).encode("utf-8", "surrogatepass")


def _change(chance: Chance, tree: Any, kind: str, base: Corpus) -> None:
    places = list(_places(tree))
    if not places:
        return
    holder, key = chance.pick(places)
    other_holder, other_key = chance.pick(places)
    what = chance.below(8)
    if what == 0:
        del holder[key]
    elif what == 1:
        holder[key] = chance.pick(NASTY)
    elif what == 2:
        holder[key] = json.loads(json.dumps(other_holder[other_key]))
    elif what == 3:
        holder[key] = [holder[key]] * chance.below(4)
    elif what == 4:
        holder[key] = {chance.pick(("a", "id", "do", "", "ruggli", "name", "volume")): holder[key]}
    elif what == 5 and isinstance(holder, list):
        holder.extend(json.loads(json.dumps(holder)) if len(holder) < 200 else ())
    elif what == 6 and isinstance(holder, dict):
        holder[chance.pick(places)[1] if chance.below(2) else chance.pick(NASTY)] = holder[key]
    else:
        foreign = list(_places(chance.pick(base.trees[chance.pick(KINDS)])))
        if foreign:
            there, name = chance.pick(foreign)
            holder[key] = json.loads(json.dumps(there[name]))


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        keys = list(node) if isinstance(node, dict) else range(len(node))
        for key in keys:
            yield node, key
            if isinstance(node[key], dict | list):
                waiting.append(node[key])


# ---- judging ----


def judge(kind: str, data: bytes, base: Corpus) -> tuple[str, str]:
    """What came of a file (`read`, `planned`, `refused CODE`), and what is wrong with that, "" where nothing is."""
    file = f"{kind}.yaml"
    try:
        came, problems = _read(kind, data, file, base)
    except ProblemsError as error:
        if not error.problems or error.problems[0].severity is not Severity.ERROR:
            return "refused", "refused without an error"
        came, problems = f"refused {error.problems[0].code}", error.problems
        text = str(error)
        if kind == "notify" and SECRET in text + repr(problems):
            return came, "a secret is shown"
    except (Exception, MemoryError, Hang) as error:
        return "escaped", f"{type(error).__name__}: {str(error)[:200]}"
    return came, _misplaced(problems, file, data)


def _read(kind: str, data: bytes, file: str, base: Corpus) -> tuple[str, tuple[Problem, ...]]:
    if kind == "answers":
        read_answers(data, file, base.plan)
        return "read", ()
    if kind == "faults":
        read_faults(data, file, base.rig, dry=True)
        return "read", ()
    if kind == "notify":
        read_notify(data, file)
        return "read", ()
    if kind == "kinetics":
        read_kinetics(data, file)
        return "read", ()
    unattended = len(data) % 2 == 0
    if kind == "rig":
        rig = read_rig(data, file)
        plan = make_plan(base.protocol, rig, cards(), PlanSettings(unattended))
    else:
        protocol = read_protocol(data, file, unattended=unattended)
        plan = make_plan(protocol, base.rig, cards(), PlanSettings(unattended), structures_of(protocol.protocol))
    json.dumps(plan_as_json(plan), allow_nan=False)
    return "planned", plan.problems


def _misplaced(problems: tuple[Problem, ...], file: str, data: bytes) -> str:
    text = data.decode("utf-8-sig", "replace")
    lines = {file: len(re.findall(r"\r\n|\r|\n", text)) + 1, BASE_RIG: 1000, BASE_PROTOCOL: 1000}
    for problem in problems:
        last = lines.get(problem.file, 0)
        if not 1 <= problem.line <= last or problem.column < 1 or not problem.message or not problem.code:
            return (
                f"{problem.code} at {problem.file}:{problem.line}:{problem.column} is no place: {problem.message[:80]}"
            )
    json.dumps([problem.as_dict() for problem in problems])
    render_problems(problems[:20], {file: text})
    return ""


class Hang(BaseException):
    """A reader took far too long."""


@dataclass
class Tally:
    """What came of many files."""

    count: int = 0
    came: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, int] = (0.0, -1)
    memory: int = 0
    violations: list[tuple[int, str, str]] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.count += other.count
        self.came += other.came
        self.kinds += other.kinds
        self.slowest = max(self.slowest, other.slowest)
        self.memory = max(self.memory, other.memory)
        self.violations += other.violations

    def as_json(self) -> dict[str, Any]:
        return {**vars(self), "came": dict(self.came), "kinds": dict(self.kinds)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Tally:
        return cls(
            data["count"],
            Counter(data["came"]),
            Counter(data["kinds"]),
            (data["slowest"][0], data["slowest"][1]),
            data["memory"],
            [(row[0], row[1], row[2]) for row in data["violations"]],
        )


def work(seed: int, first: int, count: int, step: int, *, canary: bool) -> Tally:
    """Make and judge the files `first`, `first + step`, ..., `count` in all."""
    base = corpus()
    for kind in KINDS:
        for text in dict.fromkeys(base.files[kind]):
            judge(kind, text.encode(), base)
    tally = Tally()
    measured = _guard()
    before = measured()
    for index in range(first, first + count * step, step):
        kind, data = make_case(seed, index, base)
        began = time.process_time()
        with_timer(HANG_SECONDS)
        try:
            came, wrong = judge(kind, data, base)
        except Hang:
            came, wrong = "escaped", "Hang"
        with_timer(0)
        took = time.process_time() - began
        if canary and index % 97 == 13:
            wrong = "the canary"
        if took > LONGEST_SECONDS:
            wrong = wrong or f"took {took:.2f} s"
        tally.count += 1
        tally.came[came] += 1
        tally.kinds[kind] += 1
        tally.slowest = max(tally.slowest, (took, index))
        if wrong:
            tally.violations.append((index, kind, wrong))
    tally.memory = max(0, measured() - before)
    return tally


def _guard() -> Callable[[], int]:
    """Bound what may be allocated from here on, where the system can; returns what tells the largest use in bytes."""
    if sys.platform == "win32":
        return lambda: 0
    import resource
    import signal

    def hung(_number: int, _frame: object) -> None:
        raise Hang

    signal.signal(signal.SIGALRM, hung)
    if sys.platform == "linux":
        used = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + MOST_BYTES, resource.RLIM_INFINITY))
    unit = 1024 if sys.platform == "linux" else 1
    return lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def with_timer(seconds: int) -> None:
    """Have `Hang` raised after this time, where the system can; 0 stops that."""
    if sys.platform != "win32":
        import signal

        signal.alarm(seconds)


def shrink(kind: str, data: bytes, base: Corpus) -> bytes:
    """A smaller file with which the same is wrong."""
    wrong = judge(kind, data, base)[1].partition(":")[0]
    for separator in (b"\n", b""):
        parts = data.split(b"\n") if separator else [data[n : n + 1] for n in range(len(data))]
        size = max(1, len(parts) // 2)
        while size:
            at = 0
            while at < len(parts):
                fewer = parts[:at] + parts[at + size :]
                if judge(kind, separator.join(fewer), base)[1].partition(":")[0] == wrong:
                    parts = fewer
                else:
                    at += size
            size //= 2
        data = separator.join(parts)
    return data


# ---- command line ----


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Read mutated files; only a refusal with places may come of it.")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", type=int, metavar="N", help="show file N of the seed and what comes of it")
    parser.add_argument("--shrink", action="store_true", help="with --only: make it smaller")
    parser.add_argument("--canary", action="store_true", help="pretend a violation in every 97th file")
    parser.add_argument("--part", nargs=3, type=int, metavar=("FIRST", "COUNT", "STEP"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.only is not None:
        return show_one(options.seed, options.only, smaller=options.shrink)
    if options.part:
        print(json.dumps(work(options.seed, *options.part, canary=options.canary).as_json()))
        return 0
    return run_all(options)


def show_one(seed: int, index: int, *, smaller: bool) -> int:
    base = corpus()
    kind, data = make_case(seed, index, base)
    data = shrink(kind, data, base) if smaller else data
    came, wrong = judge(kind, data, base)
    sys.stdout.write(f"{kind}, {len(data)} bytes: {came}{'; WRONG: ' if wrong else ''}{wrong}\n{data!r}\n")
    return 1 if wrong else 0


def run_all(options: argparse.Namespace) -> int:
    began = time.monotonic()
    jobs = max(1, min(options.jobs, options.count))
    command = [sys.executable, __file__, "--seed", str(options.seed), *(["--canary"] if options.canary else [])]
    parts = [(job, len(range(job, options.count, jobs)), jobs) for job in range(jobs)]
    children = [
        subprocess.Popen([*command, "--part", *map(str, part)], stdout=subprocess.PIPE, text=True) for part in parts
    ]
    tally = Tally()
    for child, part in zip(children, parts, strict=True):
        output = child.communicate()[0]
        if child.returncode:
            tally.violations.append((part[0], "worker", f"the worker died with exit code {child.returncode}"))
        else:
            tally.add(Tally.from_json(json.loads(output)))
    seconds = time.monotonic() - began
    tell(tally, options.seed, seconds)
    return 1 if tally.violations else 0


def tell(tally: Tally, seed: int, seconds: float) -> None:
    kinds = ", ".join(f"{name} {tally.kinds[name]}" for name in KINDS)
    rate = tally.count / max(seconds, 1e-9)
    print(f"seed {seed}: {tally.count} files ({kinds}) in {seconds:.0f} s, {rate:.0f} a second")
    print("came: " + ", ".join(f"{name} {number}" for name, number in sorted(tally.came.items())))
    slowest, index = tally.slowest
    print(f"slowest {slowest:.3f} s (file {index}); memory grew by {tally.memory / 1e6:.1f} MB at most")
    print(f"violations: {len(tally.violations)}")
    for index, kind, wrong in tally.violations[:40]:
        print(f"  --seed {seed} --only {index}: {kind}: {wrong}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
