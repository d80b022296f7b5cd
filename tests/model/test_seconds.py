"""Every state of the small model keeps its properties, and without any one rule some state does not."""

from dataclasses import fields

import pytest
from model.seconds import Rules, search, without

RULES = [field.name for field in fields(Rules) if field.type is bool]


def test_every_state_keeps_the_properties() -> None:
    found = search(Rules())
    assert (found.broken, found.path) == ("", ())
    assert 10_000 < found.states < 1_000_000


@pytest.mark.parametrize("silence", [5, 10])
def test_so_it_is_with_every_dead_man_that_a_pump_may_have(silence: int) -> None:
    assert search(Rules(pump_silence=silence, watchdog=20)).broken == ""


@pytest.mark.parametrize("rule", RULES)
def test_without_a_rule_a_state_is_found_that_must_not_be(rule: str) -> None:
    found = search(without(rule))
    assert found.broken != "", f"{rule} is not needed: {found.states} states"
