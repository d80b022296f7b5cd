"""The answers file: what a scripted operator says, a list of prompt id, answer and after how long."""

import re
from typing import Annotated

from pydantic import Field, ValidationError

from ruggli.documents.findings import problems_of
from ruggli.documents.model import Model
from ruggli.documents.nodes import Document
from ruggli.documents.place import did_you_mean, problem_at
from ruggli.documents.problem import Problem, ProblemsError, Severity
from ruggli.documents.reader import read_list
from ruggli.engine.desk import refusal
from ruggli.plan.model import Plan
from ruggli.quantities.base import Seconds
from ruggli.quantities.fields import Duration, Text
from ruggli.world.operator import ScriptedAnswer

SECTION = "answers"


class Answer(Model):
    """One answer: to which prompt, what, and how long after it was asked."""

    id: Text
    answer: Text
    after: Duration | None = None


class Answers(Model):
    """The whole file."""

    answers: Annotated[list[Answer], Field(max_length=1000)]


def read_answers(data: bytes, file: str, plan: Plan | None = None) -> tuple[ScriptedAnswer, ...]:
    """Read an answers file, YAML or JSON.

    Args:
        data: the file's bytes.
        file: its name for messages.
        plan: when given, every id must be one that the run may ask, and every answer one that it takes.

    Raises:
        ProblemsError: every error of the file, with line and column.
    """
    document = read_list(data, file, SECTION)
    try:
        found = Answers.model_validate(document.plain()).answers
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        raise ProblemsError(tuple(problems_of(document, Answers, details))) from None
    problems = () if plan is None else (*_unknown(document, found, plan), *_unfit(document, found, plan))
    if problems:
        raise ProblemsError(problems)
    return tuple(
        ScriptedAnswer(item.id, item.answer, None if item.after is None else Seconds(item.after.base)) for item in found
    )


def _unknown(document: Document, found: list[Answer], plan: Plan) -> tuple[Problem, ...]:
    ids = tuple(dict.fromkeys(prompt.id for prompt in plan.prompts))
    problems = []
    for index, item in enumerate(found):
        if item.id in ids or _asked_on_occasion(item.id, plan):
            continue
        guess = did_you_mean(item.id, ids)
        remedy = f"did you mean {guess}?" if guess else "`ruggli plan --json` lists the ids under `prompts`"
        message = f"nothing asks a question with the id {item.id}"
        problems.append(problem_at(document, (SECTION, index, "id"), "E-REF", Severity.ERROR, message, remedy=remedy))
    return tuple(problems)


def _unfit(document: Document, found: list[Answer], plan: Plan) -> tuple[Problem, ...]:
    prompts = {prompt.id: prompt for prompt in plan.prompts}
    problems = []
    for index, item in enumerate(found):
        prompt = prompts.get(item.id)
        if prompt is None or not refusal(prompt, item.answer):
            continue
        bound = f"one of {', '.join(prompt.choices)}" if prompt.choices else prompt.wanted
        remedy = f"write e.g. {prompt.example}"
        message = f"the question {item.id} does not take this answer"
        place = (SECTION, index, "answer")
        problems.append(problem_at(document, place, "E-VALUE", Severity.ERROR, message, bound=bound, remedy=remedy))
    return tuple(problems)


def _asked_on_occasion(prompt_id: str, plan: Plan) -> bool:
    """Questions that no plan has, for they follow from what happens: a hold, a diameter, a doubtful dose."""
    devices = "|".join(re.escape(device.name) for device in plan.devices)
    steps = "|".join(re.escape(step.id) for step in plan.steps)
    return (
        re.fullmatch(rf"hold\.[0-9]+|diameter\.(?:{devices})|(?:{steps})\.doubt\.(?:{devices})", prompt_id) is not None
    )
