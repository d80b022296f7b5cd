"""The order of the steps: loops end, and states begin before they end."""

from collections.abc import Iterator

from ruggli.documents.nodes import Path
from ruggli.protocol.finding import Finding
from ruggli.protocol.model import AnswerAction, Monitor, Protocol


def check_flow(protocol: Protocol) -> Iterator[Finding]:
    """S15, as far as it can occur: steps run in the order of the file, and only an analysis asks again."""
    for index, step in enumerate(protocol.steps):
        if isinstance(step, Monitor):
            yield from _answers(("steps", index, "answers"), step, last=index == len(protocol.steps) - 1)
    if protocol.atmosphere is not None:
        order = {step.id: index for index, step in reversed(list(enumerate(protocol.steps)))}
        start, end = order.get(protocol.atmosphere.start), order.get(protocol.atmosphere.end)
        if start is not None and end is not None and start > end:
            yield Finding(
                ("atmosphere", "end"),
                "E-FLOW",
                f"the inert atmosphere ends with step {protocol.atmosphere.end}, "
                f"which comes before its start, step {protocol.atmosphere.start}",
                protocol.atmosphere.end,
                f"{protocol.atmosphere.start} or a later step",
                "exchange start and end",
            )


def _answers(path: Path, step: Monitor, last: bool) -> Iterator[Finding]:
    for number, rule in enumerate(step.answers):
        place = (*path, number)
        earlier = [other.answer.casefold() for other in step.answers[:number] if other.answer is not None]
        if rule.answer is not None and rule.answer.casefold() in earlier:
            message = f"step {step.id} has the answer `{rule.answer}` twice"
            yield Finding((*place, "answer"), "E-CONFLICT", message, rule.answer, "each answer once", "remove one")
        if rule.does is AnswerAction.WAIT:
            if rule.after is None:
                message = f"step {step.id}: `{rule.label}` waits, and does not say how long"
                yield Finding(place, "E-MISSING", message, rule.label, "after", "add e.g. `after: 30 min`")
            if rule.at_most is None:
                message = f"step {step.id}: `{rule.label}` asks again without end"
                yield Finding(place, "E-FLOW", message, rule.label, "at_most", "add e.g. `at_most: 4`")
        else:
            for key in ("after", "at_most"):
                if getattr(rule, key) is not None:
                    message = f"step {step.id}: `{rule.label}` does not wait, so `{key}` means nothing"
                    value = str(getattr(rule, key))
                    yield Finding((*place, key), "E-CONFLICT", message, value, "does: wait", f"remove `{key}`")
    leads_on = any(
        r.does is AnswerAction.GO_ON or (r.does is AnswerAction.WAIT and r.then == "go_on") for r in step.answers
    )
    if not leads_on and not last:
        message = f"no answer of step {step.id} leads on, so the steps after it are never reached"
        yield Finding(path, "E-FLOW", message, "", "one answer with does: go_on", "add one")
