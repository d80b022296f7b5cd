"""A process that runs nights of a sweep: `python -m ruggli.app.trial.worker`, JSON in, JSON out."""

import json
import sys
from dataclasses import asdict
from typing import Any

from ruggli.app.files import Source
from ruggli.app.trial.night_plan import night_plan
from ruggli.app.trial.scenario import make_scenario
from ruggli.app.trial.sweep import Sweep


def work(told: dict[str, Any]) -> list[dict[str, Any]]:
    """Run the nights of one share.

    Args:
        told: `protocol` and `rig` (`file` and `text`), `settings`, `seed`, and `nights`: fault, time, plan.
    """
    protocol, rig = (Source(told[what]["file"], told[what]["text"].encode()) for what in ("protocol", "rig"))
    sweep = Sweep(make_scenario("sweep", protocol, rig, told["settings"]), told["seed"])
    return [asdict(sweep.strike(fault, at, night_plan(plan))) for fault, at, plan in told["nights"]]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(work(json.load(sys.stdin))))
