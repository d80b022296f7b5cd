"""What every step's runner offers the conductor."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from ruggli.devices.pump import PumpSettings
from ruggli.engine.orders import Decision, Entry, Outcome
from ruggli.engine.view import View
from ruggli.plan.model import PlannedPrompt
from ruggli.quantities.base import Millilitres


@dataclass(frozen=True, slots=True)
class Progress:
    """Delivered against planned, of one solution; mL."""

    solution: str
    device: str
    planned: Millilitres
    at_least: Millilitres
    at_most: Millilitres


class Runner(Protocol):
    """Decides one step. Pure: no I/O, no clock of its own; its state moves only in these methods."""

    @property
    def phase(self) -> Enum:
        """Where the step stands."""

    def decide(self, view: View) -> Decision:
        """What to do now."""

    def outcome(self, outcome: Outcome, view: View) -> Decision:
        """Take the end of an order."""

    def interrupt(self, view: View) -> None:
        """The run holds: flows are being stopped."""

    def counters(self, settings: Mapping[str, PumpSettings | None], lost: frozenset[str], view: View) -> list[Entry]:
        """Settle open episodes from what the pumps say at rest.

        Args:
            settings: of each pump that could be read, None for one that could not.
            lost: pumps whose counter is known to be lost.
            view: for the time.
        """

    def unsettled(self) -> tuple[str, ...]:
        """Pumps whose last energising is not settled: their counters could not be read."""

    def abandon(self, unheard: frozenset[str]) -> None:
        """The session ends and these pumps are not heard: `progress` counts what they may still deliver."""

    def doubts(self) -> tuple[PlannedPrompt, ...]:
        """Questions that a person has to answer before this step may go on."""

    def restart(self, view: View) -> Decision:
        """Go on after a hold; `doubts` are answered in `view.answers`."""

    def progress(self) -> tuple[Progress, ...]:
        """Delivered against planned."""

    def snapshot(self) -> dict[str, Any]:
        """State that a resumed run needs, plain JSON data; taken into the journal at every change of phase."""

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Take up the state of `snapshot`, as interrupted."""


class PlainRunner:
    """What a runner without flows does for the flow part of the interface."""

    def outcome(self, outcome: Outcome, view: View) -> Decision:
        """Nothing to take."""
        return Decision()

    def interrupt(self, view: View) -> None:
        """Nothing flows."""

    def counters(self, settings: Mapping[str, PumpSettings | None], lost: frozenset[str], view: View) -> list[Entry]:
        """Nothing to settle."""
        return []

    def unsettled(self) -> tuple[str, ...]:
        """Nothing to settle."""
        return ()

    def abandon(self, unheard: frozenset[str]) -> None:
        """Nothing flows."""

    def doubts(self) -> tuple[PlannedPrompt, ...]:
        """No doubts."""
        return ()

    def progress(self) -> tuple[Progress, ...]:
        """Nothing delivered."""
        return ()
