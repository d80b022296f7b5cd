"""What is told to a person who is not there: messages, made from the journal's records and from nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Final

from ruggli.app.notify_file import Event

Data = Mapping[str, Any]


class Weight(Enum):
    """How a message presents itself, in the words of Apprise."""

    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Message:
    """One message.

    Attributes:
        event: what it is about.
        title: one line that is enough on a telephone's screen.
        body: run, step, what, value, bound, what was done, what is asked; one a line.
        weight: see `Weight`.
        question: id of the question that it puts, or "".
    """

    event: Event
    title: str
    body: str
    weight: Weight
    question: str = ""


class Watched(Enum):
    """What the records say of a guardian: a process that stops everything when the program dies or hangs."""

    NO = "none was started"
    YES = "one was started, and answered when it was last asked"
    LOST = "it was lost; whether another one was started is not recorded"


@dataclass(frozen=True, slots=True)
class Scene:
    """What the records so far say about the run.

    Attributes:
        run: its id.
        protocol: name of the protocol.
        rig: name of the rig.
        step: the current step for people, such as `5 (add substrate)`, or "" before the first.
        questions: by id, what stands to be answered.
        watched: whether a guardian watches the program.
    """

    run: str = ""
    protocol: str = ""
    rig: str = ""
    step: str = ""
    questions: Mapping[str, Message] = field(default_factory=dict)
    watched: Watched = Watched.NO


_ANSWERED: Final = ("answer", "withdrawn", "timeout")

_DONE: Final[Mapping[str, str]] = {
    "none": "nothing; the run goes on",
    "hold": "all flows are stopped and the run is held",
    "hold, heat off": "all flows are stopped, the heater is switched off and the run is held",
    "stop": "the run is stopped",
    "abort": "the run is aborted: all flows and the heater go off",
}

_LINKS: Final = ("A-LINK", "A-IDENTITY")

_CRASHED: Final[Mapping[bool, str]] = {
    False: "the program that runs this protocol has ended without a word",
    True: "the program that runs this protocol has ended without a word, or hung and was ended by its guardian",
}
"""By whether a guardian was started, which kills a program that hangs."""

_DEAD_MEN: Final = "a device whose dead-man was armed stops by itself"
_GUARDIAN_FILE: Final = "`guardian.jsonl` in the run's folder says what it did and proved"

_WHO_STOPS: Final[Mapping[Watched, str]] = {
    Watched.NO: _DEAD_MEN,
    Watched.YES: f"a guardian was to stop every device that it can reach ({_GUARDIAN_FILE}); {_DEAD_MEN}",
    Watched.LOST: f"the guardian was lost before; if there is another one, {_GUARDIAN_FILE}; {_DEAD_MEN}",
}

_ENDS: Final[Mapping[str, tuple[Weight, str]]] = {
    "complete": (Weight.SUCCESS, "nothing; the bench is in the end state of the protocol"),
    "held": (Weight.FAILURE, "mend the cause, then `ruggli resume RUN`"),
    "stopped": (Weight.WARNING, "look at the report: `ruggli report RUN`"),
    "aborted": (Weight.WARNING, "look at the report: `ruggli report RUN`"),
    "refused": (Weight.WARNING, "mend the cause and start again; nothing was started"),
    "error": (Weight.FAILURE, "go to the bench and look; then `ruggli resume RUN`"),
}


def tell(scene: Scene, kind: str, data: Data) -> tuple[Scene, Message | None]:
    """One more record of a journal.

    Args:
        scene: what the records before it say; `Scene()` before the first.
        kind: its kind.
        data: its content.

    Returns:
        What they say with it, and what a person who is away is to be told of it, if anything.
    """
    if kind == "open":
        opened = Scene(str(data["run"]), str(data["protocol"]["name"]), str(data["rig"]["name"]))
        return opened, None
    if kind == "step" and data.get("what") == "begin":
        return replace(scene, step=f"{data['number']} ({data['title']})"), None
    if kind == "session":
        return replace(scene, watched=Watched.NO), None
    if kind == "lease":
        return replace(scene, watched=Watched.YES), None
    if kind == "guardian":
        return scene, _guardian(scene, data) if data.get("error") else None
    if kind == "alarm":
        lost = scene.watched is Watched.YES and data["code"] == "A-GUARDIAN"
        return replace(scene, watched=Watched.LOST) if lost else scene, _alarm(scene, data)
    if kind == "prompt":
        message = _question(scene, data)
        return replace(scene, questions={**scene.questions, message.question: message}), message
    if kind in _ANSWERED:
        left = {name: asked for name, asked in scene.questions.items() if name != data["id"]}
        return replace(scene, questions=left), _timeout(scene, data) if kind == "timeout" else None
    if kind == "end":
        return replace(scene, questions={}), _end(scene, data)
    return scene, None


def again(message: Message, number: int, of: int) -> Message:
    """A question that nobody has answered, told another time."""
    return replace(message, title=f"{message.title} (told again, {number} of {of})")


def together(messages: tuple[Message, ...]) -> Message:
    """Several messages of one moment as one, the first cause first: one fault has many signs."""
    first = messages[0]
    if len(messages) == 1:
        return first
    order = list(Weight)
    return replace(
        first,
        title=f"{first.title} (and {len(messages) - 1} more)",
        body="\n\n".join(message.body for message in messages),
        weight=max((message.weight for message in messages), key=order.index),
    )


def last_will(scene: Scene) -> Message:
    """What the worker tells when the program that runs the protocol has ended without a word.

    It knows neither why, nor what the guardian does from now on: it names who may act, and never that it did.
    """
    rows = (
        ("What", _CRASHED[scene.watched is not Watched.NO]),
        ("Done", f"nothing that is known here; {_WHO_STOPS[scene.watched]}"),
        ("Asked", f"go to the bench and look; then `ruggli resume {scene.run}`"),
    )
    return Message(Event.CRASH, _title("CRASHED", scene), _body(scene, rows), Weight.FAILURE)


def trial() -> Message:
    """The message of `ruggli notify test`."""
    return Message(Event.END, "Ruggli test message", "This channel works. Nothing is asked of you.", Weight.INFO)


def _alarm(scene: Scene, data: Data) -> Message:
    link = data["code"] in _LINKS
    action = str(data["action"])
    what = f"{data['device']}: {data['text']} ({data['code']})"
    asked = "nothing yet; a question follows" if "hold" in action else "go to the bench and look"
    rows = (
        ("What", what),
        ("Value", str(data["value"])),
        ("Bound", str(data["bound"])),
        ("Done", _DONE.get(action, action)),
        ("Asked", asked),
    )
    title = _title("LINK LOST" if link else "ALARM", scene, f"{data['device']}: {data['text']}")
    return Message(Event.LINK if link else Event.ALARM, title, _body(scene, rows), Weight.FAILURE)


def _guardian(scene: Scene, data: Data) -> Message:
    """What the guardian could not do or prove; told when the run is taken up again."""
    device, what = str(data.get("device", "")), str(data.get("what", ""))
    rows = (
        ("What", f"{device}: {what} was not proved by the guardian, after the program had died or hung"),
        ("Value", str(data["error"])),
        ("Done", str(data.get("proof") or "nothing that is proved")),
        ("Asked", "go to the bench and look"),
    )
    title = _title("ALARM", scene, f"{device}: the guardian could not prove: {what}")
    return Message(Event.ALARM, title, _body(scene, rows), Weight.FAILURE)


def _question(scene: Scene, data: Data) -> Message:
    name = str(data["id"])
    held = name.startswith("hold.")
    choices = ", ".join(str(choice) for choice in data["choices"])
    limit = data.get("timeout_s")
    after = "" if limit is None else f"; unanswered after {_minutes(float(limit))}: {data['on_timeout']}"
    rows = (
        ("What", str(data["text"])),
        ("Asked", f"answer {name}{f' with {choices}' if choices else ''} at the terminal of the run{after}"),
    )
    title = _title("HELD" if held else "asks", scene, "" if held else str(data["text"]))
    return Message(
        Event.HOLD if held else Event.PROMPT,
        title,
        _body(scene, rows),
        Weight.FAILURE if held else Weight.INFO,
        question=name,
    )


def _timeout(scene: Scene, data: Data) -> Message:
    name = str(data["id"])
    rows = (("What", f"nobody answered {name} in its time"), ("Done", str(data["then"])))
    event = Event.HOLD if name.startswith("hold.") else Event.PROMPT
    return Message(event, _title("not answered", scene, name), _body(scene, rows), Weight.WARNING)


def _end(scene: Scene, data: Data) -> Message:
    verdict = str(data["verdict"])
    weight, asked = _ENDS.get(verdict, (Weight.WARNING, "look at the report"))
    doses = [
        f"{dose['step']}, {dose['solution']}: {dose['delivered_mL'][0]:g} to {dose['delivered_mL'][1]:g} "
        f"of {dose['planned_mL']:g} mL"
        for dose in data.get("doses", ())
    ]
    still_on = ", ".join(str(name) for name in data.get("still_on", ())) or "nothing"
    rows = (
        ("What", f"the run has ended: {verdict} ({data['cause']})"),
        ("Delivered", "; ".join(doses)),
        ("Still on", still_on),
        ("Asked", asked.replace("RUN", scene.run)),
    )
    return Message(Event.END, _title(verdict, scene, str(data["cause"])), _body(scene, rows), weight)


def _title(word: str, scene: Scene, what: str = "") -> str:
    step = f", step {scene.step.partition(' ')[0]}" if scene.step else ""
    text = f"Ruggli {word}: {scene.protocol} on {scene.rig}{step}{': ' if what else ''}{what}"
    return text if len(text) <= 120 else text[:117] + "..."


def _body(scene: Scene, rows: tuple[tuple[str, str], ...]) -> str:
    run = f"{scene.run} ({scene.protocol} on {scene.rig})"
    told = (("Run", run), ("Step", scene.step or "before the first"), *rows)
    return "\n".join(f"{word}: {text}" for word, text in told if text)


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:g} min" if seconds < 7200 else f"{seconds / 3600:g} h"
