"""Nights with faults by seed: the commit tier, the nightly tier, one seed again, one plan again, and shrinking.

python tests/long/seeds.py --tier commit            # 2,000 short nights
python tests/long/seeds.py --tier nightly           # 100,000 short nights and 1,000 long ones
python tests/long/seeds.py --first 5000 --count 500
python tests/long/seeds.py --seed 1234 --show       # one night, with its record
python tests/long/seeds.py --plan plan.json --show  # one plan, whatever the generator makes of seeds now
python tests/long/seeds.py --seed 1234 --shrink     # the smallest plan that still breaks the same invariant
python tests/long/seeds.py --pin                    # write the traces that test_pinned.py compares

A tier may be run in parts: each with `--first`, `--count` and `--out`, then `--join PART... --out ALL`.
"""

import argparse
import gc
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from nights.world import PINNED, Row, World  # noqa: E402

TIERS = {"commit": (2_000, 0), "nightly": (100_000, 1_000), "release": (1_000_000, 10_000)}
BATCH = 50

COLLECTS_SELDOM = sys.implementation.name == "cpython"
"""CPython looks for garbage in circles once a batch: nights leave little of it, and looking costs 7 % of their time."""


def work(batch: tuple[int, int, bool, bool]) -> list[Row]:
    """Run seeds `first` to `first + count`, in a process of its own."""
    first, count, long, twice = batch
    world = World.here()
    if COLLECTS_SELDOM:
        gc.freeze()
        gc.disable()
    rows = [world.row(seed, long=long, twice=twice and seed % 100 == 0) for seed in range(first, first + count)]
    began = time.process_time()
    gc.collect()
    rows[-1] = replace(rows[-1], cpu=rows[-1].cpu + time.process_time() - began)
    return rows


def batches(first: int, count: int, long: bool) -> Iterator[tuple[int, int, bool, bool]]:
    size = 2 if long else BATCH
    for start in range(first, first + count, size):
        yield start, min(size, first + count - start), long, True


def run(first: int, count: int, long: bool, jobs: int, out: Path | None) -> tuple[int, dict[str, Any]]:
    """Run many seeds; returns the number of bad ones and the tally."""
    began, bad = time.perf_counter(), 0
    tally: dict[str, Counter[str]] = {name: Counter() for name in ("verdict", "struck", "alarm", "edge", "cell")}
    virtual = cpu = 0.0
    with ProcessPoolExecutor(jobs) as pool:
        for rows in pool.map(work, batches(first, count, long)):
            for row in rows:
                virtual, cpu = virtual + row.seconds, cpu + row.cpu
                tally["verdict"][row.verdict] += 1
                tally["struck"].update(set(row.struck))
                tally["alarm"].update(set(row.alarms))
                tally["edge"].update(set(row.edges))
                if row.cell:
                    tally["cell"][f"{row.cell[0]} {row.cell[1]} {row.seen}"] += 1
                if row.violations:
                    bad += 1
                    print(f"seed {row.seed}{' long' if long else ''}: {'; '.join(row.violations)}", flush=True)
    wall = time.perf_counter() - began
    what = "long" if long else "short"
    print(
        f"{count:,} {what} nights: {bad} with a violation; {virtual / 3600:,.0f} h of bench time in {wall:.0f} s on "
        f"{jobs} processes, {virtual / max(cpu, 1e-9):,.0f} times real time on one core"
    )
    figures: dict[str, Any] = {name: dict(sorted(found.items())) for name, found in tally.items()}
    figures |= {
        "first": first,
        "count": count,
        "bad": bad,
        "wall_s": round(wall, 1),
        "virtual_s": round(virtual),
        "cpu_s": round(cpu, 1),
    }
    if out is not None:
        out.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    return bad, figures


def joined(parts: list[Path]) -> dict[str, Any]:
    """One tally of several that follow each other. Raises `ValueError` where seeds are missing or doubled."""
    tallies = sorted((json.loads(part.read_text("utf-8")) for part in parts), key=lambda tally: tally["first"])
    whole: dict[str, Any] = tallies[0]
    for tally in tallies[1:]:
        if tally["first"] != whole["first"] + whole["count"]:
            raise ValueError(f"seeds up to {whole['first'] + whole['count'] - 1}, then from {tally['first']} on")
        for name, found in tally.items():
            if isinstance(found, dict):
                whole[name] = dict(sorted((Counter(whole[name]) + Counter(found)).items()))
            elif name != "first":
                whole[name] = round(whole[name] + found, 1)
    return whole


def main() -> int:
    """0 when no night had a violation."""
    parser = argparse.ArgumentParser(description="Nights with faults, by seed.")
    parser.add_argument("--tier", choices=TIERS)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=0)
    parser.add_argument("--long", action="store_true", help="seeds of long nights (8 h to 12 h additions)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--plan", type=Path)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--shrink", action="store_true")
    parser.add_argument("--pin", action="store_true", help=f"write {PINNED.name}")
    parser.add_argument("--out", type=Path, help="write the tally as JSON")
    parser.add_argument("--join", type=Path, nargs="+", help="make one tally of these, which follow each other")
    options = parser.parse_args()
    if options.join:
        whole = joined(options.join)
        options.out.write_text(json.dumps(whole, indent=1), encoding="utf-8")
        print(f"{whole['count']:,} nights: {whole['bad']} with a violation")
        return 1 if whole["bad"] else 0
    if options.pin:
        PINNED.write_text(json.dumps(World.here().traces(), indent=1) + "\n", encoding="utf-8")
        return 0
    if options.seed is not None or options.plan is not None:
        return World.here().one(
            options.seed, options.plan, long=options.long, show=options.show, shrink_it=options.shrink
        )
    if options.tier is None:
        return 1 if run(options.first, options.count, options.long, options.jobs, options.out)[0] else 0
    short, long = TIERS[options.tier]
    out = options.out
    bad = run(options.first, short, False, options.jobs, out)[0]
    if long:
        bad += run(options.first, long, True, options.jobs, out and out.with_suffix(".long.json"))[0]
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
