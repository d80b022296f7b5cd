"""The options of a ring closure by metathesis that stopped early."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import fsum, log

from ruggli.app.salvage import told
from ruggli.app.salvage.closure import CONVERTED, PACES, Closure
from ruggli.app.salvage.future import Future, joined
from ruggli.app.salvage.option import Option, Standing
from ruggli.app.salvage.solver import greatest
from ruggli.chemistry.rules.metathesis_feed import ADDITION, HIGHEST, LOADING
from ruggli.quantities.base import Millilitres, Seconds

MOST_FRESH = 0.2
"""Fresh catalyst over substrate in the flask that is tried at most."""
OLD = 0.5
"""Half-lives from which on a catalyst solution counts as old."""


@dataclass(frozen=True, slots=True)
class Metathesis(Closure):
    """See `Closure`."""

    def options(self) -> Iterator[Option]:
        """All options, those that are not open too. Raises `KineticsError`."""
        yield self.resume()
        yield self.stop_feeding()
        if self.future.feeds:
            yield from (self.paced(id, pace, tuple(self._against_pace(pace))) for id, pace in PACES)
            yield self.by_hand()
        yield self.fresh_catalyst()
        if self.future.amount("M") > 0.0:
            yield self.substrate_only()

    def _against_pace(self, pace: float) -> Iterator[str]:
        species = self.stand.account.plan["reaction"]["species"]
        tracks = [
            track
            for track in self.stand.account.feeds
            if any(species.get(solute) == "M" for solute in track.feed.solutes)
        ]
        pumped = fsum(run.times[-1] - run.times[0] for track in tracks for run in track.episodes if run.times)
        whole = Seconds(pumped + self.future.at(pace).dosed)
        if not ADDITION[0] <= whole <= ADDITION[1]:
            wanted = f"{told.duration(ADDITION[0])} to {told.duration(ADDITION[1])}"
            yield (
                f"against rule RCM-04: the substrate would flow for {told.duration(whole)} in all, "
                f"wanted: {wanted} (L136)"
            )

    def against_feeding(self) -> Iterator[str]:
        """A catalyst that has stood in its syringe."""
        k = next((row for row in self.solver.constants if row.name == "k_d"), None)
        for feed in self.stand.coming:
            if feed.loaded is None or self.partner not in feed.solutes or k is None:
                continue
            age, cold = self.stand.age(feed.loaded), k.at_temperature(self.stand.room)
            lives = [age * value / log(2.0) for value in (cold.value, cold.low, cold.high)]
            if lives[0] > OLD:
                yield (
                    f"{feed.solution} has stood in its syringe for {told.duration(age)}: {lives[0]:.2g} half-lives of "
                    f"the catalyst at {self.stand.room:g} degC ({lives[1]:.2g} to {lives[2]:.2g}, mark {k.mark}); "
                    "make it up afresh"
                )

    def by_hand(self) -> Option:
        """The rest at once."""
        future = self.future.at_once()
        expected = self.solver.expect(joined(self.past, future))
        why = [
            "against rule RCM-03: the substrate is to go in slowly (L32, L133); what is in at once couples to dimer",
            *self.against_feeding(),
        ]
        if expected.peak.value > HIGHEST:
            why.append(f"the open chain reaches {told.molar(expected.peak.value)}, above {told.molar(HIGHEST)} (L136)")
        syringes = (f"{told.volume(feed.left)} of {feed.solution}" for feed in self.stand.coming)
        do = (*self.warm(), *syringes, told.then(future))
        title = "give the rest at once by hand"
        return Option("by-hand", title, Standing.NOT_ADVISED, tuple(why), do, future.end, expected)

    def fresh_catalyst(self) -> Option:
        """Fresh catalyst for what is in."""
        option, part = self.fresh("fresh-catalyst", "catalyst", MOST_FRESH, 100.0, "mol%")
        total = part + self.past.put_in(self.past.end).get("Ru", 0.0) / self.fed
        if not part or option.expected is None or total <= LOADING[1]:
            return option
        most = f"{100 * LOADING[1]:.0f} mol%"
        why = f"against rule RCM-16: with it {100 * total:.3g} mol% of what is in, wanted: at most {most} (L135)"
        return replace(option, why=(why,))

    def substrate_only(self) -> Option:
        """Substrate as far as the catalyst in the flask can convert it, in the time that the plan had left."""
        id, title = "substrate-only", "give only substrate, as far as the live catalyst converts it"
        if self.future.only("M", 1.0).amount("Ru") > 0.0:
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
        volume = Millilitres(fsum(feed.volume for feed in future.feeds))
        do = (
            *self.warm(),
            f"{told.volume(volume)} of the substrate's solution ({told.amount(future.amount('M'))}) at its rate, for "
            f"{told.duration(future.dosed)}",
            told.then(future),
        )
        expected = self.solver.expect(joined(self.past, future))
        return Option(id, title, Standing.POSSIBLE, (), do, future.end, expected)
