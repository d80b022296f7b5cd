"""Analyses: how often they may be asked, what a sample takes out of the vessel, and what is entered."""

from ruggli.plan.acts import Act, Remove
from ruggli.plan.context import Context, VesselState
from ruggli.plan.drafts import Draft
from ruggli.plan.model import MonitorWork
from ruggli.plan.monitor_work import PlannedSample, ResultQuestion, Sampling
from ruggli.plan.planned_prompt import PlannedPrompt
from ruggli.plan.prompts import SAMPLE, ask, volume_text
from ruggli.protocol.decision import judge
from ruggli.protocol.model import AnswerAction, Monitor
from ruggli.protocol.monitor_step import Quantity
from ruggli.protocol.results import ResultKind
from ruggli.quantities.base import Millilitres, Seconds

TAKE = Seconds(60.0)
ENTER = Seconds(60.0)
"""Times that a person takes to draw a sample, and to type a result: estimates."""


def plan_monitor(context: Context, index: int, step: Monitor) -> Draft:
    """An analysis; asked again as often as an answer may wait."""
    state = context.state(step.vessel)
    waits = [rule for rule in step.answers if rule.does is AnswerAction.WAIT]
    askings = 1 + max((rule.at_most or 1 for rule in waits), default=0)
    pause = max((float(rule.after.base) for rule in waits if rule.after is not None), default=0.0)
    starts = [Seconds(number * (pause + SAMPLE)) for number in range(askings)]
    prompts = () if step.results is not None else tuple(_word(context, state, step, *at) for at in enumerate(starts))
    sampling = None
    if step.results is not None or step.aliquot is not None:
        sampling = _sampling(context, state, step, starts)
        if step.aliquot is not None:
            context.take(state, step.id, ("steps", index, "aliquot"), sampling.aliquot, askings)
    work = MonitorWork(state.name, prompts, step.answers, sampling)
    return Draft(f"{step.method} of {state.name}", work, SAMPLE, state)


def _id(step: Monitor, number: int) -> str:
    return step.id if number == 0 else f"{step.id}.{number + 1}"


def _word(context: Context, state: VesselState, step: Monitor, number: int, after: Seconds) -> PlannedPrompt:
    answers = [rule.answer or "" for rule in step.answers]
    happy = next((rule.answer or "" for rule in step.answers if rule.does is AnswerAction.GO_ON), answers[0])
    value = f" Note the {step.value.label} too, e.g. {step.value.example}." if step.value is not None else ""
    text = f"{step.method} of {state.name}: {step.question}{value}"
    takes = SAMPLE if step.aliquot is None else Seconds(SAMPLE - TAKE)
    begin = after if step.aliquot is None else Seconds(after + TAKE)
    return ask(context, step, _id(step, number), text, takes, choices=tuple(answers), happy=happy, after=begin)


def _sampling(context: Context, state: VesselState, step: Monitor, starts: list[Seconds]) -> Sampling:
    results = step.results
    asked = () if results is None else results.quantities()
    areas = 0 if results is None else len(results.area_percent)
    happy = judge(step.answers).happy or {}
    volume = Millilitres(0.0 if step.aliquot is None else step.aliquot.base)
    acts: tuple[Act, ...] = (Remove(state.name, volume),) if volume and state.glass is not None else ()
    what = f"{volume_text(volume)} of {state.name}" if volume else state.name
    text = f"take a sample of {what} for {step.method} and write its number on it. {step.question}"
    samples = []
    for number, start in enumerate(starts):
        name = _id(step, number)
        take = ask(context, step, f"{name}.sample", text, TAKE, acts=acts, after=start)
        questions = []
        for place, (kind, of) in enumerate(asked):
            first = Seconds(SAMPLE - TAKE - ENTER * (len(asked) - 1)) if place == 0 else ENTER
            takes = Seconds(max(ENTER, first))
            prompt = ask(
                context,
                step,
                ".".join(filter(None, (name, kind.word, of))),
                f"{step.method} of {state.name}: {' '.join(filter(None, (kind.phrase, of)))}?",
                takes,
                choices=(),
                happy=_happy(happy, (kind, of), areas),
                after=Seconds(start + TAKE + place * ENTER),
                result=kind,
            )
            questions.append(ResultQuestion(kind, of, prompt))
        samples.append(PlannedSample(take, tuple(questions)))
    uncertainty = None if results is None or results.uncertainty is None else float(results.uncertainty.base)
    return Sampling(step.method, volume, uncertainty, tuple(samples))


def _happy(happy: dict[Quantity, float], quantity: Quantity, areas: int) -> str:
    """A result that leads on, as it would be typed; where no row looks at it, an example (areas share 100 %)."""
    kind: ResultKind = quantity[0]
    if quantity in happy:
        return kind.text(happy[quantity])
    return kind.text(1.0 / areas) if kind is ResultKind.AREA_PERCENT else kind.example
