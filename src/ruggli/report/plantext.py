"""The journaled plan as plain text, for the file beside the report."""

from collections.abc import Iterator

from ruggli.report.account import Account
from ruggli.report.numbers import clock
from ruggli.report.tables import (
    Table,
    planned_prompt_table,
    planned_step_table,
    problem_table,
    rate_table,
    reagent_table,
    solution_table,
    temperature_table,
    volume_table,
)


def plan_as_text(account: Account) -> str:
    """The plan of a run for people, out of its journal."""
    plan = account.plan
    if not plan:
        return "The journal holds no plan.\n"
    lines = [f"{plan['protocol_name']} on {plan['rig_name']}{' (unattended)' if plan['unattended'] else ''}"]
    if plan["parameters"]:
        lines.append("with " + ", ".join(f"{name} = {value}" for name, value in plan["parameters"].items()))
    lines += _section("Findings", problem_table(plan))
    lines += _section("", planned_step_table(plan))
    lines += _section("Weigh and measure", reagent_table(plan))
    lines += _section("Make up", solution_table(plan))
    lines += _section("Flow rates", _without(rate_table(account), 5))
    lines += _section("Volumes", _without(volume_table(account), 4))
    lines += _section("", temperature_table(plan))
    lines += _section("", planned_prompt_table(plan))
    lines += ["", f"ends after {clock(plan['duration_s'])} (h:min:s)"]
    return "\n".join(lines) + "\n"


def _without(table: Table, column: int) -> Table:
    """A table without one column: what the run added is no part of the plan."""

    def cut(row: tuple[str, ...]) -> tuple[str, ...]:
        return row[:column] + row[column + 1 :]

    return Table(table.title, cut(table.head), tuple(cut(row) for row in table.rows))


def _section(title: str, table: Table) -> Iterator[str]:
    if not table.rows:
        return
    yield ""
    yield title or table.title
    rows = [table.head, *table.rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(table.head))]
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
