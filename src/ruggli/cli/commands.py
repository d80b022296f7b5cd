"""The table of commands: where each is, and its one line of help, so that `--help` loads none of them."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One command: `module:name` of its click command, or "" for a group, and one line for people."""

    place: str
    help: str


COMMANDS: Mapping[str, Entry] = {
    "new": Entry("", "Begin a protocol or rig file from a working example."),
    "new protocol": Entry("new:protocol", "Begin a protocol file."),
    "new rig": Entry("new:rig", "Begin a rig file."),
    "check": Entry("check:check", "Say what is wrong with a protocol on a rig."),
    "plan": Entry("plan:plan", "Show timeline, amounts, rates, volumes and prompts."),
    "simulate": Entry("simulate:simulate", "Dry-run a protocol on simulated devices."),
    "panel": Entry("panel:panel", "Plan a protocol once for each value of a parameter."),
    "faultsweep": Entry("faultsweep:faultsweep", "Strike a protocol with every fault at many times of its dry run."),
    "predict": Entry("predict:predict", "Predict what a protocol makes, as a band."),
    "advise": Entry("advise:advise", "Search for settings that reach a target and cost little."),
    "rescale": Entry("rescale:rescale", "Scale a protocol, and plan it again."),
    "kinetics": Entry("kinetics:kinetics", "Solve the reactions in a flask, from constants that are given."),
    "outlook": Entry("outlook:outlook", "Tell what a run is expected to make, corrected by what was measured."),
    "diagnose": Entry("diagnose:diagnose", "Ask what was seen of a low yield, and say what to change."),
    "run": Entry("run:run", "Run a protocol on the bench."),
    "resume": Entry("resume:resume", "Go on with an interrupted run."),
    "salvage": Entry("salvage:salvage", "Say what can still be made of a run that stopped early."),
    "report": Entry("report:report", "Write the report of a run."),
    "runs": Entry("runs:runs", "List the runs."),
    "compare": Entry("compare:compare", "Show what several runs came to, side by side."),
    "journal": Entry("", "Look after the record of a run."),
    "journal verify": Entry("journal:verify", "Check that a journal is whole and unchanged."),
    "schema": Entry("", "Print a JSON Schema, for editors and other programs."),
    "schema protocol": Entry("schema:protocol", "Schema of protocol files."),
    "schema rig": Entry("schema:rig", "Schema of rig files."),
    "schema kinetics": Entry("schema:kinetics", "Schema of kinetics files."),
    "schema diagnosis": Entry("schema:diagnosis", "Schema of the answers file of `ruggli diagnose`."),
    "schema notify": Entry("schema:notify", "Schema of notify files."),
    "schema output": Entry("schema:output", "Schema of what a command prints with --json."),
    "drivers": Entry("drivers:drivers", "List the drivers, and on what each was verified."),
    "rig": Entry("", "Look after a rig."),
    "rig check": Entry("rig:check", "Check a rig file, and ask its devices who they are."),
    "notify": Entry("", "Look after the messages that a run sends."),
    "notify test": Entry("notify:test", "Send a test message through every channel."),
    "rig prove": Entry("prove:prove", "Prove that every device stops by itself when nobody talks to it."),
    "simulator": Entry("", "Simulated devices for other programs."),
    "simulator serve": Entry("simulator:serve", "Serve a rig's simulated devices over TCP."),
}


def command_of(words: list[str]) -> str:
    """The command that a command line names, such as `rig check`; "" where it names none."""
    names = [word for word in words if not word.startswith("-")][:2]
    for count in (2, 1):
        name = " ".join(names[:count])
        if name in COMMANDS:
            return name
    return ""
