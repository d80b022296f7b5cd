"""What if all the catalyst were in the flask before the addition?"""

from dataclasses import replace
from math import fsum

from ruggli.chemistry.kinetics.schedule import Schedule
from ruggli.quantities.base import Millilitres, Millimoles


def pre_charged(schedule: Schedule, species: str = "Ru") -> Schedule | None:
    """The same schedule with every feed of a species, its solvent too, in the flask at the start.

    None where no feed brings it, or where it comes together with something else.
    """
    feeds = [feed for feed in schedule.feeds if feed.amounts.get(species)]
    if not feeds or any(len(feed.amounts) > 1 for feed in feeds):
        return None
    there = fsum([schedule.amounts.get(species, 0.0), *(feed.amounts[species] for feed in feeds)])
    return replace(
        schedule,
        volume=Millilitres(fsum([schedule.volume, *(feed.volume for feed in feeds)])),
        amounts={**schedule.amounts, species: Millimoles(there)},
        feeds=tuple(feed for feed in schedule.feeds if feed not in feeds),
    )
