"""The hands of a simulated person: what a prompt asks for is done on the simulated bench when it is answered."""

from typing import Any

from ruggli.errors import InputError
from ruggli.plan.acts import Load
from ruggli.plan.model import Plan


class Hands:
    """Performs the acts of a prompt once its happy answer is given.

    Args:
        bench: the simulated bench.
        plan: whose prompts carry the acts.
    """

    def __init__(self, bench: Any, plan: Plan) -> None:
        self._bench = bench
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
