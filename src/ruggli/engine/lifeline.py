"""What the conductor tells the guardian, and how it notices that there is none any more."""

from collections.abc import Sequence
from typing import Protocol

from ruggli.engine.alarm import Action, Alarm
from ruggli.engine.guardian import StopOrder
from ruggli.engine.stop_orders import stop_orders
from ruggli.journal.writer import Journal
from ruggli.plan.model import Plan
from ruggli.plan.policy import ClassPolicy


class GuardianLink(Protocol):
    """The conductor's end of the pipe to the guardian. No method waits."""

    def watch(self, orders: Sequence[StopOrder]) -> None:
        """From now on these are to be stopped when the conductor dies or hangs."""

    def beat(self) -> None:
        """A sign of life; sent by the control loop after its checks, and by nothing else."""

    def trouble(self) -> str:
        """Why nobody watches, "" while the guardian answers."""

    def renew(self) -> None:
        """Start another guardian where the one before is gone."""

    def bye(self) -> None:
        """The run ends in good order: the guardian ends without doing anything."""


class NobodyWatches:
    """No guardian: dry runs, whose process cannot die without its bench, and simulated ports."""

    def watch(self, orders: Sequence[StopOrder]) -> None:
        """See `GuardianLink`."""

    def beat(self) -> None:
        """See `GuardianLink`."""

    def trouble(self) -> str:
        """See `GuardianLink`."""
        return ""

    def renew(self) -> None:
        """See `GuardianLink`."""

    def bye(self) -> None:
        """See `GuardianLink`."""


class Lifeline:
    """Signs of life of one run.

    Args:
        guardian: who listens.
        journal: nothing in it may wait for the disk for longer than 2 s when a sign of life goes out.
        plan: the devices.
        unattended: whether a run without a guardian holds.
    """

    def __init__(self, guardian: GuardianLink, journal: Journal, plan: Plan, unattended: bool) -> None:
        self._guardian = guardian
        self._journal = journal
        self._plan = plan
        self._without = Action.HOLD if unattended else Action.NONE

    def watch(self, policy: ClassPolicy) -> None:
        """Tell what stopping means while a step of this class is under way."""
        self._guardian.watch(stop_orders(self._plan, policy))

    def renew(self, policy: ClassPolicy) -> None:
        """As `watch`, with another guardian where the one before is gone."""
        self._guardian.renew()
        self.watch(policy)

    def bye(self) -> None:
        """The run ends in good order."""
        self._guardian.bye()

    def beat(self) -> Alarm | None:
        """One sign of life; the alarm where nobody hears it. A journal that cannot be synced raises before it."""
        self._journal.beat()
        self._guardian.beat()
        why = self._guardian.trouble()
        if not why:
            return None
        return Alarm("A-GUARDIAN", "guardian", why, "nobody watches this program", "a guardian", self._without)
