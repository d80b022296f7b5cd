"""The notify file: where messages go. Its addresses hold passwords, so nothing of them is ever shown."""

import re
from dataclasses import replace
from enum import Enum
from typing import Annotated, Any, Final, TypeAlias

from pydantic import ConfigDict, Field, SecretStr

from ruggli.documents.model import Model
from ruggli.documents.place import did_you_mean
from ruggli.documents.problem import Problem, ProblemsError, Severity
from ruggli.documents.reader import read_document
from ruggli.documents.validate import validate
from ruggli.quantities.base import Seconds
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.fields import Name, field, refusal, whole
from ruggli.quantities.plain_fields import TextField
from ruggli.quantities.reader import Reading, read_quantity

FILE_VARIABLE: Final = "RUGGLI_NOTIFY"
"""The environment variable that names the file where `--notify` does not."""
SCHEMA_FILE: Final = "ruggli-notify.schema.json"
"""The file name that the first line of a notify file points at."""
MOST_CHANNELS: Final = 16

_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s]+", re.ASCII)


class Event(Enum):
    """What a message is about."""

    PROMPT = "prompt"
    HOLD = "hold"
    ALARM = "alarm"
    LINK = "link"
    CRASH = "crash"
    END = "end"


def _read_url(value: object) -> SecretStr:
    if isinstance(value, str) and len(value) <= 2000 and _URL.fullmatch(value):
        return SecretStr(value)
    remedy = "write the address as Apprise has it, e.g. mailtos://USER:PASSWORD@example.org"
    raise refusal("E-VALUE", "this is no address of a channel", bound="scheme://...", remedy=remedy)


Url: TypeAlias = Annotated[
    SecretStr,
    TextField(
        _read_url,
        {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9+.-]*://[^ ]+$", "description": "address, as Apprise has it"},
    ),
]
Interval: TypeAlias = Annotated[Reading, field(Dimension.DURATION, ge="10 s", le="24 h")]


class NotifyChannel(Model):
    """One way to reach somebody."""

    name: Name
    url: Url


class Repeat(Model):
    """How often a question that nobody answers is told again."""

    hold: Interval = Field(default_factory=lambda: read_quantity("60 s", Dimension.DURATION))
    prompt: Interval = Field(default_factory=lambda: read_quantity("10 min", Dimension.DURATION))
    at_most: Annotated[int, whole(ge=0, le=1000)] = 30


class NotifyFile(Model):
    """The whole file.

    Attributes:
        channels: every message goes to all of them.
        events: what is told.
        repeat: see `Repeat`.
    """

    model_config = ConfigDict(strict=False)

    channels: Annotated[tuple[NotifyChannel, ...], Field(min_length=1, max_length=MOST_CHANNELS)]
    events: Annotated[tuple[Event, ...], Field(min_length=1, max_length=len(Event))] = tuple(Event)
    repeat: Repeat = Repeat()

    def interval(self, event: Event) -> Seconds:
        """Seconds after which an unanswered question of this kind is told again."""
        return Seconds((self.repeat.hold if event is Event.HOLD else self.repeat.prompt).base)

    def told(self) -> dict[str, Any]:
        """What a record may say of the file: no address."""
        return {
            "channels": [channel.name for channel in self.channels],
            "events": [event.value for event in self.events],
            "repeat_hold_s": self.repeat.hold.base,
            "repeat_prompt_s": self.repeat.prompt.base,
            "repeat_at_most": self.repeat.at_most,
        }


def read_notify(data: bytes, file: str) -> NotifyFile:
    """Read a notify file.

    Args:
        data: the file's bytes.
        file: its name for messages.

    Raises:
        ProblemsError: every error of the file, with line and column; no problem shows an address.
    """
    try:
        document = read_document(data, file)
        found = validate(document, NotifyFile)
    except ProblemsError as error:
        raise ProblemsError(tuple(_without_secrets(problem) for problem in error.problems)) from None
    problems = []
    seen: set[str] = set()
    for index, channel in enumerate(found.channels):
        if channel.name in seen:
            mark = document.mark(("channels", index, "name"))
            message = f"two channels have the name {channel.name}"
            path, remedy = f"channels[{index}].name", "give each channel a name of its own"
            at = (file, mark.line, mark.column)
            problems.append(Problem("E-DUPID", Severity.ERROR, message, *at, channel.name, remedy=remedy, path=path))
        seen.add(channel.name)
    if problems:
        raise ProblemsError(tuple(problems))
    return found


def notify_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a notify file."""
    schema = NotifyFile.model_json_schema()
    schema["properties"]["ruggli"] = {"enum": [1, "1"], "description": "version of the file format"}
    del schema["properties"]["events"]["default"]
    schema["required"] = ["ruggli", *schema["required"]]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Ruggli notify file"}


_WORDS: Final = (
    *("ruggli", "channels", "name", "url", "events", "repeat", "hold", "prompt", "at_most"),
    *(event.value for event in Event),
)
"""Everything that the format itself has words for; whatever is not near one of these may be a secret."""


def _without_secrets(problem: Problem) -> Problem:
    """The same problem, of which only what is a word of the format, or nearly one, is shown."""
    message = re.sub(r"`([^`]*)`?", lambda found: f"`{_shown(found[1])}`", problem.message)
    message = re.sub(r"\b(alias \*|anchor &|tag )\S+", r"\1...", message)
    path = re.sub(r"[^.\[\]]+", lambda found: _shown(found[0]), problem.path)
    return replace(problem, value=_shown(problem.value), message=message, path=path)


def _shown(text: str) -> str:
    return text if len(text) <= 20 and did_you_mean(text, _WORDS) or re.fullmatch("[0-9]{0,3}", text) else "..."
