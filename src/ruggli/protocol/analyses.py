"""Analyses: results that the method can tell, of substances that the file knows, and a decision table without gaps."""

from collections.abc import Iterator
from typing import Final

from ruggli.documents.nodes import Path
from ruggli.protocol.decision import MOST_CELLS, judge
from ruggli.protocol.finding import Finding, nearest
from ruggli.protocol.model import AnswerAction, Monitor, OnTimeout, Protocol
from ruggli.protocol.monitor_step import AnswerRule, Results, When
from ruggli.protocol.results import ResultKind

PRODUCTS: Final = ("product", "ring", "dimer", "cyclic_dimer", "oligomer", "isomer", "imine", "by_product")
"""What a reaction makes and no file lists; results may name it beside the reagents."""


def check_analyses(protocol: Protocol) -> Iterator[Finding]:
    """What is asked for after an analysis, and what the answers lead to."""
    for index, step in enumerate(protocol.steps):
        if isinstance(step, Monitor):
            yield from _kinds_of_answer(("steps", index), step)
            yield from _silence(("steps", index), step, protocol)
            if step.results is not None:
                yield from _results(("steps", index, "results"), step, step.results, protocol)
                yield from _table(("steps", index, "answers"), step, step.results)


def _kinds_of_answer(path: Path, step: Monitor) -> Iterator[Finding]:
    for number, rule in enumerate(step.answers):
        place = (*path, "answers", number)
        if step.results is None and rule.when is not None:
            message = f"step {step.id}: a row has `when`, and the step has no results to which it could apply"
            remedy = "add e.g. `results: {conversion: true}`, or write `answer`"
            yield Finding((*place, "when"), "E-CONFLICT", message, rule.label, "results", remedy)
        elif step.results is not None and rule.answer is not None:
            message = f"step {step.id}: its results are figures, so the answer `{rule.answer}` is never given"
            remedy = "write e.g. `when: {conversion: at least 95 %}`, or remove `results`"
            yield Finding((*place, "answer"), "E-CONFLICT", message, rule.answer, "when", remedy)
        elif rule.answer is None and rule.when is None:
            key, example = ("answer", "answer: complete") if step.results is None else ("when", "when: otherwise")
            message = f"step {step.id}: a row does not say to what it applies"
            yield Finding(place, "E-MISSING", message, rule.does.value, key, f"add e.g. `{example}`")


def _results(path: Path, step: Monitor, results: Results, protocol: Protocol) -> Iterator[Finding]:
    quantities = results.quantities()
    if not quantities:
        yield Finding(
            path,
            "E-MISSING",
            f"step {step.id} has `results` that ask for nothing",
            "",
            "conversion, area_percent or rf",
            "add e.g. `conversion: true`, or remove `results`",
        )
    if results.uncertainty is not None and not results.conversion:
        message = f"step {step.id}: the uncertainty is that of the conversion, which is not asked for"
        place = (*path, "uncertainty")
        yield Finding(place, "E-CONFLICT", message, str(results.uncertainty), "conversion: true", "remove it")
    if step.value is not None:
        message = f"step {step.id} has `results` and `value`; both ask for a figure"
        place = (*path[:-1], "value")
        yield Finding(place, "E-CONFLICT", message, step.value.name.lower(), "results", "remove `value`")
    for kind in dict.fromkeys(kind for kind, _ in quantities):
        if step.method not in kind.methods:
            message = f"step {step.id}: {step.method} does not tell `{kind.word}`"
            bound = f"method: {', '.join(kind.methods)}"
            yield Finding((*path, kind.word), "E-CONFLICT", message, step.method, bound, "ask for another result")
    for kind in (ResultKind.AREA_PERCENT, ResultKind.RF):
        names = [name for other, name in quantities if other is kind]
        for number, name in enumerate(names):
            place = (*path, kind.word, number)
            if name in names[:number]:
                message = f"step {step.id} asks for `{kind.word}` of {name} twice"
                yield Finding(place, "E-CONFLICT", message, name, "each once", "remove one")
            elif name not in protocol.reagents and name not in PRODUCTS:
                message = f"step {step.id} asks for `{kind.word}` of {name}, which is no reagent and no product"
                bound = f"a reagent of this file, or {', '.join(PRODUCTS)}"
                yield Finding(place, "E-REF", message, name, bound, nearest(name, (*protocol.reagents, *PRODUCTS)))


def _silence(path: Path, step: Monitor, protocol: Protocol) -> Iterator[Finding]:
    """Nobody answers: neither a figure nor a sample may come of that."""
    if (step.on_timeout or protocol.prompts.on_timeout) is not OnTimeout.CONTINUE:
        return
    if step.results is not None:
        what = "asks for figures, and goes on without them when nobody answers"
    elif step.aliquot is not None:
        what = "takes a sample, and counts it as taken when nobody answers"
    else:
        return
    own = step.on_timeout is not None
    place = (*path, "on_timeout") if own else ("prompts", "on_timeout")
    remedy = "write `on_timeout: hold`" if own else f"write `on_timeout: hold` at step {step.id}"
    yield Finding(place, "E-CONFLICT", f"step {step.id} {what}", "continue", "hold or stop", remedy)


def _table(path: Path, step: Monitor, results: Results) -> Iterator[Finding]:
    asked = results.quantities()
    unknown = False
    for number, rule in enumerate(step.answers):
        if not isinstance(rule.when, When):
            continue
        place = (*path, number, "when")
        if not list(rule.when.bounds()):
            unknown = True
            message = f"step {step.id}: a row has an empty `when`"
            yield Finding(place, "E-MISSING", message, "", "a bound, or otherwise", "write e.g. `when: otherwise`")
        for (kind, name), bound in rule.when.bounds():
            if (kind, name) not in asked:
                unknown = True
                what = kind.words(name)
                message = f"step {step.id}: a row looks at {what}, which is not among the results"
                inner = (*place, kind.word, name) if name else (*place, kind.word)
                yield Finding(inner, "E-REF", message, str(bound), "one of the results", f"add {what} to `results`")
    if not unknown and all(rule.when is not None for rule in step.answers):
        yield from _covered(path, step)


def _covered(path: Path, step: Monitor) -> Iterator[Finding]:
    found = judge(step.answers)
    if found.cells > MOST_CELLS:
        message = f"step {step.id}: the table has too many bounds to be looked through"
        bound = f"at most {MOST_CELLS} combinations"
        yield Finding(path, "E-LENGTH", message, f"{found.cells} combinations", bound, "look at fewer results")
        return
    for number in found.idle:
        rule = step.answers[number]
        message = f"step {step.id}: the row `{rule.label}` never decides; earlier rows take every result it is for"
        yield Finding((*path, number, "when"), "E-CONFLICT", message, rule.label, "a row that decides", _idle(rule))
    if found.gap:
        message = f"step {step.id}: no row says what to do at {found.gap}"
        remedy = "add a row for it, or `when: otherwise` as the last one"
        yield Finding(path, "E-MISSING", message, found.gap, "a row for every result", remedy)
    if found.happy is None and not found.gap and any(rule.does is AnswerAction.GO_ON for rule in step.answers):
        message = f"step {step.id}: no result leads on"
        yield Finding(path, "E-FLOW", message, "", "one row with does: go_on that decides", "put it first")


def _idle(rule: AnswerRule) -> str:
    return "remove it" if rule.when == "otherwise" else "put it before the wider row, or remove it"
