"""The program: finds the command, runs it, and turns every ending into an exit code."""

import sys
from collections.abc import Sequence

import click

from ruggli.cli.codes import COMPLETE, ENDED_OTHERWISE, INTERNAL, REFUSED
from ruggli.cli.commands import COMMANDS, command_of
from ruggli.cli.lazy import LazyGroup
from ruggli.cli.output import prepare_streams, write, write_json
from ruggli.errors import RuggliError

HELP = """Ruggli runs slow chemistry unattended, and can prove what it did.

PROTOCOL and RIG are paths, or names of what ships with the program: `ruggli simulate rcm-high-dilution`.

\b
Exit codes: 0 complete or clean; 1 the run ended otherwise; 2 refused before
anything was started, or a usage error; 3 an error in Ruggli itself.
"""


def program() -> click.Group:
    """The whole program as a click group; commands are loaded when they are called."""
    group = LazyGroup("", COMMANDS, HELP)
    group.params.append(
        click.Option(
            ["--version"], is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show the version."
        )
    )
    return group


def run(arguments: Sequence[str]) -> int:
    """Run one command line.

    Args:
        arguments: the words after `ruggli`.

    Returns:
        The exit code: 0 complete or clean, 1 ended otherwise, 2 refused or usage error, 3 internal error.
    """
    prepare_streams()
    command, as_json = command_of(list(arguments)), "--json" in arguments
    try:
        code = program().main(list(arguments), prog_name="ruggli", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return REFUSED
    except click.ClickException as error:
        return _usage(error, command, as_json)
    except click.Abort:
        return _say("interrupted", command, "aborted", as_json, ENDED_OTHERWISE)
    except RuggliError as error:
        return _refused(error, command, as_json)
    except Exception as error:
        return _internal(error, command, as_json)
    return code if isinstance(code, int) else COMPLETE


def _version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        from ruggli import __version__

        write(f"ruggli {__version__}")
        ctx.exit(COMPLETE)


def _usage(error: click.ClickException, command: str, as_json: bool) -> int:
    if as_json:
        from ruggli.cli.failures import failure
        from ruggli.documents.problem import Problem, Severity

        remedy = f"`ruggli {command} --help` shows the options".replace("  ", " ")
        problem = Problem("E-USAGE", Severity.ERROR, error.format_message(), remedy=remedy)
        write_json(failure(command, "refused", (problem,)))
    error.show(sys.stderr)
    return REFUSED


def _refused(error: RuggliError, command: str, as_json: bool) -> int:
    from ruggli.cli.failures import failure, problems_of
    from ruggli.documents.problem import ProblemsError

    if as_json:
        write_json(failure(command, "refused", problems_of(error)))
    elif isinstance(error, ProblemsError):
        from ruggli.documents.show import render_problems

        write(render_problems(error.problems, {}), sys.stderr)
    else:
        write(f"ruggli: {error}", sys.stderr)
    return REFUSED


def _internal(error: Exception, command: str, as_json: bool) -> int:
    from ruggli.cli.failures import keep_traceback

    path = keep_traceback(error)
    where = f"; the traceback is in {path}" if path else ""
    text = f"an error in Ruggli itself: {type(error).__name__}: {error}{where}. Please report it with that file."
    return _say(text, command, "error", as_json, INTERNAL)


def _say(text: str, command: str, verdict: str, as_json: bool, code: int) -> int:
    if as_json:
        from ruggli.cli.failures import failure
        from ruggli.documents.problem import Problem, Severity

        label = "E-INTERNAL" if verdict == "error" else "E-INTERRUPTED"
        write_json(failure(command, verdict, (Problem(label, Severity.ERROR, text),)))
    write(f"ruggli: {text}", sys.stderr)
    return code
