"""The options of a ring closure by reductive amination that stopped early."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ruggli.app.salvage import told
from ruggli.app.salvage.closure import Closure
from ruggli.app.salvage.future import Future, joined
from ruggli.app.salvage.option import Option, Standing
from ruggli.app.salvage.plain import quench_now
from ruggli.quantities.base import Seconds

MOST_FRESH = 3.0
"""Equivalents of hydride on the substrate in the flask that are tried at most."""


@dataclass(frozen=True, slots=True)
class Amination(Closure):
    """See `Closure`."""

    def options(self) -> Iterator[Option]:
        """All options, those that are not open too. Raises `KineticsError`."""
        yield self.resume()
        yield self.stop_feeding()
        if self.future.amount("H") > 0.0:
            yield self.at_once()
        yield self.fresh("fresh-hydride", "hydride", MOST_FRESH, 1.0, "eq")[0]
        quench = quench_now(self.stand)
        if quench is not None:
            now = joined(self.past, Future((), (), Seconds(0.0), Seconds(0.0)))
            yield replace(quench, expected=self.solver.expect(now))

    def at_once(self) -> Option:
        """All the hydride that is left, now."""
        future = self.future.at_once()
        why = (
            "against rule RA-09: the hydride goes in in portions (L120); its heat and gas would come at once, and no "
            "portion would wait behind its gate",
        )
        do = (f"{told.amount(future.amount('H'))} of {self.partner} in one portion", told.then(future))
        expected = self.solver.expect(joined(self.past, future))
        title = "give the rest of the hydride at once"
        return Option("at-once", title, Standing.NOT_ADVISED, why, do, future.end, expected)
