"""What a run with nobody there needs: an end for every question and for every hold."""

from collections.abc import Iterator

from ruggli.protocol.finding import Finding
from ruggli.protocol.interlocks import effective_timeout
from ruggli.protocol.model import Dose, Heat, Hold, Portions, Protocol, Quench


def check_attendance(protocol: Protocol) -> Iterator[Finding]:
    """S11 and S19, when the protocol is unattended."""
    if not protocol.unattended:
        return
    for key, name, example in (
        ("on_timeout", "what follows when nobody answers", "on_timeout: hold"),
        ("timeout", "how long a question waits", "timeout: 10 min"),
    ):
        silent = [
            index
            for index, step in enumerate(protocol.steps)
            if (effective_timeout(protocol, step) if key == "on_timeout" else step.timeout or protocol.prompts.timeout)
            is None
        ]
        if silent:
            more = f" (and {len(silent) - 1} more)" if len(silent) > 1 else ""
            yield Finding(
                ("steps", silent[0]),
                "E-MISSING",
                f"step {protocol.steps[silent[0]].id}{more} does not say {name}, and the run is unattended",
                "",
                key,
                f"write `{example}` under `prompts:`, or in the step",
            )
    for index, step in enumerate(protocol.steps):
        if isinstance(step, Heat | Dose | Quench | Portions | Hold) and step.hold is None:
            yield Finding(
                ("steps", index),
                "E-MISSING",
                f"step {step.id} does not say how long it may stay held, and the run is unattended",
                "",
                "hold",
                "add e.g. `hold: {at_most: 60 min, then: stop}`",
            )
