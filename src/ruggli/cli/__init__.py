"""The command line: one module a command, each loaded when it is used."""


def main() -> None:
    """Entry point of the program `ruggli`."""
    import sys

    from ruggli.cli.program import run

    sys.exit(run(sys.argv[1:]))
