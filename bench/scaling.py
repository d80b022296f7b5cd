"""How the cost of a dry run grows with the number of pumps and of steps: it has to be linear.

    python bench/scaling.py

Pumps: every pump doses once (up to eight at a time), and all are read once a second through the whole run. Steps: holds
of 10 s. Whole processes from the shell; the cost each is that of the run, which leaves out the start and the planning.
The run's fsyncs are in it: about one a step, as slow as the disk is.
"""

import argparse
import json
import tempfile
from pathlib import Path

from generated import dosing_protocol, many_steps, rig_of
from measure import median, ruggli, timed, verdict

PUMPS = (1, 4, 16, 64)
STEPS = (1, 10, 100, 1000)
REST_MINUTES = 60
SECONDS_A_STEP = 10.0
LINEAR = 1.25
"""A cost each that grows by more than this is not linear (rounds differ by a tenth)."""


def dry_run(folder: Path, protocol: str, rig: str, rounds: int) -> tuple[float, float, int]:
    """Seconds of the whole process and of the run in it (medians), and exchanges."""
    (folder / "protocol.yaml").write_text(protocol)
    (folder / "rig.yaml").write_text(rig)
    files = [str(folder / "protocol.yaml"), "--rig", str(folder / "rig.yaml"), "--runs", str(folder / "runs")]
    runs = [timed([ruggli(), "simulate", *files, "--no-report", "--json"]) for _ in range(rounds)]
    outcomes = [json.loads(run.output) for run in runs]
    inner = median([outcome["wall_seconds"] for outcome in outcomes])
    return median([run.seconds for run in runs]), inner, outcomes[0]["exchanges"]


def pumps(folder: Path, rounds: int) -> None:
    """Print the cost of reading one pump for one second."""
    first = 0.0
    for number in PUMPS:
        seconds, inner, exchanges = dry_run(folder, dosing_protocol(number, REST_MINUTES), rig_of(number), rounds)
        each = inner / exchanges
        first = first or each
        share = f"{each / first:.2f} x one pump  {verdict(each / first, LINEAR)}"
        print(f"{number:5} pumps  {seconds:8.3f} s  {exchanges:8} exchanges  {1e6 * each:6.2f} us each  {share}")


def steps(folder: Path, rounds: int) -> None:
    """Print the cost of one step, its ten seconds of polls included."""
    base, first = 0.0, 0.0
    for number in STEPS:
        seconds, inner, exchanges = dry_run(folder, many_steps(number, SECONDS_A_STEP * number), rig_of(1), rounds)
        if not base:
            base = inner
            continue
        each = (inner - base) / (number - 1)
        first = each if number == 100 else first
        share = "" if not first else f"{each / first:.2f} x at 100 steps  {verdict(each / first, LINEAR)}"
        print(f"{number:5} steps  {seconds:8.3f} s  {exchanges:8} exchanges  {1e3 * each:6.2f} ms each  {share}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        pumps(Path(folder), rounds)
        steps(Path(folder), rounds)


if __name__ == "__main__":
    main()
