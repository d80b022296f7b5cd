"""Options that several commands share, and what is read from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from ruggli.app.planning import Ask
    from ruggli.app.request import Waiver

F = TypeVar("F", bound=Callable[..., Any])
Decorator = Callable[[F], F]


def json_option(function: F) -> F:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object; progress goes to stderr.")(
        function
    )


def runs_option(function: F) -> F:
    """`--runs`."""
    return click.option("--runs", metavar="DIR", help="Folder of the runs; else RUGGLI_RUNS, else ./ruggli-runs.")(
        function
    )


def answers_option(function: F) -> F:
    """`--answers`."""
    return click.option(
        "--answers", metavar="FILE", help="Scripted answers: a YAML or JSON list of {id, answer, after}."
    )(function)


def notify_option(function: F) -> F:
    """`--notify`."""
    text = "Where messages go: a notify file; else RUGGLI_NOTIFY. A dry run sends none."
    return click.option("--notify", metavar="FILE", help=text)(function)


def read_notify_path(given: str | None) -> str | None:
    """The notify file that is named, or None."""
    from ruggli.app.notify_file import FILE_VARIABLE
    from ruggli.world.disk import environment

    return given or environment(FILE_VARIABLE) or None


def report_option(function: F) -> F:
    """`--no-report`."""
    return click.option("--no-report", is_flag=True, help="Write no report.")(function)


def accept_option(function: F) -> F:
    """`--accept`."""
    text = "Accept a warning, with a reason if you like; repeatable."
    return click.option("--accept", multiple=True, metavar="CODE[=REASON]", help=text)(function)


def planning_options(function: F) -> F:
    """The protocol and everything that decides its plan."""
    return _all(
        function,
        click.argument("protocol"),
        click.option("--rig", metavar="RIG", help="Rig file, or the name of a shipped one; else the simulated bench."),
        click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Set a parameter; repeatable."),
        click.option("--unattended", is_flag=True, help="Nobody will be there."),
        click.option("--waive", multiple=True, metavar="DEVICE", help="Let a device run unattended without a proof."),
        click.option("--reason", multiple=True, metavar="TEXT", help="Why it is waived."),
        click.option("--by", multiple=True, metavar="NAME", help="Who says so."),
        accept_option,
        notify_option,
    )


def running_options(function: F) -> F:
    """Everything that `simulate` and `run` take beside the planning options."""
    return _all(
        function,
        planning_options,
        runs_option,
        answers_option,
        click.option("--set-diameter", is_flag=True, help="Set syringe diameters in pumps without asking."),
        report_option,
        click.option("--seed", type=click.IntRange(min=0), default=0, metavar="N", help="Seed of the simulated bench."),
        click.option(
            "--faults",
            metavar="FILE",
            help="Fault objects, of the bench; in a dry run also of the computer.",
        ),
        click.option(
            "--speed",
            type=click.FloatRange(min=0, max=100_000, min_open=True),
            default=1.0,
            metavar="N",
            help="Real clock N times as fast; only when all ports are sim://.",
        ),
        json_option,
    )


def _all(function: F, *decorators: Decorator[F]) -> F:
    for decorator in reversed(decorators):
        function = decorator(function)
    return function


def read_settings(texts: tuple[str, ...]) -> dict[str, str]:
    """`--set NAME=VALUE` by name.

    Raises:
        click.UsageError: no `=`, no name, or a name twice.
    """
    settings: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals or not name or not value.strip():
            raise click.UsageError(f"--set {text}: write --set NAME=VALUE, e.g. --set addition_time=10h")
        if name in settings:
            raise click.UsageError(f"--set {name} stands twice ({settings[name]} and {value}); keep one")
        settings[name] = value
    return settings


def read_over(texts: tuple[str, ...], settings: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """`--over NAME=VALUE,VALUE` by name.

    Raises:
        click.UsageError: no `=`, no value, a value or a name twice, or a name that `--set` sets too.
    """
    fixed = read_settings(settings)
    found: dict[str, tuple[str, ...]] = {}
    for text in texts:
        name, equals, rest = text.partition("=")
        name, values = name.strip(), tuple(value.strip() for value in rest.split(","))
        if not equals or not name or not all(values):
            raise click.UsageError(f"--over {text}: write --over NAME=VALUE,VALUE, e.g. --over addition_time=4h,8h")
        if name in found or name in fixed:
            where = "stands twice" if name in found else "is set by --set too"
            raise click.UsageError(f"--over {name} {where}; keep one")
        twice = next((value for number, value in enumerate(values) if value in values[:number]), None)
        if twice is not None:
            raise click.UsageError(f"--over {name} has {twice} twice; each value is one run")
        found[name] = values
    return found


def read_waivers(waive: tuple[str, ...], reason: tuple[str, ...], by: tuple[str, ...]) -> tuple[Waiver, ...]:
    """`--waive DEVICE --reason TEXT --by NAME`; one reason and one name may stand for all devices.

    Raises:
        click.UsageError: a reason or a name is missing, or there are more than devices.
    """
    if not (waive or reason or by):
        return ()
    for option, texts in (("--reason", reason), ("--by", by)):
        if not waive or len(texts) not in (1, len(waive)) or not all(text.strip() for text in texts):
            raise click.UsageError(f"a waiver is --waive DEVICE --reason TEXT --by NAME; check {option}")

    from ruggli.app.request import Waiver

    whys, whos = reason * len(waive) if len(reason) == 1 else reason, by * len(waive) if len(by) == 1 else by
    return tuple(Waiver(device, why, who) for device, why, who in zip(waive, whys, whos, strict=True))


def read_accepted(texts: tuple[str, ...]) -> frozenset[str]:
    """The codes of `--accept CODE` and `--accept CODE=REASON`.

    Raises:
        click.UsageError: the code is not one of a warning, an equals sign without a reason, two reasons for one code.
    """
    reasons: dict[str, str] = {}
    for text in texts:
        code, equals, reason = (part.strip() for part in text.partition("="))
        if not code.startswith("W-"):
            raise click.UsageError(f"--accept {text}: only warnings (W-...) can be accepted, errors must be mended")
        if equals and not reason:
            raise click.UsageError(f'--accept {text}: write a reason after the =, e.g. --accept "{code}=tried before"')
        if reason and reasons.setdefault(code, reason) != reason:
            raise click.UsageError(f"--accept {code} has two reasons ({reasons[code]} and {reason}); keep one")
    return frozenset(text.partition("=")[0].strip() for text in texts)


def read_reasons(texts: tuple[str, ...]) -> dict[str, str]:
    """The reasons of `--accept CODE=REASON` by code; `read_accepted` has taken the texts."""
    parts = (text.partition("=") for text in texts)
    return {code.strip(): reason.strip() for code, _, reason in parts if reason.strip()}


def read_ask(options: Mapping[str, Any]) -> Ask:
    """The `Ask` of the planning options."""
    from ruggli.app.planning import Ask

    return Ask(
        options["protocol"],
        options["rig"],
        read_settings(options["settings"]),
        options["unattended"],
        read_waivers(options["waive"], options["reason"], options["by"]),
        read_notify_path(options["notify"]),
    )
