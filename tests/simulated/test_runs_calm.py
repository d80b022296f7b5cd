"""Nothing is wrong: no alarm, no wait, no hold, whatever the solvent, the temperature and the length of the night."""

from typing import Any

import pytest

NIGHTS = [
    ("rcm-high-dilution", {"addition_time": "12 h"}),
    ("rcm-high-dilution", {"temperature": "25 degC", "addition_time": "12 h"}),
    ("rcm-high-dilution", {"temperature": "35 degC", "addition_time": "4 h"}),
    ("rcm-high-dilution", {"solvent": "toluene", "addition_time": "8 h"}),
    ("rcm-high-dilution", {"solvent": "toluene", "temperature": "40 degC", "addition_time": "4 h"}),
    ("rcm-high-dilution", {"solvent": "toluene", "temperature": "80 degC", "addition_time": "4 h"}),
    ("reductive-amination", {}),
    ("slow-addition", {"addition_time": "12 h"}),
]


@pytest.mark.parametrize(("protocol", "settings"), NIGHTS, ids=lambda value: str(value)[:60])
def test_a_night_without_a_fault_has_no_alarm(desk: Any, protocol: str, settings: dict[str, str]) -> None:
    trial = desk.run(protocol, settings=settings, quick=False)
    assert (trial.verdict, trial.alarms) == ("complete", []), trial.outcome.alarms
    assert trial.of("gate") == []
    trial.check_doses()
