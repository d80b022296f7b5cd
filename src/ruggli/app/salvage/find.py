"""From the record of a run to what can still be made of it. Nothing is sent, and the record stays as it is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches

from ruggli.app.records import journal_of
from ruggli.app.run import check_resumable
from ruggli.app.salvage.future import rest_of
from ruggli.app.salvage.option import Option
from ruggli.app.salvage.plain import plain_options, unknown_options
from ruggli.app.salvage.stand import Stand, stand_of
from ruggli.chemistry.kinetics.forecast import Band
from ruggli.chemistry.kinetics.parameters import HONEST, Parameter
from ruggli.errors import InputError, RuggliError
from ruggli.journal.reader import JournalView
from ruggli.quantities.base import Millilitres, Seconds
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import show
from ruggli.report.account import account_of
from ruggli.report.reaction import additions, scheme_of
from ruggli.world.time import wall_now

UNTOLD = "the protocol does not say what it makes, or nobody has constants for it: amounts, but no prediction"
"""Why there is no prediction."""


@dataclass(frozen=True, slots=True)
class Salvage:
    """What can still be made of a run.

    Attributes:
        stand: how it stands.
        closed: why `ruggli resume` cannot go on with it, or "".
        scheme: which reactions are solved, "" where none are.
        now: by species, part of the substrate that is in, by the model; None without one.
        partner: catalyst that lives, or hydride that is left, as part of what was put in; None where it is not known.
        options: see `Option`.
        constants: of the model, with ranges, marks and sources.
        unpredicted: why nothing is predicted, or "".
    """

    stand: Stand
    closed: str
    scheme: str
    now: Mapping[str, Band] | None
    partner: Band | None
    options: tuple[Option, ...]
    constants: tuple[Parameter, ...]
    unpredicted: str
    caution: str = HONEST


def salvage(
    folder: str, *, stood: Seconds | None = None, delivered: Mapping[str, Millilitres] | None = None
) -> Salvage:
    """What can still be made of a run.

    Args:
        folder: the run's folder.
        stood: time since the record ended; else by the computer's clock, and 0 s for a dry run.
        delivered: by solution, the volume that has reached the vessel, as a person read it from the syringe.

    Raises:
        InputError: the journal cannot be read, or a volume is none that the plan knows.
        JournalError: it is no journal.
        KineticsError: the reaction cannot be solved.
    """
    view = journal_of(folder)
    account = account_of(view)
    told = {} if delivered is None else dict(delivered)
    _check(told, {track.feed.solution: track.feed.planned for track in account.feeds})
    stand = stand_of(account, _since(view, account.simulated) if stood is None else stood, told)
    closed = _closed(view, account.simulated)
    if stand.over:
        return Salvage(stand, closed, "", None, None, (), (), stand.over)
    if stand.unknown:
        names = ", ".join(feed.solution for feed in stand.unknown)
        return Salvage(
            stand, closed, "", None, None, tuple(unknown_options(stand)), (), f"too little is known of {names}"
        )
    found = additions(stand.account)
    if found is None:
        future = rest_of(stand, {})
        why = "nothing of the substrate is in yet" if account.plan.get("reaction") else UNTOLD
        return Salvage(stand, closed, "", None, None, tuple(plain_options(stand, future, closed)), (), why)

    from ruggli.app.salvage.amination import Amination
    from ruggli.app.salvage.metathesis import Metathesis
    from ruggli.app.salvage.scheme import SCHEMES
    from ruggli.app.salvage.solver import Solver
    from ruggli.chemistry.kinetics.schemes import REDUCTIVE_AMINATION
    from ruggli.chemistry.kinetics.worker import read_parameter, read_schedule

    start, schedule = found
    planned = account.plan["reaction"]
    scheme = scheme_of(planned)
    past = replace(read_schedule(schedule), end=Seconds(account.duration + stand.stood - start))
    constants = tuple(read_parameter(row) for row in planned["constants"])
    whole = next(
        row.planned for row in stand.reagents if planned["species"].get(row.reagent) == SCHEMES[scheme].substrate
    )
    standing = tuple(row.at_temperature(stand.standing_temperature) for row in constants)
    changes = [(Seconds(account.duration - start), standing), (past.end, constants)] if stand.stood > 0.0 else []
    solver = Solver(scheme, constants, changes, whole)
    kind = Amination if scheme == REDUCTIVE_AMINATION else Metathesis
    closure = kind(stand, past, rest_of(stand, planned["species"]), solver, closed)
    now = solver.now(past)
    return Salvage(stand, closed, scheme, now.yields, now.partner, tuple(closure.options()), constants, "")


def _since(view: JournalView, simulated: bool) -> Seconds:
    """Time since the last record, by the computer's clock; a dry run's clock stands still."""
    if simulated:
        return Seconds(0.0)
    return Seconds(max(0.0, (wall_now() - datetime.fromisoformat(view.records[-1].wall)).total_seconds()))


def _closed(view: JournalView, simulated: bool) -> str:
    """Why the run cannot be resumed; of a dry run, as if its bench lived."""
    try:
        check_resumable(view, bench_lives=simulated)
    except RuggliError as error:
        return str(error)
    return ""


def _check(told: Mapping[str, Millilitres], planned: Mapping[str, Millilitres]) -> None:
    """Refuse volumes of solutions that no pump gives, or beyond the plan."""
    for name, volume in told.items():
        if name not in planned:
            near = get_close_matches(name, list(planned), n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            raise InputError(f"--delivered {name}: no pump gives it; {hint}those are: {', '.join(planned) or 'none'}")
        if not 0.0 <= volume <= planned[name]:
            value, bound = (show(found, Dimension.VOLUME) for found in (volume, planned[name]))
            raise InputError(f"--delivered {name}: {value} is not between 0 mL and the planned {bound}")
