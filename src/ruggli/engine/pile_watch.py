"""What piles up unreacted in a vessel while a dose runs: a first-order book, kept from the counters and the probe.

It errs on the side of more: fed is what the ledger says at most; the reaction is never faster than the half-life of the
file says, slower where the vessel is colder than planned, and stands still while nobody looks or no probe is read.
"""

import math
from collections.abc import Mapping
from typing import Any

from ruggli.chemistry.feeding import Contents, Kinetics, Stretch, passed
from ruggli.engine.alarm import Alarm
from ruggli.engine.heater_checks.sensor import believable
from ruggli.engine.interlocks import LINK_SECONDS
from ruggli.engine.reaction import reacting
from ruggli.engine.steps.runner import Runner
from ruggli.engine.view import View
from ruggli.plan.kept import KeptReagent, PileRule
from ruggli.plan.model import DoseWork, PlannedStep
from ruggli.protocol.model import InterlockAction
from ruggli.quantities.base import Celsius, Millilitres, MillilitresPerSecond, Millimoles, Seconds

AGAIN = 0.8
"""Part of its bound at which what has piled up is little enough for a waiting feed to go on."""

UNSEEN = Seconds(5.0)
"""Of a longer time without a look, only so much counts as time in which something reacted."""

ZERO = 273.15


def slower(rule: PileRule, probe: Celsius | None) -> float:
    """How fast the reaction is against the planned temperature: at most 1, and 0 without a believable reading."""
    if probe is None or not believable(probe):
        return 0.0
    return min(1.0, math.exp(-rule.activation * (1 / (probe + ZERO) - 1 / (rule.planned + ZERO))))


class PileWatch:
    """Remembers, for each kept reagent of the current dose, what of it has not reacted yet.

    Attributes:
        waits: what the step waits for, "" where it need not wait.
    """

    def __init__(self) -> None:
        self.waits = ""
        self._step = ""
        self._unreacted: dict[str, float] = {}
        self._fed: dict[str, float] = {}
        self._at: Seconds | None = None
        self._since = Seconds(0.0)

    def forget(self) -> None:
        """The step is restarted: it does not wait; the book stays."""
        self.waits = ""

    def noted(self) -> dict[str, Any]:
        """What a sample records: unreacted and fed in all, mmol, of each reagent; {} where nothing is watched."""
        if not self._step:
            return {}
        rows = {name: [round(amount, 9), round(self._fed[name], 9)] for name, amount in self._unreacted.items()}
        return {"unreacted_mmol": rows}

    def restore(self, step: str, rows: Mapping[str, Any]) -> None:
        """Take up what the latest sample of a broken-off run says; what flowed since then counts as unreacted."""
        self._step, self._at, self.waits = step, None, ""
        self._unreacted = {name: float(row[0]) for name, row in rows.items()}
        self._fed = {name: float(row[1]) for name, row in rows.items()}

    def check(self, step: PlannedStep, runner: Runner | None, view: View, *, feeding: bool) -> Alarm | None:
        """Bring the book up to date; the alarm where too much has piled up, or has not gone for too long."""
        work = step.work
        rule = work.pile if isinstance(work, DoseWork) else None
        if rule is None or runner is None or not isinstance(work, DoseWork):
            self._step, self.waits = "", ""
            return None
        watched = [row for row in work.kept or () if row.used_up.constant > 0]
        if self._step != step.id:
            self.restore(step.id, {row.reagent: [row.present, 0.0] for row in watched})
        self._look(work, watched, rule, runner, view, step.guard.hotplate)
        worst = max(watched, key=lambda row: self._unreacted[row.reagent] / row.fed)
        return self._judge(step, rule, worst, view, feeding=feeding)

    def _look(
        self,
        work: DoseWork,
        watched: list[KeptReagent],
        rule: PileRule,
        runner: Runner,
        view: View,
        hotplate: str | None,
    ) -> None:
        now = view.now
        seen = min(UNSEEN, 0.0 if self._at is None else max(0.0, now - self._at))
        fresh = hotplate is not None and now - view.read_at.get(hotplate, Seconds(-math.inf)) <= LINK_SECONDS
        rate = slower(rule, view.probe(hotplate) if fresh else None)
        given = {row.solution: row.at_most for row in runner.progress()}
        for row in watched:
            fed = math.fsum(feed.solutes.get(row.reagent, 0.0) * given.get(feed.solution, 0.0) for feed in work.feeds)
            more, name = max(0.0, fed - self._fed[row.reagent]), row.reagent
            if seen > 0.0:
                held = Contents(Millilitres(1.0), Millimoles(self._unreacted[name]))
                inflow = Stretch(Seconds(seen), MillilitresPerSecond(0.0), more / seen)
                self._unreacted[name] = passed(held, inflow, Kinetics(rate * row.used_up.constant)).reagent
            else:
                self._unreacted[name] += more
            self._fed[name] += more
        self._at = now

    def _judge(
        self, step: PlannedStep, rule: PileRule, worst: KeptReagent, view: View, *, feeding: bool
    ) -> Alarm | None:
        share, now, device = self._unreacted[worst.reagent] / worst.fed, view.now, step.guard.hotplate or ""
        value = f"{self._unreacted[worst.reagent]:.4g} mmol, {100 * share:.3g} % of the dose"
        if self.waits:
            if share <= AGAIN * rule.above:
                self.waits = ""
            elif now - self._since >= step.hold.longest:
                text = f"the step has waited for {(now - self._since) / 60:.0f} min: {self.waits}"
                self.waits = ""
                return Alarm("A-WAIT", device, text, value, f"at most {step.hold.longest / 60:.0f} min")
            return None
        if not feeding or share <= rule.above:
            return None
        text = f"{worst.reagent} has piled up unreacted"
        alarm = Alarm("A-ACCUMULATION", device, text, value, f"at most {100 * rule.above:.3g} %")
        if rule.action is InterlockAction.WAIT:
            self.waits, self._since = text, now
        return reacting(alarm, rule.action)
