"""The files of a report, out of a journal: the page, the tables, the plan."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import Any

from ruggli.chemistry.kinetics.flask_words import CAUTION
from ruggli.errors import RuggliError
from ruggli.journal.reader import JournalView
from ruggli.quantities.base import Seconds
from ruggli.report import numbers, tables
from ruggli.report.account import INTERRUPTED, Account, account_of
from ruggli.report.balance import balance_view
from ruggli.report.figures import figure_data
from ruggli.report.plantext import plan_as_text
from ruggli.report.reaction import Reaction, caution, constant_table, reaction_request, scheme_of, yield_table
from ruggli.report.sheets import analyses_csv, doses_csv, events_csv, series_csv, steps_csv
from ruggli.report.simulated_flask import flask_tables
from ruggli.report.structures import pictures_of

PAGE = "report.html"
"""Name of the page among the files of a report."""

Solve = Callable[[dict[str, Any]], dict[str, Any]]
"""Takes and gives what `ruggli.chemistry.kinetics.worker` does; raises `RuggliError` when it cannot solve."""

Draw = Callable[[dict[str, Any]], dict[str, str]]
"""Takes `figure_data`, gives an SVG text for each panel by its name, and for structures what `draw_structures` gives;
raises `RuggliError` when it cannot draw."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a verdict looks: a word, a shape and a colour, so that none of the three carries it alone."""

    word: str
    shape: str
    colour: str


LOOKS: Mapping[str, Look] = {  # by the words of ruggli.engine.result.Verdict, which is slow to import
    "complete": Look("Complete", "tick", "#00664A"),
    "held": Look("Held", "pause", "#8A5A00"),
    "stopped": Look("Stopped", "stop", "#8A5A00"),
    "aborted": Look("Aborted", "cross", "#A02C00"),
    "refused": Look("Refused", "bar", "#444444"),
    "error": Look("Error", "warning", "#A02C00"),
    INTERRUPTED: Look("Interrupted", "warning", "#7A3E6E"),
}


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """The files of a report by name; `page` is the one to open first."""

    files: Mapping[str, bytes]
    page: str = PAGE


def build_report(
    view: JournalView, draw: Draw, guardian: Sequence[Mapping[str, Any]] = (), *, solve: Solve | None = None
) -> ReportFiles:
    """Build a report from a journal alone. Pure, but for what `draw` and `solve` do.

    Args:
        view: the journal, as far as it is good.
        draw: draws the figures; where it fails, the page says so and has none.
        guardian: what the guardian did after the journal's last record.
        solve: solves the reaction; where it fails, the page says so. None: the page says nothing of it.
    """
    account = account_of(view, guardian)
    plan = (json.dumps(account.plan, indent=1, ensure_ascii=False) + "\n").encode()
    reaction, unsolved = _solved(account, solve)
    data = figure_data(account, reaction)
    trouble = ""
    drawn: dict[str, str] = {}
    if data["panels"] or data["structures"]:
        try:
            drawn = draw(data)
        except RuggliError as error:
            trouble = str(error)
    others = {
        "series.csv": series_csv(account),
        "steps.csv": steps_csv(account),
        "doses.csv": doses_csv(account),
        "events.csv": events_csv(account),
        **({"analyses.csv": analyses_csv(account)} if account.analyses else {}),
        "plan.json": plan,
        "plan.txt": plan_as_text(account).encode(),
    }
    page = _page(account, data["panels"], drawn, trouble, reaction, unsolved, sha256(plan).hexdigest(), tuple(others))
    return ReportFiles({PAGE: page.encode(), **others})


def _solved(account: Account, solve: Solve | None) -> tuple[Reaction | None, str]:
    """What the solver says, or why it says nothing; ("" where there is nothing to be solved)."""
    asked = reaction_request(account)
    if asked is None or solve is None:
        return None, ""
    start, request = asked
    planned = account.plan["reaction"]
    try:
        scheme, size = scheme_of(planned), int(planned["ring_size"])
        return Reaction(scheme, size, planned.get("catalyst"), start, solve(request)), ""
    except RuggliError as error:
        return None, str(error)


_UNTOLD: Mapping[str, Any] = {
    "protocol": {},
    "rig": {},
    "parameters": {},
    "operator": "",
    "unattended": False,
    "seed": "unknown",
    "speed": 1,
}
_NO_FILE: Mapping[str, str] = {"name": "", "file": "", "sha256": ""}


def _page(
    account: Account,
    panels: Sequence[Mapping[str, Any]],
    drawn: Mapping[str, str],
    trouble: str,
    reaction: Reaction | None,
    unsolved: str,
    plan_hash: str,
    others: tuple[str, ...],
) -> str:
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string((files("ruggli.report") / "page.html.j2").read_text(encoding="utf-8"))
    view, plan = account.view, account.plan
    opening = {**_UNTOLD, **account.opening}
    deviations = tables.deviation_table(account)
    last = view.records[-1]
    return template.render(
        account=account,
        opening=opening,
        plan=plan,
        look=LOOKS.get(account.verdict, LOOKS["error"]),
        protocol={**_NO_FILE, **opening["protocol"]},
        rig={**_NO_FILE, **opening["rig"]},
        software=_software(account),
        began=numbers.date(view.records[0].wall),
        ended=numbers.date(last.wall),
        took=numbers.duration(account.duration),
        clock=numbers.clock(account.duration),
        planned=numbers.duration(Seconds(float(plan.get("duration_s", 0.0)))),
        cause=numbers.neat(account.cause),
        hottest=numbers.NONE if account.hottest is None else numbers.temperature(account.hottest),
        still_on=[numbers.neat(str(item)) for item in account.end.get("still_on", ())],
        deviations=deviations,
        identity=tables.identity_table(account),
        reagents=tables.reagent_table(plan),
        balance=balance_view(account),
        solutions=tables.solution_table(plan),
        rates=tables.rate_table(account),
        steps=tables.step_table(account),
        doses=tables.dose_table(account),
        samples=tables.sample_table(account),
        volumes=tables.volume_table(account),
        peaks=tables.peak_table(account),
        kept=tables.kept_table(account),
        ratios=tables.ratio_table(account),
        reaction=reaction,
        yields=None if reaction is None else yield_table(reaction),
        constants=None if reaction is None else constant_table(reaction),
        correction=None if reaction is None else reaction.correction,
        caution=caution(),
        unsolved=unsolved,
        simulated_flasks=flask_tables(account),
        flask_caution=CAUTION,
        problems=tables.problem_table(plan),
        alarms=tables.alarm_table(account),
        prompts=tables.prompt_table(account),
        notes=tables.note_table(account),
        figures={panel["name"]: Markup(drawn[panel["name"]]) for panel in panels if panel["name"] in drawn},
        structures=[(picture, Markup(picture.svg)) for picture in pictures_of(plan, drawn)],
        trouble=trouble,
        plan_hash=plan_hash,
        others=others,
        running_head=_css_text(f"{account.run}  {opening['protocol'].get('name', '')}"),
    )


def _software(account: Account) -> str:
    told = account.opening.get("software", {})
    parts = (f"Ruggli {told.get('ruggli', '?')}", f"Python {told.get('python', '?')}", str(told.get("system", "?")))
    return ", ".join(parts)


def _css_text(text: str) -> str:
    """A text that may stand between quotes in a style sheet."""
    return re.sub(r"[^A-Za-z0-9 ._-]", " ", text)
