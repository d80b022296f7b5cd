"""Plant a bug, run nights until one is judged, take it out again: which tier catches which bug.

    python tests/long/planted_bugs.py                # every bug against the 2,000 nights of the commit tier
    python tests/long/planted_bugs.py --bug 7        # one of them
    python tests/long/planted_bugs.py --most 20000   # as deep as a fifth of the nightly tier
    python tests/long/planted_bugs.py --out docs/evidence/planted-bugs.json

The nights are those of the commit tier: `special.json` first, then the seeds, in an order in which every fault of the
matrix comes early; beyond 2,000 seeds, those of the nightly tier.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from nights.planted import BUGS, planted  # noqa: E402
from nights.world import SPECIAL_ROWS, World  # noqa: E402

COMMIT = 2_000
STRIDE = 613
"""Prime to the number of seeds: neighbours in the matrix come far from each other."""


def order(most: int) -> Iterator[int]:
    """Seeds of the commit tier, mixed; then the rest."""
    for number in range(min(most, COMMIT)):
        yield number * STRIDE % COMMIT
    yield from range(COMMIT, most)


def hunt(task: tuple[int, int]) -> tuple[int, str, str, float]:
    """The bug, the night that caught it ("": none), what was said, and seconds."""
    number, most = task
    world, began = World.here(), time.perf_counter()
    with planted(BUGS[number]):
        for name, said in _nights(world, most):
            if said:
                return number, name, said, time.perf_counter() - began
    return number, "", "", time.perf_counter() - began


def _nights(world: World, most: int) -> Iterator[tuple[str, str]]:
    """Nights by name, each with the first that is wrong with it."""
    for special in SPECIAL_ROWS:
        yield f"special: {special['name']}", world.wrong_with(special)
    for count, seed in enumerate(order(most), 1):
        row = world.row(seed)
        tier = "commit" if seed < COMMIT else "nightly"
        yield f"{tier}: night {count} (seed {seed})", row.violations[0] if row.violations else ""


def main() -> int:
    """0 when at least 38 of 40 bugs, or as many in a hundred, were caught."""
    parser = argparse.ArgumentParser(description="Planted bugs.")
    parser.add_argument("--bug", type=int)
    parser.add_argument("--most", type=int, default=COMMIT)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--out", type=Path, help="write what caught each as JSON")
    options = parser.parse_args()
    numbers = range(len(BUGS)) if options.bug is None else [options.bug]
    rows, caught = [], 0
    with ProcessPoolExecutor(options.jobs) as pool:
        for number, night, text, seconds in pool.map(hunt, [(number, options.most) for number in numbers]):
            bug = BUGS[number]
            caught += night != ""
            rows.append({"bug": bug.name, "rule": bug.rule, "caught_by": night, "said": text.partition(";")[0]})
            how = f"{night}: {text[:90]}" if night else f"NOT CAUGHT in {options.most} nights"
            print(f"{number:2} {bug.name} [{bug.rule}]: {how} ({seconds:.0f} s)", flush=True)
    if options.out is not None:
        options.out.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    print(f"{caught} of {len(numbers)} caught")
    return 0 if caught >= 0.95 * len(numbers) else 1


if __name__ == "__main__":
    sys.exit(main())
