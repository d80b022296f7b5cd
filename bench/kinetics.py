"""What one kinetic solution, and one prediction, costs.

    python bench/kinetics.py

Printed with the goal of 10 ms for a solution: slow addition over 8 h with growing chains (`ruggli kinetics`, relative
tolerance 1e-12), a reductive amination with four portions, and a prediction of the shipped metathesis protocol.
"""

import time
from collections.abc import Callable

from measure import verdict

from ruggli.app.planning import Ask, prepare
from ruggli.chemistry.kinetics.load import read_kinetics
from ruggli.chemistry.kinetics.solve import solve
from ruggli.plan.prediction import predict

GOAL = 0.010
RING = b"""\
ruggli: 1
kinetics: macrocyclisation
constants: {k_prime: 1 L/mol/s, EM: 20 mM, k_d: 2e-5 1/s, phi: 0.3, k_iso: 0.5 L/mol/s, k_cd: 0.05 L/mol/s}
flask: {volume: 80 mL}
feeds:
  - {volume: 20 mL, amounts: {M: 1 mmol}, duration: 8 h}
  - {volume: 8 mL, amounts: {Ru: 0.05 mmol}, duration: 8 h}
times: [1 h, 4 h, 8 h, 10 h]
"""
AMINATION = b"""\
ruggli: 1
kinetics: reductive-amination
constants: {k_f: 2e-3 1/s, k_r: 4e-5 1/s, k_red: 0.02 L/mol/s, k_ald: 2e-4 L/mol/s, k_c: 1e-3 L/mol/s,
  k_c_rev: 1e-4 1/s, k_red_J2: 0.02 L/mol/s, k_o: 3e-3 L/mol/s, k_o_rev: 3e-4 1/s,
  k_red_J3: 0.04 L/mol/s, k_H2: 2e-5 L/mol/s}
flask: {volume: 100 mL, amounts: {A: 10 mmol, AcOH: 11 mmol}}
portions:
  - {time: 0 min, amounts: {H: 3.75 mmol}}
  - {time: 15 min, amounts: {H: 3.75 mmol}}
  - {time: 30 min, amounts: {H: 3.75 mmol}}
  - {time: 45 min, amounts: {H: 3.75 mmol}}
times: [1 h, 24 h]
"""


def least(call: Callable[[], object], tries: int = 30) -> float:
    """Seconds of the quickest of some tries."""
    found = []
    for _ in range(tries):
        began = time.perf_counter()
        call()
        found.append(time.perf_counter() - began)
    return min(found)


def main() -> None:
    """Measure and print."""
    for name, data in (("slow addition", RING), ("reductive amination", AMINATION)):
        case = read_kinetics(data, name)
        seconds = least(lambda case=case: solve(case.model, case.schedule, case.times))  # type: ignore[misc]
        print(f"{name:>20}: {seconds * 1e3:.1f} ms  {verdict(seconds, GOAL)}")
    ready = prepare(Ask("rcm-high-dilution")).ready
    assert ready is not None
    protocol, plan = ready.protocol.protocol, ready.plan
    seconds = least(lambda: predict(protocol, plan), 5)
    print(f"{'prediction':>20}: {seconds * 1e3:.0f} ms for 65 solutions, {seconds / 65 * 1e3:.1f} ms each")


if __name__ == "__main__":
    main()
