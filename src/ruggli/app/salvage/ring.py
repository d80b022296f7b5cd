"""The options of a ring closure by metathesis that stopped early."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import fsum, log

from ruggli.app.salvage import told
from ruggli.app.salvage.future import Future, joined
from ruggli.app.salvage.option import Option, Standing
from ruggli.app.salvage.solver import Solver, greatest, least
from ruggli.app.salvage.stand import Stand
from ruggli.chemistry.kinetics.parameters import CATALYSTS, Parameter
from ruggli.chemistry.kinetics.schedule import Portion, Schedule
from ruggli.chemistry.rules.metathesis_feed import ADDITION, HIGHEST, LOADING
from ruggli.quantities.base import Celsius, Millimoles, Seconds

CONVERTED = 0.95
"""Part of the substrate that has to react (rule X-01)."""
LONGEST_HOLD = Seconds(72 * 3600.0)
"""As long as a protocol may hold at heat."""
CONVERGED = 0.99
"""Part of what forms in `LONGEST_HOLD`."""
MOST_FRESH = 0.2
"""Fresh catalyst over substrate in the flask that is tried at most."""
POINTS = 145
"""Times at which a long hold is looked at: every half hour."""
OLD = 0.5
"""Half-lives from which on a catalyst solution counts as old."""
PACES = (("slower", 0.5), ("faster", 2.0))


@dataclass(frozen=True, slots=True)
class Ring:
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

    def options(self) -> Iterator[Option]:
        """All options, those that are not open too. Raises `KineticsError`."""
        yield self.resume()
        yield self.stop_feeding()
        if self.future.feeds:
            yield from (self.paced(id, pace) for id, pace in PACES)
            yield self.by_hand()
        yield self.fresh_catalyst()
        if self.future.amount("M") > 0.0:
            yield self.substrate_only()

    @property
    def fed(self) -> Millimoles:
        """Substrate in the flask."""
        return Millimoles(self.past.put_in(self.past.end).get("M", 0.0))

    @property
    def pumped(self) -> Seconds:
        """For how long the substrate has flowed."""
        tracks = [track for track in self.stand.account.feeds if self._substrate & set(track.feed.solutes)]
        return Seconds(fsum(run.times[-1] - run.times[0] for track in tracks for run in track.episodes if run.times))

    @property
    def _substrate(self) -> set[str]:
        species = self.stand.account.plan["reaction"]["species"]
        return {name for name, kind in species.items() if kind == "M"}

    @property
    def _catalyst(self) -> str:
        species = self.stand.account.plan["reaction"]["species"]
        return next(str(name) for name, kind in species.items() if kind == "Ru")

    def resume(self) -> Option:
        """As planned, from now on."""
        why, standing = list(self._against_pumps()), Standing.POSSIBLE
        if why:
            standing = Standing.NOT_ADVISED
        if self.closed:
            why.insert(0, f"`ruggli resume` cannot: {self.closed}; it takes a new protocol file for the rest")
        do = [*told.rest(self.stand), told.then(self.future)]
        if not self.stand.heating:
            do.insert(0, self._warm())
        title = "resume as planned" if self.future.feeds else "go on as planned; all is in"
        schedule = joined(self.past, self.future)
        return Option("resume", title, standing, tuple(why), tuple(do), self.future.end, self.solver.expect(schedule))

    def stop_feeding(self) -> Option:
        """Nothing more; hold until what is in has become what it can, then work up."""
        nothing = Future((), (), Seconds(0.0), LONGEST_HOLD)
        times = [Seconds(self.past.end + LONGEST_HOLD * n / (POINTS - 1)) for n in range(POINTS)]
        course = self.solver.course(joined(self.past, nothing), times)
        ring = [moment.amounts["C"] for moment in course]
        index = next(n for n, found in enumerate(ring) if found >= CONVERGED * ring[-1])
        hold = Seconds(times[index] - self.past.end)
        do = [f"give nothing more ({told.amount(self.fed)} of the substrate is in); {told.then(nothing, hold)}"]
        if hold > 0.0 and not self.stand.heating:
            do.insert(0, self._warm())
        do.append(f"then go on with the work-up; the ring no longer grows by 1 % in {told.duration(LONGEST_HOLD)}")
        expected = self.solver.expect(joined(self.past, nothing, hold))
        return Option("stop-feeding", "stop feeding, hold, work up", Standing.POSSIBLE, (), tuple(do), hold, expected)

    def paced(self, id: str, pace: float) -> Option:
        """The rest at another rate."""
        why, future = list(self._against_pumps()), self.future.at(pace)
        standing = Standing.NOT_ADVISED if why else Standing.POSSIBLE
        beyond = list(self.stand.beyond(pace))
        if beyond:
            why, standing = why + beyond, Standing.NOT_POSSIBLE
        whole = Seconds(self.pumped + future.dosed)
        if not ADDITION[0] <= whole <= ADDITION[1]:
            why.append(
                f"against rule RCM-04: the substrate would flow for {told.duration(whole)} in all, wanted: "
                f"{told.duration(ADDITION[0])} to {told.duration(ADDITION[1])} (L136)"
            )
            standing = Standing.NOT_ADVISED if standing is Standing.POSSIBLE else standing
        why.append("`ruggli resume` keeps the planned rate; it takes a new protocol file for the rest")
        words = "half" if pace < 1.0 else "twice"
        do = (*told.rest(self.stand, pace), told.then(future))
        expected = None if standing is Standing.NOT_POSSIBLE else self.solver.expect(joined(self.past, future))
        return Option(id, f"give the rest at {words} the rate", standing, tuple(why), do, future.end, expected)

    def by_hand(self) -> Option:
        """The rest at once."""
        future = self.future.at_once()
        expected = self.solver.expect(joined(self.past, future))
        why = [
            "against rule RCM-03: the substrate is to go in slowly (L32, L133); what is at once in couples to dimer",
            *self._against_pumps(),
        ]
        if expected.peak.value > HIGHEST:
            why.append(f"the open chain reaches {told.molar(expected.peak.value)}, above {told.molar(HIGHEST)} (L136)")
        do = [f"{told.volume(feed.left)} of {feed.solution} from the syringe" for feed in self.stand.feeds if feed.left]
        do.append(told.then(future))
        title = "give the rest at once by hand"
        return Option("by-hand", title, Standing.NOT_ADVISED, tuple(why), tuple(do), future.end, expected)

    def fresh_catalyst(self) -> Option:
        """Fresh catalyst for what is in, and nothing else; with the time that the plan had left."""
        title = f"fresh catalyst, so that more than {100 * CONVERTED:.0f} % of what is in reacts"
        hold = self.future.end

        def with_fresh(part: float) -> Schedule:
            fresh = Portion(Seconds(0.0), {"Ru": Millimoles(part * self.fed)})
            return joined(self.past, Future((), (fresh,), Seconds(0.0), hold))

        part = least(lambda part: self.solver.converted(with_fresh(part)) >= CONVERTED, MOST_FRESH)
        if part is None:
            reached = self.solver.converted(with_fresh(MOST_FRESH))
            short = f"with {100 * MOST_FRESH:.0f} mol%, {100 * reached:.3g} % reacts in {told.duration(hold)}"
            return Option("fresh-catalyst", title, Standing.NOT_POSSIBLE, (short,), (), None)
        expected = self.solver.expect(with_fresh(part))
        if not part:
            do = (f"none is needed: with the catalyst that lives it does, in {told.duration(hold)}",)
            return Option("fresh-catalyst", title, Standing.POSSIBLE, (), do, hold, expected)
        total = part + self.past.put_in(self.past.end).get("Ru", 0.0) / self.fed
        why: tuple[str, ...] = ()
        if total > LOADING[1]:
            most = f"{100 * LOADING[1]:.0f} mol%"
            why = (f"against rule RCM-16: {100 * total:.3g} mol% of what is in in all, wanted: at most {most} (L135)",)
        do = (
            f"{told.amount(part * self.fed)} of {self._catalyst} ({100 * part:.3g} mol% of what is in), "
            f"then keep it for {told.duration(hold)}",
        )
        return Option("fresh-catalyst", title, Standing.POSSIBLE, why, do, hold, expected)

    def substrate_only(self) -> Option:
        """Substrate as far as the catalyst in the flask can convert it, in the time that the plan had left."""
        id, title = "substrate-only", "give only substrate, as far as the live catalyst converts it"
        streams = self.future.only("M", 1.0)
        if streams.amount("Ru") > 0.0:
            return Option(id, title, Standing.NOT_POSSIBLE, ("substrate and catalyst are in one syringe",), (), None)

        def part_of(part: float) -> Future:
            some = self.future.only("M", part)
            return replace(some, hold=Seconds(self.future.end - some.dosed))

        part = greatest(lambda part: self.solver.converted(joined(self.past, part_of(part))) >= CONVERTED, 1.0)
        if part is None:
            reached = self.solver.converted(joined(self.past, part_of(0.0)))
            why = (f"of what is in already, only {100 * reached:.3g} % reacts in {told.duration(self.future.end)}",)
            return Option(id, title, Standing.NOT_POSSIBLE, why, (), None)
        future = part_of(part)
        do = (
            f"{told.volume(fsum(feed.volume for feed in future.feeds))} of the substrate's solution "
            f"({told.amount(future.amount('M'))}) at its rate, for {told.duration(future.dosed)}",
            told.then(future),
        )
        expected = self.solver.expect(joined(self.past, future))
        return Option(id, title, Standing.POSSIBLE, (), do, future.end, expected)

    def decay(self, temperature: Celsius) -> Parameter:
        """k_d of the catalyst at a temperature, 1/s."""
        name = self.stand.account.plan["reaction"]["catalyst"]
        return next(row for row in CATALYSTS if row.name == name).k_d(temperature)

    def _against_pumps(self) -> Iterator[str]:
        """What stands against feeding what is in the syringes."""
        for feed in self.stand.feeds:
            if feed.loaded is None or self._catalyst not in feed.solutes or feed.left <= 0.0:
                continue
            age, k = self.stand.age(feed.loaded), self.decay(self.stand.room)
            lives = [age * value / log(2.0) for value in (k.value, k.low, k.high)]
            if lives[0] > OLD:
                yield (
                    f"{feed.solution} has stood in its syringe for {told.duration(age)}: {lives[0]:.2g} half-lives of "
                    f"the catalyst at {self.stand.room:g} degC ({lives[1]:.2g} to {lives[2]:.2g}, mark {k.mark}); "
                    "make it up afresh"
                )

    def _warm(self) -> str:
        to = self.stand.account.plan["reaction"]["temperature_degC"]
        return f"warm it up again to {to:g} degC first (the heater is off); the time for it is not counted here"


def at_stand(past: Schedule, stood: Seconds) -> Schedule:
    """What was put in, with the time since."""
    return replace(past, end=Seconds(past.end + stood))
