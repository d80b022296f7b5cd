"""A dry run of a 12 h addition as a user starts it, against the reference program timed in turn.

    python bench/dry_run.py --floor PATH/floor.py

The reference (a bare prototype of 129,600 byte exchanges, called as `floor.py pydantic 1`) is not part of this
repository; it sets the scale, since one machine runs at several speeds. Budget: 0.8 s + 12 us for each exchange where
the reference takes 0.54 s.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from measure import REFERENCE_SECONDS, in_turn, median, ruggli, seconds_of, timed, verdict

PROTOCOL = "rcm-high-dilution"
START_SECONDS = 0.8
EXCHANGE_SECONDS = 12e-6
MOST_MEMORY = 150.0
LONGER_MAY_COST = 10.0
"""MB that a run of 24 h may need more than one of 4 h."""


def command(runs: str, addition: str) -> list[str]:
    settings = ["--set", f"addition_time={addition}", "--no-report", "--json", "--runs", runs]
    return [ruggli(), "simulate", PROTOCOL, *settings]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--floor", required=True, help="path of the reference program")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as runs:
        floor = [sys.executable, options.floor, "pydantic", "1"]
        references, dry_runs = in_turn([floor, command(runs, "12h")], options.rounds)
        exchanges = json.loads(dry_runs[-1].output)["exchanges"]
        seconds = median(seconds_of(dry_runs))
        reference = median(seconds_of(references))
        # Each run is compared with the reference beside it; the medians of both columns may stem from other moments.
        ratio = median([run.seconds / ref.seconds for run, ref in zip(dry_runs, references, strict=True)])
        nominal = ratio * REFERENCE_SECONDS
        budget = START_SECONDS + EXCHANGE_SECONDS * exchanges
        print(f"reference            {reference:8.3f} s   (median of {options.rounds})")
        print(f"dry run of 12 h      {seconds:8.3f} s   {exchanges} exchanges, {ratio:.2f} x the reference")
        print(f"per exchange         {1e6 * seconds / exchanges:8.2f} us  start included")
        print(f"at nominal speed     {nominal:8.3f} s   {1e6 * nominal / exchanges:.2f} us an exchange")
        print(f"budget, nominal      {budget:8.3f} s   used: {nominal / budget:.2f}  {verdict(nominal, budget)}")
        short, long = (timed(command(runs, addition)) for addition in ("4h", "24h"))
        if short.megabytes is not None and long.megabytes is not None:
            more = long.megabytes - short.megabytes
            print(f"memory, 4 h          {short.megabytes:8.1f} MB")
            print(f"memory, 24 h         {long.megabytes:8.1f} MB  {verdict(long.megabytes, MOST_MEMORY)}")
            print(f"24 h more than 4 h   {more:8.1f} MB  {verdict(more, LONGER_MAY_COST)}")
        journal = max(Path(runs).glob("*/journal.jsonl"), key=lambda path: path.stat().st_size)
        print(f"journal of 24 h      {journal.stat().st_size / 1e6:8.1f} MB")


if __name__ == "__main__":
    main()
