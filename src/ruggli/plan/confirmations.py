"""Questions that a person may not answer in passing: what the step brings together is dangerous, and is said so."""

from dataclasses import replace

from ruggli.chemistry.rules.cyanide import Meeting, meetings
from ruggli.chemistry.rules.facts import Facts
from ruggli.plan.model import DoseWork, OperatorWork, PlannedPrompt, PlannedStep, PortionsWork, Work
from ruggli.protocol.model import OnTimeout

CONFIRMATION = "hood and HCN detector on"
"""What has to be typed before a vessel with cyanoborohydride gets acid, or one with acid gets cyanoborohydride."""


def confirmed(steps: tuple[PlannedStep, ...], facts: Facts) -> tuple[PlannedStep, ...]:
    """The steps; those that bring cyanoborohydride and acid together do not go on before a person has confirmed it.

    Every question of such a step, also the one that fills a syringe, carries the danger and takes no other answer.
    Silence never counts as one.
    """
    found: dict[str, Meeting] = {}
    for meeting in meetings(facts):
        found.setdefault(meeting.step, meeting)
    return tuple(
        replace(step, work=_confirmed(step.work, found[step.id])) if step.id in found else step for step in steps
    )


def _confirmed(work: Work, meeting: Meeting) -> Work:
    if isinstance(work, OperatorWork):
        return replace(work, prompt=_asked(work.prompt, meeting))
    if isinstance(work, PortionsWork):
        prompts = tuple(_asked(prompt, meeting) for prompt in work.prompts)
        return replace(work, prompts=prompts, doses=tuple(_dose(dose, meeting) for dose in work.doses))
    return _dose(work, meeting) if isinstance(work, DoseWork) else work


def _dose(work: DoseWork, meeting: Meeting) -> DoseWork:
    segments = tuple(
        replace(segment, prompts=tuple(_asked(prompt, meeting) for prompt in segment.prompts))
        for segment in work.segments
    )
    return replace(work, segments=segments)


def _asked(prompt: PlannedPrompt, meeting: Meeting) -> PlannedPrompt:
    text = (
        f"DANGER: this step brings {meeting.hydride.name} and {meeting.acid.name} together; below pH 3 they give off "
        f"hydrogen cyanide (rule X-10). {prompt.text} Go slowly, keep the pH above 3, and do not be alone. When it is "
        f"done, type: {CONFIRMATION}"
    )
    return replace(
        prompt,
        text=text,
        choices=(CONFIRMATION,),
        happy=CONFIRMATION,
        on_timeout=OnTimeout.HOLD if prompt.on_timeout is OnTimeout.CONTINUE else prompt.on_timeout,
    )
