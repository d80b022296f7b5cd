"""The same seed gives the same trace on every Python and system: what could break that is read from the source."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DECIDES = ("engine", "plan", "journal", "devices", "app/trial")
FOLDERS = (*(f"src/ruggli/{name}" for name in DECIDES), "drivers", "simulator")
SERVERS = ("server.py", "control.py", "serve.py", "pty_port.py")
"""Parts of the simulator that talk to other programs in real time."""

MODULES = ("uuid", "locale", "secrets", "tempfile")
CLOCKS = ("now", "utcnow", "today")
CLOCK_CLASSES = ("datetime", "date")
LISTINGS = ("listdir", "scandir", "iterdir", "glob", "rglob", "walk")
CHANCE = ("urandom", "getrandom")

IDENTITIES = {
    ("simulator/ruggli_simulator/vessel.py", "id"): "finds what was prepared for a liquid; the entry keeps it alive, "
    "and nothing is ordered by it",
}
"""Uses of `id()` and `hash()` that decide nothing, each with its reason."""

UNORDERED = ("sorted", "set", "frozenset", "any", "all", "len", "fsum")
"""What may take a set: the result does not depend on the order (`fsum` rounds once)."""

ORDERED = ("list", "tuple", "enumerate", "iter", "map", "filter", "zip", "reversed", "fromkeys", "join", "next", "sum")
SET_METHODS = ("union", "intersection", "difference", "symmetric_difference")
WHOLE = re.compile(r"\b(?:len|ord)\(|\.writes\b|\.exchanges\(\)|^1$|^\w+(?:\.\w+)* (?:is|==) ")
"""Elements of a sum that are whole numbers: they are exact in any order."""


def sources() -> list[Path]:
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if path.name not in SERVERS)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def name_of(node: ast.expr) -> str:
    """The last part of a name: `b` of `a.b`."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def is_set_type(node: ast.expr | None) -> bool:
    text = "" if node is None else ast.unparse(node).strip("'\"")
    return re.match(r"(?:frozen)?set\b|(?:Abstract|Mutable)?Set\b", text) is not None


def set_attributes(trees: list[ast.Module]) -> frozenset[str]:
    """Attributes and constants that are sets, and functions that return one, anywhere in the program."""
    found: set[str] = set()
    for module in trees:
        for node in ast.walk(module):
            if isinstance(node, ast.Module | ast.ClassDef):
                declared = [item for item in node.body if isinstance(item, ast.AnnAssign)]
                found.update(name_of(item.target) for item in declared if is_set_type(item.annotation))
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Attribute):
                found.update({node.target.attr} if is_set_type(node.annotation) else ())
            elif isinstance(node, ast.FunctionDef) and is_set_type(node.returns):
                found.add(node.name)
        for item in module.body:
            if isinstance(item, ast.Assign) and is_set(item.value, frozenset()):
                found.update(name_of(target) for target in item.targets)
    return frozenset(found)


def is_set(node: ast.expr, names: frozenset[str]) -> bool:
    """Whether an expression is seen to be a set; `names` has variables, and attributes with a dot before them."""
    if isinstance(node, ast.Set | ast.SetComp):
        return True
    if isinstance(node, ast.Name):
        return node.id in names
    if isinstance(node, ast.Attribute):
        return f".{node.attr}" in names
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr | ast.BitXor | ast.Sub):
        return any(is_set(side, names) or is_keys(side) for side in (node.left, node.right))
    if isinstance(node, ast.IfExp):
        return is_set(node.body, names) or is_set(node.orelse, names)
    if not isinstance(node, ast.Call):
        return False
    called = name_of(node.func)
    if called in SET_METHODS:
        return True
    return called in ("set", "frozenset") or (called in names and not isinstance(node.func, ast.Attribute))


def is_keys(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "keys"


def scopes(module: ast.Module) -> Iterator[ast.Module | ast.FunctionDef]:
    yield module
    yield from (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef))


def inside(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope without those of the functions in it."""
    for child in ast.iter_child_nodes(scope):
        yield child
        if not isinstance(child, ast.FunctionDef):
            yield from inside(child)


def local_sets(scope: ast.Module | ast.FunctionDef, everywhere: frozenset[str]) -> frozenset[str]:
    """Names that are sets in a scope; an argument or a variable of another kind hides one from elsewhere."""
    arguments: list[ast.arg] = []
    if isinstance(scope, ast.FunctionDef):
        arguments = [*scope.args.posonlyargs, *scope.args.args, *scope.args.kwonlyargs]
    names = everywhere - {argument.arg for argument in arguments}
    names |= {argument.arg for argument in arguments if is_set_type(argument.annotation)}
    for node in inside(scope):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            target = {node.target.id}
            names = names | target if is_set_type(node.annotation) else names - target
        elif isinstance(node, ast.Assign):
            targets = {part.id for whole in node.targets for part in ast.walk(whole) if isinstance(part, ast.Name)}
            names = names | targets if is_set(node.value, names) else names - targets
    return frozenset(names | {f".{name}" for name in everywhere})


def iterated(node: ast.AST) -> Iterator[ast.expr]:
    """What a node goes through in an order that matters."""
    if isinstance(node, ast.For):
        yield node.iter
    elif isinstance(node, ast.ListComp | ast.DictComp | ast.GeneratorExp):
        yield from (part.iter for part in node.generators)
    elif isinstance(node, ast.Starred):
        yield node.value
    elif isinstance(node, ast.Call) and name_of(node.func) in ORDERED:
        yield from node.args


def harmless(module: ast.Module) -> frozenset[ast.AST]:
    """Nodes whose order goes nowhere: arguments of `sorted` and of its like."""
    found: set[ast.AST] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and name_of(node.func) in UNORDERED:
            found.update(node.args)
        elif isinstance(node, ast.Set):
            found.update(node.elts)
    return frozenset(found)


def undetermined(module: ast.Module, where: str, everywhere: frozenset[str] = frozenset()) -> list[str]:
    """Everything in a module that may differ from one process, Python or system to the next."""
    found: list[str] = []
    settled = harmless(module)

    def note(node: ast.AST, text: str) -> None:
        found.append(f"{where}:{getattr(node, 'lineno', 0)} {text}")

    for node in ast.walk(module):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(alias.name for alias in node.names if alias.name in CHANCE + LISTINGS)]
        for name in names:
            if name.partition(".")[0] in MODULES or name in CHANCE + LISTINGS:
                note(node, f"imports {name}")
        if not isinstance(node, ast.Call):
            continue
        called = name_of(node.func)
        if isinstance(node.func, ast.Name):
            if called in ("id", "hash") and (where, called) not in IDENTITIES:
                note(node, f"calls {called}(): it differs from process to process")
            if called == "sum" and not _is_whole(node, module):
                note(node, "sums with sum(): its rounding differs from Python 3.12 on; use math.fsum")
        else:
            owner = name_of(node.func.value) if isinstance(node.func, ast.Attribute) else ""
            if called in CLOCKS and owner in CLOCK_CLASSES:
                note(node, f"asks the computer's clock: {owner}.{called}()")
            if called in CHANCE:
                note(node, f"leaves to chance: {called}()")
            if called in LISTINGS and node not in settled:
                note(node, f"lists a folder unsorted: {called}()")
    for scope in scopes(module):
        sets = local_sets(scope, everywhere)
        for inner in inside(scope):
            if inner in settled and isinstance(inner, ast.GeneratorExp | ast.ListComp | ast.Starred):
                continue
            for one in iterated(inner):
                if is_set(one, sets):
                    note(one, f"goes through the set {ast.unparse(one)[:60]}: use sorted()")
    return found


def _is_whole(node: ast.Call, module: ast.Module) -> bool:
    counting = [
        item.name
        for item in module.body
        if isinstance(item, ast.FunctionDef) and item.returns is not None and ast.unparse(item.returns) == "int"
    ]
    if not node.args:
        return False
    first = node.args[0]
    element = first.elt if isinstance(first, ast.GeneratorExp | ast.ListComp) else first
    if isinstance(element, ast.Call) and name_of(element.func) in counting:
        return True
    return WHOLE.search(ast.unparse(element)) is not None


def test_nothing_in_what_decides_differs_from_run_to_run() -> None:
    everywhere = set_attributes([tree(path) for path in sources()])
    assert [line for path in sources() for line in undetermined(tree(path), place(path), everywhere)] == []


def test_every_use_of_an_identity_that_is_allowed_is_there() -> None:
    for (where, called), reason in IDENTITIES.items():
        calls = [n for n in ast.walk(tree(ROOT / where)) if isinstance(n, ast.Call) and name_of(n.func) == called]
        assert calls and reason


@pytest.mark.parametrize(
    "text",
    [
        "import uuid",
        "from locale import getlocale",
        "from os import urandom",
        "x = os.urandom(4)",
        "x = datetime.now(UTC)",
        "x = datetime.datetime.utcnow()",
        "x = date.today()",
        "order = id(x)",
        "order = sorted(rows, key=lambda row: hash(row))",
        "for name in os.listdir('x'): pass",
        "for name in folder.iterdir(): pass",
        "for x in {1, 2}: pass",
        "for x in set(rows): pass",
        "rows = [x for x in frozenset(rows)]",
        "rows = list(set(rows))",
        "text = ', '.join({x.name for x in rows})",
        "rows = dict.fromkeys(set(rows))",
        "rows = (*{1, 2},)",
        "def f(rows: frozenset[str]) -> None:\n    for x in rows: pass",
        "def f() -> None:\n    rows = {1, 2}\n    for x in rows: pass",
        "def f() -> None:\n    rows: set[int] = made()\n    for x in rows: pass",
        "def f(a: dict[str, int], b: set[str]) -> None:\n    for x in a.keys() - b: pass",
        "def f(a: set[str]) -> None:\n    for x in a.union(b): pass",
        "class A:\n    done: set[str]\n    def f(self) -> None:\n        for x in self.done: pass",
        "def f() -> frozenset[str]: ...\ndef g() -> None:\n    return [x for x in f()]",
        "KINDS = frozenset({'a', 'b'})\ndef f() -> None:\n    return {x: 1 for x in KINDS}",
        "x = sum(row.volume for row in rows)",
        "x = sum(volumes)",
    ],
)
def test_a_planted_line_is_seen(text: str) -> None:
    module = ast.parse(text)
    assert undetermined(module, "src/ruggli/engine/x.py", set_attributes([module]))


@pytest.mark.parametrize(
    "text",
    [
        "for x in sorted({1, 2}): pass",
        "rows = sorted(x for x in set(rows))",
        "same = any(x > 1 for x in {1, 2})",
        "both = {x for x in set(rows)}",
        "for name in sorted(os.listdir('x')): pass",
        "x = math.fsum(row.volume for row in rows)",
        "x = sum(1 for row in rows if row)",
        "x = sum(len(row) for row in rows)",
        "now = loop.now()",
        "def f(done: tuple[str, ...]) -> None:\n    for x in done: pass",
    ],
)
def test_what_is_the_same_everywhere_is_let_through(text: str) -> None:
    assert undetermined(ast.parse(text), "src/ruggli/engine/x.py", frozenset({"done"})) == []
