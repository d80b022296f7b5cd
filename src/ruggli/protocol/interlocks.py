"""What a file may not ask for, because somebody could be hurt or a batch lost."""

from collections.abc import Iterator, Mapping
from typing import Final

from ruggli.documents.nodes import Path, Plain
from ruggli.protocol.finding import Finding
from ruggli.protocol.interlock_settings import InterlockAction, Interlocks
from ruggli.protocol.model import (
    AnyStep,
    Charge,
    Concentrate,
    Dose,
    Dry,
    Extract,
    Filter,
    Monitor,
    OnTimeout,
    Operator,
    Portions,
    Protocol,
    Purify,
    Quench,
    Sparge,
    Stir,
    VesselRole,
)
from ruggli.quantities.reader import Reading

QUESTIONS: Final = (Sparge, Charge, Portions, Monitor, Extract, Dry, Filter, Concentrate, Purify, Operator)
"""Steps that a person does or answers on every bench."""

_RESUME_KEYS: Final = frozenset({"resume", "auto_resume", "autoresume", "restart", "auto_restart"})
_RESUME_WORDS: Final = frozenset({"resume", "auto_resume", "continue", "go_on", "restart", "auto"})


def check_raw(plain: Mapping[str, Plain]) -> Iterator[Finding]:
    """Wishes that the model has no word for, and that deserve a better answer than "unknown key"."""
    steps = plain.get("steps")
    for index, step in enumerate(steps if isinstance(steps, list) else ()):
        if not isinstance(step, dict):
            continue
        if step.get("do") == "quench" or step.get("class") == "quench":
            yield from _auto_resume(("steps", index), step)
        if step.get("do") in ("dose", "quench", "portions") and step.get("stir") in ("off", "no", "false"):
            yield Finding(
                ("steps", index, "stir"),
                "E-INTERLOCK",
                f"step {step.get('id', index + 1)} adds to a vessel that is not stirred",
                f"stir: {step['stir']}",
                "stirring on",
                "remove the key",
            )


def _auto_resume(path: Path, step: dict[str, Plain]) -> Iterator[Finding]:
    places: list[tuple[Path, str, Plain]] = [((*path, key), key, step[key]) for key in step if key in _RESUME_KEYS]
    hold = step.get("hold")
    if isinstance(hold, dict):
        places += [((*path, "hold", key), key, hold[key]) for key in hold if key in _RESUME_KEYS]
        if hold.get("then") in _RESUME_WORDS:
            places.append(((*path, "hold", "then"), "then", hold["then"]))
    for place, key, value in places:
        yield Finding(
            place,
            "E-INTERLOCK",
            "a quench never resumes by itself: a person decides at the bench",
            f"{key}: {value}",
            "then: stop, or then: heat_off",
            "remove the key" if key != "then" else "write then: stop",
        )


def check_stirring(protocol: Protocol) -> Iterator[Finding]:
    """S09: nothing is added to a reaction vessel that is not stirred."""
    stirred: dict[str, Stir] = {}
    for index, step in enumerate(protocol.steps):
        if isinstance(step, Stir):
            stirred[step.vessel] = step
        if not isinstance(step, Dose | Quench | Portions):
            continue
        vessel, last = protocol.vessels.get(step.into), stirred.get(step.into)
        if vessel is None or vessel.role is not VesselRole.REACTION:
            continue
        if last is None or last.speed == "off":
            why = f"step {last.id} turns stirring off" if last else "no step turns stirring on"
            yield Finding(
                ("steps", index),
                "E-INTERLOCK",
                f"step {step.id} adds to {step.into}, which is not stirred then: {why} before it",
                "stirring off",
                "stirring on",
                "put a step `do: stir` with e.g. `speed: 400 rpm` before it",
            )


def check_unanswered(protocol: Protocol) -> Iterator[Finding]:
    """S12: silence never counts as a yes before or in an addition that a person has to prepare."""
    seen: set[Path] = set()
    for index, step in enumerate(protocol.steps):
        candidates: list[tuple[int, str]] = []
        if isinstance(step, Dose | Quench | Portions):
            candidates.append((index, "would start an addition that nobody has prepared"))
        if isinstance(step, Quench):
            candidates += [(j, f"would start the quench {step.id} unasked") for j in _questions_before(protocol, index)]
        for place, why in candidates:
            asked = protocol.steps[place]
            own = asked.on_timeout is not None
            path: Path = ("steps", place, "on_timeout") if own else ("prompts", "on_timeout")
            if effective_timeout(protocol, asked) is OnTimeout.CONTINUE and path not in seen:
                seen.add(path)
                yield Finding(
                    path,
                    "E-INTERLOCK",
                    f"`on_timeout: continue` at step {asked.id} {why}",
                    "on_timeout: continue",
                    "hold or stop",
                    "write on_timeout: hold",
                )


def check_settings(protocol: Protocol) -> Iterator[Finding]:
    """Interlocks that a step of this kind does not have: what it says would never count."""
    for index, step in enumerate(protocol.steps):
        settings: Interlocks | None = getattr(step, "interlocks", None)
        if settings is None:
            continue
        if settings.cold is not None and not isinstance(step, Dose | Quench | Portions):
            yield _idle(index, step, "cold", "nothing flows in it", "an addition: dose, quench or portions")
        if settings.quench is not None and not isinstance(step, Quench):
            yield _idle(index, step, "quench", "it is no quench", "a quench")
        piled = settings.accumulation
        kept = (step.keep or {}).values() if isinstance(step, Dose) else ()
        if piled is not None and not any(isinstance(bound.half_life, Reading) for bound in kept):
            why = "no reagent of it is kept low with a `half_life`"
            yield _idle(index, step, "accumulation", why, "a dose with `keep` and a time as `half_life`")
        stirring = settings.stirring
        if stirring is not None and stirring.action is InterlockAction.WAIT and not isinstance(step, Dose | Quench):
            yield _idle(index, step, "stirring", "no feed can wait in it", "a dose or a quench", "action: wait")


def _idle(index: int, step: AnyStep, key: str, why: str, bound: str, value: str = "") -> Finding:
    return Finding(
        ("steps", index, "interlocks", key),
        "E-INTERLOCK",
        f"step {step.id} is a {step.do} and sets the interlock `{key}`, which does not work there: {why}",
        value or key,
        bound,
        "remove it" if not value else "write action: hold",
    )


def effective_timeout(protocol: Protocol, step: AnyStep) -> OnTimeout | None:
    """What follows when nobody answers at a step, or None where the file says nothing."""
    return step.on_timeout or protocol.prompts.on_timeout


def _questions_before(protocol: Protocol, index: int) -> list[int]:
    """The questions that lead to a quench: from the last analysis on, or the last one where nothing is analysed."""
    asked = [j for j in range(index) if isinstance(protocol.steps[j], QUESTIONS)]
    analyses = [j for j in asked if isinstance(protocol.steps[j], Monitor)]
    return [j for j in asked if j >= analyses[-1]] if analyses else asked[-1:]
