"""What the caller decides about a plan beside the two files."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PlanSettings:
    """How the plan will be run.

    Attributes:
        unattended: nobody is on the spot; a protocol that says so itself counts as well.
        waivers: devices that may run unattended without a dead-man, because somebody put their name to it.
    """

    unattended: bool = False
    waivers: frozenset[str] = field(default_factory=frozenset)
