"""Start-up of short commands against the start of bare Python, timed in turn.

python bench/startup.py
"""

import argparse
import sys

from measure import in_turn, median, ruggli, seconds_of, verdict

BOUNDS = ((["--help"], 10.0), (["check", "rcm-high-dilution"], 55.0))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    bare, *rest = in_turn([[sys.executable, "-c", "pass"], *([ruggli(), *words] for words, _ in BOUNDS)], rounds)
    print(f"bare Python                        {1e3 * median(seconds_of(bare)):7.1f} ms   (median of {rounds})")
    for (words, bound), timings in zip(BOUNDS, rest, strict=True):
        ratio = median([timing.seconds / base.seconds for timing, base in zip(timings, bare, strict=True)])
        name = f"ruggli {' '.join(words)}"
        milliseconds = 1e3 * median(seconds_of(timings))
        print(f"{name:34} {milliseconds:7.1f} ms   {ratio:5.1f} x, at most {bound:.0f} x  {verdict(ratio, bound)}")


if __name__ == "__main__":
    main()
