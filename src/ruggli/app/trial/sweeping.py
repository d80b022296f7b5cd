"""A sweep over several processes."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from ruggli.app.planning import Ready
from ruggli.app.trial.scenario import scenario_of
from ruggli.app.trial.sweep import Struck, Sweep, SweepRow, gather
from ruggli.quantities.base import Seconds
from ruggli.world.process import processors, run_modules

SHARE = 40
"""Nights that a process is given at once: enough to be worth its start, few enough to show progress."""

LONGEST = Seconds(3600.0)
"""Real time after which a process is given up."""


def sweep(
    ready: Ready,
    settings: dict[str, str],
    faults: Sequence[str],
    times: int,
    *,
    seed: int,
    jobs: int | None,
    progress: Callable[[int, int], None],
) -> tuple[SweepRow, ...]:
    """Strike a protocol with each fault at many times.

    Args:
        ready: the planned protocol on its rig.
        settings: parameters of the protocol, as text.
        faults: names of the matrix, `F1` to `F34`.
        times: how many times each strikes.
        seed: for sizes and targets.
        jobs: processes; None for one a processor.
        progress: told how many nights of how many are done.

    Raises:
        ProblemsError: the plan is refused.
        RuggliError: a process failed.
    """
    first = Sweep(scenario_of("sweep", ready), seed)
    nights = list(first.plans(faults, times))
    count = min(jobs or processors(), max(1, len(nights) // SHARE))
    if count == 1:
        rows = []
        for number, night in enumerate(nights, 1):
            rows.append(first.strike(*night))
            progress(number, len(nights))
        return tuple(gather(rows))
    told = {
        "protocol": {"file": ready.protocol.document.file, "text": ready.protocol.document.text},
        "rig": {"file": ready.rig.document.file, "text": ready.rig.document.text},
        "settings": settings,
        "seed": seed,
    }
    found: list[Struck] = []
    for start in range(0, len(nights), SHARE * count):
        shares = [nights[at : at + SHARE] for at in range(start, min(start + SHARE * count, len(nights)), SHARE)]
        asked = [{**told, "nights": [(fault, at, plan.as_json()) for fault, at, plan in share]} for share in shares]
        answers = run_modules("ruggli.app.trial.worker", [json.dumps(one).encode() for one in asked], LONGEST)
        for answer in answers:
            found += [_struck(row) for row in json.loads(answer)]
        progress(len(found), len(nights))
    return tuple(gather(found))


def _struck(row: dict[str, Any]) -> Struck:
    return Struck(**{**row, "alarms": tuple(row["alarms"]), "violations": tuple(row["violations"])})
