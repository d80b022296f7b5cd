"""The words of the reference tables that no code carries: what codes, records and fields mean to a person.

`docs/generate.py` refuses to write a table while a code, record or field of the program has no words here, or words
here belong to nothing any more.
"""

from collections.abc import Mapping

CODES: Mapping[str, str] = {
    "E-ADDRESS": "An address is missing, double or out of place: devices on one chain need different ones, 0 to 99.",
    "E-ALIAS": "YAML anchors and aliases (`&x`, `*x`) are not read. Repeat the value.",
    "E-BENCH": "The bench is not what the rig file says: a port is not there, or something else answers on it.",
    "E-CAPACITY": "A volume does not fit: into a vessel's working volume, into a syringe, or the line holds more than "
    "the dose.",
    "E-CHANGED": "A file, or what this version of Ruggli plans from it, is not what the interrupted run began with.",
    "E-CHAR": "A character that is not read: typographic minus, full-width digits, invisible characters and so on.",
    "E-CONFLICT": "Two things in the file exclude each other, or one thing is given twice.",
    "E-COUNT": "Too many or too few items.",
    "E-DEADMAN": "A dead-man is given for a device that has none, or an unattended run has an actuator without one, "
    "with none in the rig file, or with a longer one than 30 s (hotplate).",
    "E-DEPTH": "The file is nested too deeply.",
    "E-DIMENSION": "A quantity of another kind, such as a volume where a flow rate is wanted.",
    "E-DISK": "The disk of the runs has less than 1 GB free, or takes longer than 250 ms until a record is safe on it.",
    "E-DRIVER": "There is no driver of this name; `ruggli drivers` lists them.",
    "E-DUPID": "Two steps, or a reagent and a solution, have the same name.",
    "E-DUPKEY": "A key stands twice in one map.",
    "E-EMPTY": "The file is empty.",
    "E-ENCODING": "The file is not UTF-8.",
    "E-FAULT": "A fault of a faults file is not known; or faults are asked for on a real bench, or of the "
    "computer outside a dry run.",
    "E-FLOW": "The order of things makes no sense: an answer that asks again without end, no answer that leads on, an "
    "atmosphere that ends before it starts.",
    "E-INPUT": "An option or a file was refused; the message says why.",
    "E-INTERLOCK": "Something nobody may ask for: adding to a vessel that is not stirred, a quench that resumes by "
    "itself, silence taken for a yes, heat that stays on at reflux.",
    "E-INTERNAL": "An error in Ruggli itself. The message names a file with the details; please report it.",
    "E-INTERRUPTED": "The command was interrupted from the keyboard.",
    "E-JOURNAL": "The record of a run is damaged, foreign, finished or not writable.",
    "E-KEEP": "A reagent would get more concentrated than the `keep` of the step allows, or nothing is known of how "
    "fast it reacts.",
    "E-KEY": "A key of a map is not text.",
    "E-LENGTH": "A text or a name is too long.",
    "E-LIMIT": "A temperature above what the solvent, the vessel without condenser, the plate, its cap or the rig "
    "allows.",
    "E-LOCK": "Another process is master of a port of the rig, or the folder of port locks cannot be used.",
    "E-MERGE": "The YAML merge key `<<` is not read. Repeat the values.",
    "E-MISSING": "Something that is needed is not there; the message names the key.",
    "E-MULTIDOC": "A second YAML document begins in the file (`---`).",
    "E-NO-PUMP": "A dose needs more pumps than have a line that ends in the vessel.",
    "E-NOTIFY": "Messages cannot be sent: Apprise is not installed, or the address of a channel is none that it reads.",
    "E-NUMBER": "This is no plain decimal number: commas, spaces between digits, fractions and formulas are not read.",
    "E-ORDER": "A step of class `feed_at_reflux` without a `heat` step to reflux before it.",
    "E-PERM": "Every user of the computer may change the rig file, and the run is unattended.",
    "E-PH": "A gate asks for a pH where it means nothing: no water and no alcohol is in the vessel.",
    "E-PLAN": "A step cannot be planned on this rig, for a reason that no other code names.",
    "E-PORT": "The form of a port is not known, it is on another machine without `allow_network: true`, it is used "
    "twice, it is not there, or (unattended) it is a number that can change.",
    "E-PROOF": "An unattended run has a dead-man that `ruggli rig prove` has not proved, or not lately.",
    "E-RANGE": "A value outside its range: a parameter, a duration, a speed, a flow rate that the pump cannot hold "
    "with this bore.",
    "E-RATIO": "Two feeds cannot flow in the mole ratio of the step: too little of a solution, or a chase that bends "
    "it too far.",
    "E-REF": "A name that nothing in the file, on the rig or in the catalogue has. Mostly a typing error; the nearest "
    "name is given.",
    "E-RESOLUTION": "The pump's digits cannot hold a rate or a volume closely enough (0.1 %), or it would be zero.",
    "E-RING": "The substrate of `chemistry` closes to a ring of another size than the protocol says, or cannot close "
    "that way.",
    "E-SIZE": "The file is larger than a protocol or a rig ever is.",
    "E-SPEED": "`--speed` on a bench with a real port.",
    "E-SYNTAX": "The file is not YAML, or has a tab or a forbidden character in it.",
    "E-TAG": "YAML tags (`!x`) are not read.",
    "E-TIME": "A time with colons can mean hours or minutes; write a unit.",
    "E-TYPE": "A map or a list where a single value is wanted, or the other way round.",
    "E-UNIT": "The unit is missing or not one of the list (see quantities).",
    "E-UNKNOWN-KEY": "A key that the format does not have; the nearest one is given.",
    "E-USAGE": "The command line is wrong; `--help` shows its options.",
    "E-VALUE": "A word that is not one of those allowed here, an empty text, or a formula or SMILES that cannot be "
    "read.",
    "E-VENT": "A quench would set more gas free than the `vent` of the vessel bears, or `rate: by_vent` finds no gas "
    "to go by.",
    "E-VERSION": "The version of the file format, or of a journal, is not one that this program reads.",
    "E-VESSEL": "No vessel of the rig, or more than one, could be the vessel of the protocol.",
    "N-BOM": "The file begins with a byte-order mark; it is left out.",
    "N-BORE": "Two sources disagree about a bore, or the catalogue does not know the syringe whose bore is stated.",
    "N-BY-HAND": "The rig has no device for a step, so it becomes a prompt with the same data.",
    "N-CLASS": "A step of class `feed_at_reflux` at 45 degC or below counts as `feed`.",
    "N-DEADMAN": "A device does not stop by itself when the controller falls silent (attended, or waived).",
    "N-DEADMAN-COARSE": "A dose is so fast that the pump's own stop comes after more than 0.5 % of it.",
    "N-DROPS": "A feed falls in single drops that are far apart, or large against the dose or a kept bound.",
    "N-GAS": "What a quench with bicarbonate sets free after a triacetoxyborohydride, and what that takes.",
    "N-HEAT": "What each portion of a hydride should warm its vessel by, if no heat is lost, where `heat` asks for it.",
    "N-HOLD": "The file allows a longer hold than the class of the step; the class's limit is used.",
    "N-KEEP": "A kept concentration is planned with the slow end of default constants, which nobody measured.",
    "N-LINE": "One pump takes two solutions after another; rinse syringe and line between them.",
    "N-NOTIFY": "The run is unattended, and there is one channel only by which to tell what happens.",
    "N-PROOF": "A dead-man is not proved; an unattended run on this bench would be refused (`E-PROOF`).",
    "N-RATIO": "A ratio takes only a part of a solution, or a chase bends it a little while the feeds flow.",
    "N-REFILL": "A solution is more than its syringe holds; a person refills it while all feeds of the step rest.",
    "N-RESOLUTION": "A pump holds a rate or a volume slightly different from what was asked, by 0.1 % at most.",
    "N-RING": "The substrate of `chemistry` can close to rings of several sizes, the wanted one among them.",
    "N-SLEEP": "The computer cannot be kept from going to sleep, and the run is attended.",
    "N-STRUCTURE": "Structures were not checked, because RDKit (`ruggli[chem]`) is not installed; or the ring size was "
    "not, because the substrate has no SMILES.",
    "N-SYRINGE": "A pump runs near its slowest rate, in single steps; a syringe that suits better is named.",
    "N-UNIT-CASE": "A unit was written with unusual case, such as `ml`, and read as `mL`.",
    "N-UNUSED": "A parameter is declared and used nowhere.",
    "W-CLASS": "A step of class `feed` keeps a vessel above 45 degC heated when the run ends early.",
    "W-DEADMAN-COARSE": "As `N-DEADMAN-COARSE`, and the run is unattended.",
    "W-HEADSPACE": "A quench may burst into gas when it begins, and the vessel has less head space than three times "
    "the gas of a minute.",
    "W-HEAT-RISE": "`heat.rise` is more than half of what a portion gives if no heat is lost.",
    "W-HEAT-ON": "The protocol ends with a heater on.",
    "W-NOTIFY": "The run is unattended on a real bench, and nobody is told what happens.",
    "W-PERM": "Every user of the computer may change the rig file.",
    "W-PORT": "A port is given by a number (`COM3`, `/dev/ttyUSB0`) that can change when something is plugged in.",
    "W-SLEEP": "The computer cannot be kept from going to sleep, and the run is unattended.",
}

ALARMS: Mapping[str, tuple[str, str]] = {
    "A-AWAY": ("The computer slept, or the program stood still for more than 5 s.", "hold"),
    "A-BORE": ("The syringe diameter in a pump's memory is not the planned one, in mid-run.", "hold"),
    "A-ACCUMULATION": (
        "A kept reagent has piled up unreacted beyond its bound: it would still react if the feed stopped now.",
        "wait, hold or stop, as the step says",
    ),
    "A-COLD": ("While something flows, the vessel is too cold: reactant would pile up.", "hold"),
    "A-COUNTER": ("The pump says that its target is reached and its counter does not.", "hold"),
    "A-DEADMAN": ("The pump stopped itself because it heard nothing from the controller.", "hold"),
    "A-DISK": (
        "The record of the run cannot be kept: the disk is full, or fails.",
        "stop; heat as the class of the step says; the run ends",
    ),
    "A-GATE": (
        "A gate has stayed shut for as long as the step may stay held: the vessel's temperature, or what a person said "
        "of effervescence or pH.",
        "hold",
    ),
    "A-FROZEN": (
        "Both temperature readings of a plate have stood still to the last digit for 30 min, heater on or feeding.",
        "hold, heat off; where the plate hardly heats it is only told",
    ),
    "A-HEATER-STUCK": (
        "A heater that was switched off heats on: the plate rises, or does not cool. Go there and cut its mains.",
        "hold, heat off again; at the end of a run: stopped, not complete",
    ),
    "A-GUARDIAN": (
        "The guardian process, which stops everything when this program dies or hangs, has ended or does not answer.",
        "hold when unattended, else named",
    ),
    "A-IDENTITY": ("Another device answers on the port.", "hold"),
    "A-LINK": ("The port is gone (at once), or the device has been silent for 3.5 s.", "hold"),
    "A-NO-HEAT": (
        "A portion has not warmed its vessel by `heat.rise` within `heat.within`: what does not react piles up. "
        "`resume` goes on all the same.",
        "hold",
    ),
    "A-NOT-COOLING": ("A vessel has not cooled down in the time allowed.", "hold"),
    "A-NOT-HEATING": (
        "The heater is on and it gets no warmer, or a vessel has not reached its temperature in the time allowed.",
        "hold",
    ),
    "A-OPERATOR": ("A person asked for a hold.", "hold"),
    "A-OVER-TEMPERATURE": ("The vessel is too hot for the step.", "hold, heat off"),
    "A-OVERRUN": ("A pump's counter has gone past its target.", "hold"),
    "A-PANEL": (
        "Somebody at the front panel: a pump stopped before its target, or a plate holds another set point.",
        "hold; heat off where it is a plate",
    ),
    "A-PLATE": ("The plate is more than 10 K hotter than its declared cap.", "hold, heat off"),
    "A-POWER": (
        "The device lost its mains. A pump's counter is lost; a plate's heat may come back by itself and is switched "
        "off.",
        "hold; a plate: hold, heat off",
    ),
    "A-PROBE": (
        "A temperature sensor gives no believable reading while the heater is on, or jumps by more than 15 K twice.",
        "hold, heat off",
    ),
    "A-PROBE-OUT": ("The plate gets hotter and the probe does not follow: it is not in the flask.", "hold, heat off"),
    "A-PROGRESS": ("A pump says that it infuses, and its counter stands or lags behind the rate.", "hold"),
    "A-PROMPT": ("Nobody answered a question in its time.", "hold or stop, as `on_timeout` says"),
    "A-PUMP": ("A pump reports an alarm or a program error.", "hold"),
    "A-QUENCH": (
        "The vessel has warmed up by 5 K since its quench began: it is added too fast, or gas comes.",
        "hold, heat off",
    ),
    "A-REFUSED": ("A device did not take a command, or holds another value than the one sent.", "hold"),
    "A-RUNNING": ("A pump runs before it was started.", "hold"),
    "A-RUNAWAY": (
        "The vessel is hotter than its plate and does not cool, or warms by itself: the reaction heats it.",
        "hold, heat off",
    ),
    "A-SETTING": ("A pump holds another rate, target or direction than the one sent.", "hold"),
    "A-STALL": ("The pump's motor has stalled: empty syringe, blocked line, too much force.", "hold"),
    "A-STIR": ("The stirrer turns at less than 80 % of its speed for 2 s.", "hold"),
    "A-STOP-UNPROVED": (
        "A stop, or switching the heat off, could not be proved. Go there.",
        "named; nothing more to do",
    ),
    "A-WAIT": ("A step has waited (action `wait`) for as long as it may stay held.", "hold"),
}

RECORDS: Mapping[str, str] = {
    "open": "First record: the run's id, both files with text and SHA-256, parameters, options, accepted warnings with "
    "their reasons, software, the plan.",
    "session": "A further session of the same run begins (`ruggli resume`).",
    "lease": "This session is master of its ports: number of the lease, process, computer and its start, ports.",
    "computer": "Before a run in real time: whether the computer is kept awake, room and pace of its disk.",
    "state": "The run went from one state to another, and why.",
    "identity": "Who answered on a port: model, firmware, address, serial number.",
    "settings": "Every setting that a device holds, as read from it.",
    "step": "A step begins or ends.",
    "phase": "The phase of a step, with the snapshot from which `resume` takes it up.",
    "segment": "A dose goes on with its next filling, or with the chase.",
    "intent": "What is about to be done, with exact target, rate and counter; on the disk before the first byte.",
    "order": "Commands that are about to be sent to devices.",
    "held": "The exact values that a pump holds after it was set, read back from it.",
    "started": "A pump was started and said so.",
    "clear": "A pump's counter is about to be set to zero, with the value that it had.",
    "settled": "An account of one pump was closed: delivered volume as at least and at most, and by which evidence.",
    "sample": "Readings: states, counters, temperatures, speeds, delivered volumes; with the interlock on "
    "accumulation, what has not reacted and what was fed.",
    "gate": "A feed began or ended to wait: at its temperature gate, or for an interlock.",
    "portion": "A portion of a series is about to be asked for or started.",
    "portion_gate": "What a person said before a portion (effervescence, pH), and whether that opens the gate.",
    "portion_given": "A portion was given; where it has to give heat, with the temperature from which that counts.",
    "portion_heat": "The heat of a portion: `seen`, `not seen` in its time, or `gone on` without it by a person.",
    "guardian": "What the guardian saw, did and proved after the controller had died or hung; copied in by `resume`.",
    "prompt": "A question to a person.",
    "answer": "An answer, and by whom.",
    "refused": "An answer that was not taken, and why; the question stays.",
    "withdrawn": "A question that no longer stands.",
    "timeout": "A question that nobody answered in its time, and what follows.",
    "monitor": "What an analysis led to.",
    "command": "A person's hold, resume, stop or abort.",
    "alarm": "An alarm: code, device, value, bound, action. One for each fault; what else comes of it are signs.",
    "sign": "A later sign of the same trouble as the alarm that it names (`of`, `of_device`).",
    "done": "What was done about an alarm, by its code and device: flows, heat, stirring, and what is not heard.",
    "notified": "A message reached the service of a channel: its title and event, and after how many seconds.",
    "not_notified": "A message did not, and why; `all` stands for every channel. No address is ever recorded.",
    "note": "Something worth knowing that is none of the others.",
    "truth": "In simulation: what is really in every vessel of the simulated bench.",
    "end": "How the session ended: verdict, cause, doses, what is still on.",
    "seal": "Last record of a session: number of records and hash of the one before.",
}

STEP_FIELDS: Mapping[str, str] = {
    "id": "name of the step, once in the file; prompts and reports use it",
    "note": "a remark for the person at the bench; part of the prompts",
    "source": "where it is written, such as a page or a line",
    "timeout": "how long a question of this step waits beyond the time its work takes; else that of `prompts`",
    "on_timeout": "what follows when nobody answers; else that of `prompts`",
}

_REMOVES = "what the step is there to take off the chain: protecting groups, or the alkene of a metathesis"

FIELDS: Mapping[str, Mapping[str, str]] = {
    "Protocol": {
        "ruggli": "version of the file format, always 1",
        "name": "name of the protocol",
        "description": "one sentence",
        "source": "where it comes from",
        "unattended": "nobody will be there; the same as `--unattended`",
        "chemistry": "what is made, so that it can be checked as chemistry",
        "parameters": "values that `--set NAME=VALUE` may change, by name",
        "prompts": "defaults for all questions",
        "atmosphere": "inert gas, as a state from one step to another",
        "reagents": "substances, by name",
        "solutions": "solutions that a person makes up, by name",
        "vessels": "vessels, by name",
        "steps": "what is done, in order",
    },
    "Parameter": {
        "default": "value where `--set` gives none",
        "min": "smallest value",
        "max": "largest value",
        "words": "words that are allowed too, such as `reflux`",
        "description": "what it is",
    },
    "Prompts": {
        "timeout": "how long a question waits beyond the time its work takes",
        "on_timeout": "what follows when nobody answers",
    },
    "Chemistry": {
        "ring_closure": "the reaction that closes the ring",
        "ring_size": "atoms in the ring that is wanted; compared with what the substrate closes to",
        "substrate": "the reagent that closes; left out: the limiting one",
        "nitrogens": "what the nitrogens of the ring carry before it closes, at most two words; left out: what the "
        "SMILES shows",
        "hindered": "whether the coupling is hindered (rule AC-04)",
        "source": "where it is written",
    },
    "Atmosphere": {
        "gas": "which gas",
        "start": "id of the step before which it is on",
        "end": "id of the step after which it may go off",
        "source": "where it is written",
    },
    "Reagent": {
        "name": "chemical name",
        "role": "what it is for",
        "smiles": "structure; checked, and drawn in the report, where RDKit is installed",
        "formula": "molecular formula; gives the molar mass",
        "cas": "CAS number",
        "molar_mass": "needed where an amount is given in any way, and neither formula nor (with RDKit) SMILES is",
        "density": "of a liquid reagent; gives its volume",
        "purity": "by mass; more is weighed then",
        "boiling_point": "of a solvent that Ruggli does not know",
        "limiting": "the basis of equivalents and mol%; one in a file",
        "amount": "amount of substance",
        "mass": "mass of pure substance",
        "equivalents": "relative to the limiting reagent",
        "mole_percent": "relative to the limiting reagent",
        "note": "a remark",
        "source": "where it is written",
    },
    "Solution": {
        "solutes": "reagents in it; the whole amount of each",
        "solvent": "a reagent with `role: solvent`",
        "volume": "volume of the finished solution",
        "concentration": "of the one solute; the volume follows, or with `volume` the amount",
        "density": "of the solution, for weighing it",
        "note": "a remark",
        "source": "where it is written",
    },
    "Vessel": {
        "role": "what it is for",
        "at_least": "working volume that it must have",
        "condenser": "a reflux condenser is needed",
        "dried": "it is flame-dried before use (rule RCM-12)",
        "vented": "gas can leave it through a bubbler; left out: not checked (rules RA-12, X-11)",
        "note": "a remark",
    },
    "HoldPolicy": {
        "at_most": "longest hold; the class of the step may allow less",
        "then": "what follows; `heat_off` also switches the heat off",
    },
    "Interlocks": {
        "hot": "vessel or plate too hot",
        "cold": "vessel too cold while something flows",
        "stirring": "stirrer too slow",
        "probe": "no believable temperature, or a probe that is not in the flask",
        "frozen": "temperature readings that stand still",
        "heating": "heater on, and no gain",
        "runaway": "heat that no heater gives",
        "quench": "in a quench: a vessel that warms up",
        "accumulation": "in a dose that keeps a reagent low: what piles up unreacted",
    },
    "Hot": {
        "above": "how far above its temperature the vessel may be; left out: 10 K",
        "for": "for how long; left out: 5 s",
        "action": "what follows; left out: `hold`",
    },
    "Cold": {
        "below": "how far below its temperature the vessel may be; left out: 5 K",
        "for": "for how long; left out: 3 s",
        "action": "what follows; left out: `hold`. `wait`: the flow stops until the vessel is warm again",
    },
    "Stirring": {
        "for": "for how long; left out: 2 s",
        "action": "what follows; left out: `hold`. `wait`: the flow stops until the stirrer turns again",
    },
    "Probe": {"action": "what follows; left out: `hold`"},
    "FrozenReadings": {
        "for": "for how long; left out: 30 min",
        "action": "what follows; left out: `hold`. `none`: it is only told",
    },
    "NotHeating": {
        "gain": "by how much it has to get warmer in that time; left out: 2 K",
        "for": "in which time; left out: 3 min",
        "action": "what follows; left out: `hold`. `none`: it is only told",
    },
    "RunawayReaction": {
        "above_plate": "how much hotter than its plate the vessel may be while it does not cool; left out: 5 K",
        "ramp": "how fast a vessel that had settled may warm by itself; left out: 3 K/min",
        "for": "over which time the ramp is measured; left out: 30 s",
        "action": "what follows; left out: `hold`",
    },
    "QuenchRise": {
        "above": "by how much the vessel may warm up since the quench began; left out: 5 K",
        "action": "what follows; left out: `hold`",
    },
    "Chase": {
        "solvent": "what pushes the contents of the line into the vessel",
        "volume": "how much; left out: the volume of the line",
    },
    "Keep": {
        "below": "upper bound in the receiving vessel",
        "half_life": "first-order half-life of the reagent in the vessel, or `predicted`: the slow end of the "
        "constants of `ruggli predict`; left out: nothing is assumed to react",
        "profile": "`constant`: one rate; `ramped`: quickly up to the bound, then along it, in at most 12 stretches of "
        "one rate each",
    },
    "Ratio": {
        "of": "the reagent that is measured out, e.g. the catalyst",
        "to": "the reagent to which it is measured, e.g. the substrate",
        "equivalents": "moles of the one for each mole of the other",
        "mole_percent": "the same in mol%",
    },
    "Accumulation": {
        "above": "unreacted part of what the dose brings in all",
        "action": "what follows; left out: `wait`",
    },
    "Gate": {
        "below": "the addition goes on only while the probe reads less",
        "hysteresis": "how far below the gate it must come before a waiting feed goes on; left out: 2 K",
    },
    "PortionGate": {
        "below": "the next portion waits until the probe reads less",
        "hysteresis": "how far below the gate it must come after the first portion; left out: 2 K",
        "quiet": "`ask`: a person says before every further portion whether the effervescence has died down",
        "ph": "a person types the pH before every portion; only with water or an alcohol in the vessel",
    },
    "PhWindow": {"from": "lowest pH at which a portion is added", "to": "highest"},
    "HeatCheck": {
        "rise": "how far the probe must rise above what the vessel would do by itself",
        "within": "how long after the portion was given; then the run holds (`A-NO-HEAT`)",
    },
    "Portion": {"what": "a solvent, reagent or solution", "volume": "how much, where no amount says it"},
    "AnswerRule": {
        "answer": "a possible answer",
        "does": "what it leads to",
        "after": "with `wait`: ask again after this time",
        "at_most": "with `wait`: at most so many times",
        "then": "with `wait`: what follows after that",
    },
    "Sparge": {"what": "solvents, solutions or vessels", "gas": "which gas", "duration": "how long"},
    "Charge": {"vessel": "into which vessel", "contents": "what goes in, in this order", "removes": _REMOVES},
    "Stir": {"vessel": "which vessel", "speed": "speed, or `off`"},
    "Heat": {
        "vessel": "which vessel",
        "to": "a temperature, or `reflux`",
        "class": "class of the step",
        "hold": "how long the step may stay held",
        "interlocks": "what is watched while the step runs, where it is not to be the standard",
        "within": "longest time to get there; left out: three times the estimate, at least 30 min",
    },
    "Cool": {"vessel": "which vessel", "to": "temperature to come down to", "within": "longest time to get there"},
    "Dose": {
        "into": "receiving vessel",
        "solutions": "one to eight solutions, delivered together, one pump each",
        "class": "class of the step",
        "duration": "time of the addition",
        "rate": "flow rate of the first solution; all take the same time",
        "volume": "part of one solution; left out: each solution is dosed whole",
        "keep": "upper bounds on concentrations in the vessel, by reagent: `below 5 mM`, or a map",
        "ratio": "two reagents that flow in one mole ratio for as long as the dose flows",
        "chase": "push the contents of the line into the vessel at the end",
        "gate": "go on only while the vessel is below a temperature",
        "stir": "always true; an addition without stirring is refused",
        "hold": "how long the step may stay held",
        "interlocks": "what is watched while the step runs, where it is not to be the standard",
        "removes": _REMOVES,
    },
    "Quench": {
        "into": "receiving vessel",
        "solution": "what is added",
        "rate": "flow rate; `by_vent`: the fastest that vent and head space of the rig's vessel bear",
        "duration": "or the time of the addition",
        "gate": "the feed waits while the vessel is above it",
        "chase": "push the contents of the line into the vessel at the end",
        "class": "class of the step",
        "hold": "how long the step may stay held",
        "interlocks": "what is watched while the step runs, where it is not to be the standard",
    },
    "Portions": {
        "into": "receiving vessel",
        "what": "a reagent (by hand) or a solution (by pump)",
        "count": "number of portions",
        "interval": "shortest time between two",
        "gate": "what the next portion waits for",
        "heat": "the heat that each portion has to give; left out: none is asked for",
        "class": "class of the step",
        "rate": "flow rate of a portion, for a solution",
        "hold": "how long the step may stay held",
        "interlocks": "what is watched while the step runs, where it is not to be the standard",
        "removes": _REMOVES,
    },
    "Hold": {
        "vessel": "which vessel",
        "duration": "how long everything stays as it is",
        "class": "class of the step",
        "hold": "how long the step may stay held",
        "interlocks": "what is watched while the step runs, where it is not to be the standard",
    },
    "Monitor": {
        "vessel": "from which vessel",
        "method": "kind of analysis",
        "question": "what the person is asked",
        "answers": "the answers, and what each does",
        "value": "a value that the person is told to note too",
        "class": "class of the step",
    },
    "Extract": {"vessel": "which vessel", "solvent": "with what", "volume": "how much each time", "times": "how often"},
    "Dry": {"vessel": "which vessel", "agent": "a reagent with `role: drying_agent`", "duration": "how long"},
    "Filter": {"vessel": "which vessel", "remove": "what is filtered off"},
    "Concentrate": {"vessel": "which vessel", "bath": "temperature of the bath"},
    "Purify": {"vessel": "which vessel", "method": "how"},
    "Operator": {
        "text": "what the person does",
        "value": "ask for a typed value of this kind",
        "takes": "how long it takes, for the timeline",
        "removes": _REMOVES,
    },
}

NOTIFY_FIELDS: Mapping[str, Mapping[str, str]] = {
    "NotifyFile": {
        "ruggli": "version of the file format, always 1",
        "channels": "ways to reach people; every message goes to all of them",
        "events": "what is told; left out: everything",
        "repeat": "how often a question that nobody answers is told again",
    },
    "NotifyChannel": {
        "name": "what the journal and the screen call it",
        "url": "its address as Apprise has it; with its passwords, so it is never shown",
    },
    "Repeat": {
        "hold": "interval while a run is held; left out: 60 s",
        "prompt": "interval while any other question stands; left out: 10 min",
        "at_most": "most repetitions of one question",
    },
}

_FILE_OF_KINETICS: Mapping[str, str] = {
    "ruggli": "version of the file format, always 1",
    "kinetics": "which model",
    "title": "what it is called on the screen",
    "flask": "what is in the flask at the start",
    "feeds": "what flows in",
    "portions": "what is put in at once",
    "times": "when the flask is told; the run ends at the last of them",
    "constants": "event constants, see below",
}

KINETICS_FIELDS: Mapping[str, Mapping[str, str]] = {
    "MacrocyclisationFile": {
        **_FILE_OF_KINETICS,
        "variant": "which chains couple: `dimer-terminal` only two monomers, `step-growth` all",
    },
    "MacrocyclisationConstants": {
        "k_intra": "ring closure where no rate depends on the catalyst; this or `k_prime`",
        "k_prime": "ring closure, times [Ru]",
        "EM": "effective molarity: ring closure over coupling; left out: nothing couples",
        "k_d": "decay of Ru, first order; left out: none",
        "phi": "part of the dead Ru that becomes H",
        "k_iso": "isomerisation of M, times [H]; left out: none",
        "q": "part of the isomerisation that an inhibitor suppresses",
        "k_cd": "closure of the linear dimer, times [Ru] beside `k_prime`; left out: none",
    },
    "ReductiveAminationFile": _FILE_OF_KINETICS,
    "ReductiveAminationConstants": {
        "k_f": "A to I",
        "k_r": "I to A",
        "k_red": "I and H to P",
        "k_ald": "A and H to AL",
        "k_c": "two A to J2; two A go with each event",
        "k_c_rev": "J2 to two A",
        "k_red_J2": "J2 and H to DM",
        "k_o": "P and A to J3",
        "k_o_rev": "J3 to P and A",
        "k_red_J3": "J3 and H to OA",
        "k_H2": "H and AcOH to H2",
    },
    "KineticsFlask": {"volume": "of the liquid", "amounts": "by species; left out: none"},
    "KineticsFeed": {
        "volume": "of the whole feed; may be 0 mL",
        "amounts": "by species, in the whole feed; this or `concentrations`",
        "concentrations": "by species",
        "start": "when it begins; left out: 0 s",
        "duration": "how long it lasts",
    },
    "KineticsPortion": {"time": "when", "amounts": "by species"},
}

EVENTS: Mapping[str, str] = {
    "prompt": "a question to a person, or one that nobody answered in time",
    "hold": "the run is held: why, what was done, what is asked",
    "alarm": "an alarm, as it is raised",
    "link": "a port is gone, a device is silent, or another one answers",
    "crash": "the program that runs the protocol has ended without a word, or its guardian has ended it; sent by the "
    "worker, which outlives it",
    "end": "the end of a session, however it ended",
}

RIG_FIELDS: Mapping[str, Mapping[str, str]] = {
    "Rig": {
        "ruggli": "version of the file format, always 1",
        "name": "name of the bench",
        "description": "one sentence",
        "devices": "devices, by the names that plans and reports use",
        "vessels": "glass, by name",
        "limits": "bounds for every protocol on this bench",
        "simulation": "how a simulated bench differs from this file; never read by the controller",
    },
    "Device": {
        "driver": "name of the driver; `ruggli drivers` lists them",
        "model": "one of the driver's models; left out: its first",
        "port": "where it is reached",
        "address": "on a chain of pumps",
        "syringe": "the syringe in a pump",
        "tubing": "the line from a pump's syringe to a vessel",
        "dead_man": "longest silence until the device stops by itself; a pump gets 5 s or more, less for a short dose",
        "plate_cap": "hottest that a plate may get, whatever the probe says",
        "options": "settings of the driver",
    },
    "Port": {
        "usb_serial": "serial number of the USB adapter; the best way",
        "path": "a path such as `/dev/serial/by-id/...` or `COM3`",
        "url": "`sim://NAME`, `socket://HOST:PORT` or `rfc2217://HOST:PORT`",
        "baud": "where it is not the device's factory setting",
        "allow_network": "true for a host that is not this machine",
    },
    "Syringe": {
        "make": "make in the catalogue",
        "size": "nominal volume",
        "bore": "measured inner diameter; must agree with the catalogue within 1 %",
        "dead_volume": "what stays behind with the plunger home; left out: by size",
        "gas_tight": "for syringes that the catalogue does not know",
    },
    "Tubing": {
        "bore": "inner diameter",
        "length": "length from syringe to vessel",
        "to": "vessel where it ends",
        "outlet": "`above` the liquid, from where it drips, or `submerged` in it; left out: not told",
        "tip": "outer diameter of its end or of the needle on it, which decides the size of a drop; left out: 1.6 mm",
    },
    "Vessel": {
        "capacity": "brimful",
        "working_volume": "most that may be in it",
        "position": "where it stands",
        "condenser": "a reflux condenser stands on it",
        "stirred": "a stirring bar is in it",
        "vent": "flow of gas that its way out bears; quenches are checked against it (`E-VENT`, rule X-12)",
    },
    "Position": {
        "hotplate": "the device that heats and stirs it",
        "probe": "where the plate's external probe sits",
        "contact": "how it stands on the plate",
    },
    "Limits": {
        "highest_temperature": "no set point above it",
        "ambient": "the room; left out: 20 degC",
    },
    "BenchTruth": {
        "physical_bore": "real bore of a syringe, by device",
        "stored_bore": "what a pump's memory holds at the start, by device",
        "compliance": "how much syringe and line give way, by device",
        "solvent": "what is in a vessel at the start",
        "contents": "and how much",
        "reaction": "constants of what reacts in the flask of a dry run, or `off`: nothing reacts",
    },
    "BenchReaction": {
        "k_prime": "ring closure, times [Ru]",
        "EM": "effective molarity: ring closure over coupling",
        "k_d": "decay of Ru",
        "phi": "part of the dead Ru that becomes H",
        "k_iso": "isomerisation of M, times [H]",
        "q": "part of the isomerisation that an inhibitor suppresses",
        "k_cd": "closure of the linear dimer, times [Ru]",
        "k_f": "A to I",
        "k_r": "I to A",
        "k_red": "I and H to P",
        "k_ald": "A and H to AL",
        "k_c": "two A to J2; two A go with each event",
        "k_c_rev": "J2 to two A",
        "k_red_J2": "J2 and H to DM",
        "k_o": "P and A to J3",
        "k_o_rev": "J3 to P and A",
        "k_red_J3": "J3 and H to OA",
        "k_H2": "H and AcOH to H2",
        "k_quench": "H and the water of the quench to H2, times bicarbonate",
    },
}

PACKAGES: Mapping[str, str] = {
    "ruggli.cli": "one module a command",
    "ruggli.app": "composition: the one place that knows drivers, simulator and engine",
    "ruggli.report": "what people look at afterwards",
    "ruggli.engine": "the run: state machine, steps, dose ledger, interlocks, recovery",
    "ruggli.plan": "protocol and rig to plan",
    "ruggli.chemistry": "stoichiometry, solvents, structures, kinetics",
    "ruggli.protocol": "the protocol file",
    "ruggli.rig": "the rig file, the syringe catalogue",
    "ruggli.devices": "what the engine asks of a pump or hotplate; what drivers declare",
    "ruggli.journal": "the record of a run: append, chain, read",
    "ruggli.documents": "strict YAML with line and column of every value; problems",
    "ruggli.world": "the doors to outside",
    "ruggli.quantities": "units, the strict reader, fields typed by dimension, formulas",
    "ruggli.errors": "the error tree",
}

REACTIONS: Mapping[tuple[str, str], str] = {
    ("S", "H"): "held first, with the flows at 0 within the same time, and stopped when nobody comes: decision "
    "[0004](decisions/0004-hold-with-heat-off-before-stop.md). F31: the question came in a later "
    "phase",
    ("D>S", "H"): "the same; a device that does not hear is ended by its own dead-man",
    ("D>S", "C"): "the run was over before the computer was to sleep",
    ("H", "S"): "a disk that keeps no record ends the run at once: a hold could not be recorded either",
    ("S", "C"): "nothing to react to: a leak or a bar that slips (**not observable**), a reading that stands "
    "still for less than 30 min, a command that was not due, a question that nobody asked, a pump "
    "that rested, mains that were back before the pump was armed, a fault in the last seconds",
    ("H", "C"): "nothing to react to: a leak (**not observable**), a pump that rested or is not needed any more, "
    "a flask that is warm already and does not miss its heater, a command that was not due, mains "
    "that were back before the pump was armed, a syringe that held enough all the same",
    ("R", "C"): "the fault struck beside the checks and did not last, or did not matter any more when they were made",
    ("R", "H"): "the fault came to light after the checks: held when the device was needed, or in the next look",
    ("R", "S"): "the disk failed after the checks: the run ended at once",
    ("R", "G"): "F27: as below. F25: the guardian killed the program that hung in its checks",
    ("C", "H"): "a pump that has lost its settings, does not turn or stores another diameter is told although it "
    "rests, or when a later step needs it; a port with a new name is taken up again only when a "
    "person says so",
    ("C", "R"): "the fault fell into the first questions to a device: refused, nothing was energised",
    ("S", "G"): "the record is damaged while the program is dead, so each night of F27 has a kill in it; a resume "
    "from a damaged record is refused and energises nothing",
    ("H", "G"): "F27: the same",
    ("G", "C"): "the run was over before the program was to be killed",
    ("G", "R"): "the resume was refused until a person had mended the cause",
    ("G", "H"): "a hang without a guardian: the dead-men ended the flows, and the program that woke up held and asked",
    ("H", "R"): "the question was the first of the run, and the fault fell into the first questions to the "
    "devices: refused, nothing was energised",
}
"""Why another reaction than the expected one was seen in nights with faults; by expected and seen."""
