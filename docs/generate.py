"""Writes the generated parts of the documentation: tables and diagrams between their marks.

    python docs/generate.py            write them
    python docs/generate.py --check    say which are not current, exit code 1 if any

A part stands between `<!-- made by docs/generate.py: NAME -->` and `<!-- end of NAME -->`.
"""

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import chemistry
import diagrams
import evidence
import tables

DOCS = Path(__file__).resolve().parent
PARTS: Mapping[str, Callable[[], str]] = {
    "layers": tables.layers,
    "run diagram": diagrams.run_diagram,
    "phase diagrams": diagrams.phase_diagrams,
    "problem codes": tables.problem_codes,
    "alarm codes": tables.alarm_codes,
    "chemistry rules": chemistry.rules,
    "known reagents": chemistry.compounds,
    "checked reactions": chemistry.checked_for,
    "protecting groups": chemistry.survival,
    "rule marks": chemistry.marks,
    "unchecked rules": chemistry.unchecked,
    "journal records": tables.journal_records,
    "protocol parts": tables.protocol_parts,
    "protocol steps": tables.protocol_steps,
    "rig parts": tables.rig_parts,
    "notify parts": tables.notify_parts,
    "kinetics parts": tables.kinetics_parts,
    "diagnosis questions": tables.diagnosis_questions,
    "diagnosis advice": tables.diagnosis_advice,
    "notify events": tables.notify_events,
    "units": tables.units,
    "syringes": tables.syringes,
    "solvents": tables.solvents,
    "class policies": tables.class_policies,
    "interlocks": tables.interlocks,
    "faults": tables.faults,
    "host faults": tables.host_faults,
    "night figures": evidence.night_figures,
    "fault matrix": evidence.fault_matrix,
    "fault differences": evidence.fault_differences,
    "planted bugs": evidence.planted_bugs,
    "drivers": tables.drivers,
    "commands": tables.commands,
    "exit codes": tables.exit_codes,
    "output shapes": tables.output_shapes,
}
MARKED = re.compile(r"(<!-- made by docs/generate\.py: ([a-z ]+) -->\n).*?(<!-- end of \2 -->)", re.DOTALL)


def current(text: str) -> str:
    """A page with all its generated parts made anew. Raises `KeyError` for a part that does not exist."""
    return MARKED.sub(lambda match: f"{match[1]}\n{PARTS[match[2]]()}\n\n{match[3]}", text)


def main(arguments: list[str]) -> int:
    """Write or check all pages."""
    stale, seen = [], set()
    for page in sorted(DOCS.rglob("*.md")):
        text = page.read_text("utf-8")
        seen |= {match[2] for match in MARKED.finditer(text)}
        made = current(text)
        if made == text:
            continue
        stale.append(page.relative_to(DOCS.parent).as_posix())
        if "--check" not in arguments:
            page.write_text(made, "utf-8", newline="\n")
    missing = sorted(set(PARTS) - seen)
    if missing:
        print(f"on no page: {', '.join(missing)}")
    if "--check" not in arguments:
        print(f"written: {', '.join(stale) or 'nothing, all is current'}")
        return 1 if missing else 0
    for name in stale:
        print(f"{name} is not current: run `python docs/generate.py`")
    return 1 if stale or missing else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except tables.StaleWordsError as error:
        sys.exit(str(error))
