"""A click group that loads a command's module only when that command is called."""

from collections.abc import Mapping
from importlib import import_module

import click

from ruggli.cli.commands import Entry


class LazyGroup(click.Group):
    """A group over a table of commands.

    Args:
        name: its own name, "" for the whole program.
        entries: the table, every command of the program by its full name.
        help: its text.
    """

    def __init__(self, name: str, entries: Mapping[str, Entry], help: str) -> None:
        super().__init__(name or None, help=help, no_args_is_help=True)
        self._prefix = f"{name} " if name else ""
        self._entries = entries

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of the commands directly below this group, in the order of the table."""
        below = (name.removeprefix(self._prefix) for name in self._entries if name.startswith(self._prefix))
        return [name for name in below if " " not in name]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, loaded now."""
        full = self._prefix + cmd_name
        entry = self._entries.get(full)
        if entry is None:
            return None
        if not entry.place:
            return LazyGroup(full, self._entries, entry.help)
        module, _, attribute = entry.place.partition(":")
        command = getattr(import_module(f"ruggli.cli.{module}"), attribute)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click, with a guess at what was meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.list_commands(ctx), n=1)
            if not near or "mean" in error.message:
                raise
            raise click.UsageError(f"{error.message} Did you mean {near[0]!r}?", ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands from the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self._entries[self._prefix + name].help) for name in self.list_commands(ctx)])
