"""The options that every ring closure has: go on, stop feeding, feed at another rate or at once, give fresh reagent."""

from collections.abc import Iterator
from dataclasses import dataclass

from ruggli.app.salvage import told
from ruggli.app.salvage.future import Future, joined
from ruggli.app.salvage.option import Option, Standing
from ruggli.app.salvage.solver import Solver, least
from ruggli.app.salvage.stand import Stand
from ruggli.chemistry.kinetics.schedule import Portion, Schedule
from ruggli.quantities.base import Millimoles, Seconds

CONVERTED = 0.95
"""Part of the substrate that has to react (rule X-01)."""
LONGEST_HOLD = Seconds(72 * 3600.0)
"""As long as a protocol may hold."""
CONVERGED = 0.99
"""Part of the ring that forms in `LONGEST_HOLD`."""
POINTS = 145
"""Times at which a long hold is looked at: every half hour."""
PACES = (("slower", 0.5), ("faster", 2.0))
ANEW = "`ruggli resume` keeps the planned rate; it takes a new protocol file for the rest"


@dataclass(frozen=True, slots=True)
class Closure:
    """What the options are made of.

    Attributes:
        stand: how the run stands.
        past: what was put in, up to now.
        future: the rest of the plan.
        solver: the model.
        closed: why `ruggli resume` cannot go on with the run, or "".
    """

    stand: Stand
    past: Schedule
    future: Future
    solver: Solver
    closed: str

    @property
    def fed(self) -> Millimoles:
        """Substrate in the flask."""
        return Millimoles(self.past.put_in(self.past.end).get(self.solver.scheme.substrate, 0.0))

    @property
    def partner(self) -> str:
        """The catalyst or the hydride, by its name in the file."""
        species = self.stand.account.plan["reaction"]["species"]
        return next(str(name) for name, kind in species.items() if kind == self.solver.scheme.partner)

    def against_feeding(self) -> Iterator[str]:
        """What stands against giving what is in the syringes."""
        return iter(())

    def resume(self) -> Option:
        """As planned, from now on."""
        why = list(self.against_feeding())
        standing = Standing.NOT_ADVISED if why else Standing.POSSIBLE
        if self.closed:
            why.insert(0, f"`ruggli resume` cannot: {self.closed}; it takes a new protocol file for the rest")
        do = (*self.warm(), *told.rest(self.stand), *told.portions(self.stand), told.then(self.future))
        title = "resume as planned" if self.future.brings else "go on as planned; all is in"
        expected = self.solver.expect(joined(self.past, self.future))
        return Option("resume", title, standing, tuple(why), do, self.future.end, expected)

    def stop_feeding(self) -> Option:
        """Nothing more; hold until what is in has become what it can, then work up."""
        nothing = Future((), (), Seconds(0.0), LONGEST_HOLD)
        times = [Seconds(self.past.end + LONGEST_HOLD * n / (POINTS - 1)) for n in range(POINTS)]
        course = self.solver.course(joined(self.past, nothing), times).moments
        ring = [moment.amounts[self.solver.scheme.ring] for moment in course]
        hold = Seconds(
            next(time for time, found in zip(times, ring, strict=True) if found >= CONVERGED * max(ring))
            - self.past.end
        )
        do = (
            *(self.warm() if hold > 0.0 else ()),
            f"give nothing more ({told.amount(self.fed)} of the substrate is in); {told.then(nothing, hold)}",
            f"then work up; in {told.duration(LONGEST_HOLD)} there would not be 1 % more of the ring",
        )
        expected = self.solver.expect(joined(self.past, nothing, hold))
        return Option("stop-feeding", "stop feeding, hold, work up", Standing.POSSIBLE, (), do, hold, expected)

    def paced(self, id: str, pace: float, mind: tuple[str, ...] = ()) -> Option:
        """The rest at `pace` times the rate; `mind` says what is against it."""
        future, beyond = self.future.at(pace), tuple(self.stand.beyond(pace))
        against = (*beyond, *mind, *self.against_feeding())
        standing = Standing.NOT_POSSIBLE if beyond else Standing.NOT_ADVISED if against else Standing.POSSIBLE
        do = (*self.warm(), *told.rest(self.stand, pace), told.then(future))
        expected = None if beyond else self.solver.expect(joined(self.past, future))
        title = f"give the rest at {'half' if pace < 1.0 else 'twice'} the rate"
        return Option(id, title, standing, (*against, ANEW), do, future.end, expected)

    def fresh(self, id: str, what: str, most: float, unit: float, word: str) -> tuple[Option, float]:
        """Fresh catalyst or hydride for what is in, and nothing else; with the time that the plan had left.

        Args:
            id: of the option.
            what: the reagent, in a word.
            most: of it over the substrate in the flask that is tried at most.
            unit: how many of `word` one equivalent is.
            word: unit in which it is told, `mol%` or `eq`.

        Returns:
            The option, and the reagent over the substrate in the flask.
        """
        title = f"fresh {what}, so that more than {100 * CONVERTED:.0f} % of what is in reacts"
        hold, species = self.future.end, self.solver.scheme.partner

        def with_fresh(part: float) -> Schedule:
            portion = Portion(Seconds(0.0), {species: Millimoles(part * self.fed)})
            return joined(self.past, Future((), (portion,), Seconds(0.0), hold))

        part = least(lambda part: self.solver.converted(with_fresh(part)) >= CONVERTED, most)
        if part is None:
            reached = self.solver.converted(with_fresh(most))
            why = f"with {most * unit:.3g} {word}, {100 * reached:.3g} % reacts in {told.duration(hold)}"
            return Option(id, title, Standing.NOT_POSSIBLE, (why,), (), None), most
        do = f"none is needed: with what is left of it, it does in {told.duration(hold)}"
        if part:
            share = f"{part * unit:.3g} {word} of what is in"
            needed = Millimoles(part * self.fed)
            do = f"{told.amount(needed)} of {self.partner} ({share}), then keep it for {told.duration(hold)}"
        expected = self.solver.expect(with_fresh(part))
        return Option(id, title, Standing.POSSIBLE, (), (*self.warm(), do), hold, expected), part

    def warm(self) -> tuple[str, ...]:
        """What comes first where the heater is off, and the plan has it on."""
        to = self.stand.planned_temperature
        if self.stand.heating or to is None or to <= self.stand.room + 1.0:
            return ()
        return (f"warm it up again to {to:g} degC first (the heater is off); the time for it is not counted here",)
