"""What it costs that the flask of a dry run reacts: user CPU with and without, timed in turn.

    python bench/reacting.py [--rounds 7]

The protocol is the shipped metathesis with an addition of 12 h; without a reaction is the built-in rig with
`simulation: {reaction: off}`. To reach: at most 30 % more.
"""

import argparse
import json
import tempfile
from pathlib import Path

from measure import in_turn, median, ruggli, verdict

from ruggli.app.builtin import find_rig

MOST = 0.30


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        text = find_rig("bench")[1].decode()
        commands = []
        for name, reaction in (("without", "off"), ("with", "{}")):
            rig = Path(folder, f"{name}.yaml")
            rig.write_text(text.replace("devices:", f"simulation: {{reaction: {reaction}}}\ndevices:", 1))
            runs = str(Path(folder, name))
            settings = ["--rig", str(rig), "--set", "addition_time=12h", "--no-report", "--json", "--runs", runs]
            commands.append([ruggli(), "simulate", "rcm-high-dilution", *settings])
        without, reacting = in_turn(commands, rounds)
    flasks = json.loads(reacting[-1].output)["simulated_flasks"]
    pairs = [(a.cpu or a.seconds, b.cpu or b.seconds) for a, b in zip(without, reacting, strict=True)]
    more = median([b / a - 1 for a, b in pairs])
    print(f"without a reaction   {median([a for a, _ in pairs]):8.3f} s   user CPU, median of {rounds}")
    print(f"with it              {median([b for _, b in pairs]):8.3f} s   ring {100 * flasks[0]['yields']['C']:.2f} %")
    print(f"more, pair by pair   {100 * more:8.1f} %   least {100 * min(b / a - 1 for a, b in pairs):.1f} %, ", end="")
    print(f"most {100 * max(b / a - 1 for a, b in pairs):.1f} %  {verdict(more, MOST)}")


if __name__ == "__main__":
    main()
