"""The hands of a simulated person: what a prompt asks for is done on the simulated bench when it is answered."""

from typing import Any

from ruggli.chemistry.kinetics.schemes import MACROCYCLISATION
from ruggli.errors import InputError
from ruggli.plan.acts import ChargeVessel, Load
from ruggli.plan.model import Plan, PlannedPrompt
from ruggli.protocol.model import Role

SCAVENGED = ("Ru", "H")
"""Species of a metathesis that a scavenger binds: the live catalyst, and what isomerises."""


class Hands:
    """Performs the acts of a prompt once its happy answer is given.

    Args:
        bench: the simulated bench.
        plan: whose prompts carry the acts.
    """

    def __init__(self, bench: Any, plan: Plan) -> None:
        self._bench = bench
        self._reaction = plan.reaction
        self._scavengers = frozenset(row.reagent for row in plan.reagents if row.role == Role.SCAVENGER.value)
        self._prompts = {prompt.id: prompt for prompt in plan.prompts}

    def __call__(self, prompt_id: str, answer: str) -> None:
        """Do what the prompt asks for, if it was answered as it should."""
        prompt = self._prompts.get(prompt_id)
        if prompt is None or answer.strip() != prompt.happy:
            return
        for act in prompt.acts:
            done = act.as_dict()
            if isinstance(act, Load):
                done.pop("bore_mm")  # The syringe at hand is the bench's; what the plan believes of it does not matter.
            try:
                self._bench.perform(done)
            except ValueError as error:
                raise InputError(f"{prompt_id}: the simulated bench cannot do this: {error}") from error
        self._scavenge(prompt)

    def _scavenge(self, prompt: PlannedPrompt) -> None:
        """A scavenger ends a metathesis; the other reactions go on as long as they can."""
        reaction = self._reaction
        if reaction is None or reaction.model != MACROCYCLISATION:
            return
        charges = [act for act in prompt.acts if isinstance(act, ChargeVessel) and act.vessel == reaction.vessel]
        if any(reagent in self._scavengers for act in charges for reagent, _ in act.solutes):
            self._bench.perform({"act": "bind", "vessel": reaction.vessel, "species": list(SCAVENGED)})
