"""The motor of a syringe pump and everything that it pushes: plunger, syringe, line."""

from collections.abc import Callable, Mapping
from math import inf
from typing import Any

from ruggli.quantities.base import Millilitres, Millimetres, MillimetresPerSecond, Seconds
from ruggli_simulator.column import Column
from ruggli_simulator.line import Tubing
from ruggli_simulator.liquid import Liquid, Receiver
from ruggli_simulator.syringe import NOTHING, UNLIMITED, Syringe

SAME_PLACE = 1e-9
"""Two ends of a motion closer than this (mm) are one: the motion then ends by its distance, not at the stop."""

ENDLESS = Millimetres(inf)


class Drive:
    """Motor, plunger, syringe and line of one pump: the physics half.

    The wire half orders motions in millimetres, as its own arithmetic with the stored diameter gives them, and counts
    `travel`. What reaches the vessel is travel times the physical bore. A motion is a straight line in time from one
    anchor, so its end is exact and does not depend on how often `advance` is called. Faults take effect at the time
    of the last `advance`.

    Attributes:
        tubing: the line at the outlet.
        syringe: the syringe in the pump, None when there is none (the pusher then moves freely).
        moving: whether a motion was ordered and has not ended; true in a silent stall.
        travel: distance of the present or last motion as the pump's own electronics count it, never negative.
        ends_at: when the present motion will end by itself, infinite when it will not.
        stalled: whether the last motion ended because the motor could not go on.
        leaked: liquid that was pushed but ran out at a leak.
        changed: called when something outside the pump has changed `ends_at`.
    """

    __slots__ = (
        "tubing",
        "syringe",
        "moving",
        "travel",
        "ends_at",
        "stalled",
        "leaked",
        "changed",
        "_now",
        "_compliance",
        "_direction",
        "_speed",
        "_distance",
        "_anchor",
        "_anchor_travel",
        "_pace",
        "_end_travel",
        "_end_stalls",
        "_blocked",
        "_frozen",
        "_lasting",
        "_leak",
        "_slow",
        "_missing",
    )

    def __init__(self, tubing: Tubing, *, compliance: Millilitres = NOTHING) -> None:
        self.tubing = tubing
        self.syringe: Syringe | None = None
        self.moving = False
        self.travel = Millimetres(0.0)
        self.ends_at = Seconds(inf)
        self.stalled = False
        self.leaked = NOTHING
        self.changed: Callable[[], None] = _nothing
        self._now = Seconds(0.0)
        self._compliance = compliance
        self._direction = 1
        self._speed = 0.0
        self._distance = inf
        self._anchor = 0.0
        self._anchor_travel = 0.0
        self._pace = 0.0
        self._end_travel = inf
        self._end_stalls = False
        self._blocked = self._frozen = self._lasting = False
        self._leak = 0.0
        self._slow = 1.0
        self._missing = Column(None, NOTHING)

    def start(self, now: Seconds, speed: MillimetresPerSecond, distance: Millimetres = ENDLESS) -> None:
        """Begin a motion of `distance` at `speed` (positive: infuse); a motion under way must be stopped before."""
        if self._frozen and not self._lasting:
            self._frozen = False
        self._now = now
        self._direction = 1 if speed >= 0 else -1
        self._speed = abs(speed)
        self._distance = distance
        self.travel = Millimetres(0.0)
        self.moving = True
        self.stalled = False
        self._plan(now)

    def stop(self, now: Seconds) -> Millimetres:
        """Stop the motor; returns the travel of the motion."""
        self.advance(now)
        self.moving = False
        self.ends_at = Seconds(inf)
        return self.travel

    def advance(self, now: Seconds) -> None:
        """Move plunger and liquids on to `now`. At `ends_at` the motion is over and `moving` goes false."""
        self._now = now
        if not self.moving:
            return
        if now >= self.ends_at:
            travel = self._end_travel
            self.moving = False
            self.stalled = self._end_stalls
            self.ends_at = Seconds(inf)
        else:
            travel = self._anchor_travel + self._pace * (now - self._anchor)
        step = travel - self.travel
        if step > 0:
            self.travel = Millimetres(travel)
            if self.syringe is not None:
                self._move(self.syringe, step * self._direction)

    @property
    def flowing(self) -> bool:
        """Whether the motor turns now."""
        return self.moving and self._pace > 0

    @property
    def withdrawing(self) -> bool:
        """Whether the motor turns backwards now."""
        return self.flowing and self._direction < 0

    def inject(self, kind: str, settings: Mapping[str, Any]) -> None:
        """Apply a mechanical fault.

        Args:
            kind: `stall`: the motor is blocked, now or at the next start, and the pump notices. `silent-stall`: the
                motor stands, the counter is frozen and the pump goes on saying that it moves. `leak`: the counter
                moves, of what is pushed `fraction` (default 1) is lost. `slow`: the motor makes `factor` (default
                0.5) of its speed and the counter follows it. `short-fill`: `fraction` (default 0.5) of the content
                was never in the syringe. `heal`: all of these end, and what was missing is filled in.
            settings: as above; `lasting` (default false): `stall` and `silent-stall` outlive the next start.

        Raises:
            ValueError: for a fault that a drive does not know.
        """
        if kind == "stall":
            self._blocked, self._lasting = True, bool(settings.get("lasting", False))
        elif kind == "silent-stall":
            self._frozen, self._lasting = True, bool(settings.get("lasting", False))
        elif kind == "leak":
            self._leak = min(1.0, max(0.0, float(settings.get("fraction", 1.0))))
        elif kind == "slow":
            self._slow = max(0.0, float(settings.get("factor", 0.5)))
        elif kind == "short-fill":
            self._take_out(float(settings.get("fraction", 0.5)))
        elif kind == "heal":
            self._blocked = self._frozen = self._lasting = False
            self._leak, self._slow = 0.0, 1.0
            self._fill_in()
        else:
            known = "stall, silent-stall, leak, slow, short-fill or heal"
            raise ValueError(f"a pump drive does not know the fault {kind!r}: {known}")
        self._replan()

    def _take_out(self, fraction: float) -> None:
        syringe = self.syringe
        if syringe is not None:
            volume = Millilitres(syringe.enclosed * min(1.0, max(0.0, fraction)))
            for slug in reversed(syringe.content.take_near(volume)):
                self._missing.add_near(slug.liquid, slug.volume)
            syringe.enclosed = Millilitres(syringe.enclosed - volume)

    def _fill_in(self) -> None:
        syringe = self.syringe
        if syringe is not None:
            for slug in self._missing.take_far(self._missing.volume):
                syringe.content.add_near(slug.liquid, slug.volume)
                syringe.enclosed = Millilitres(syringe.enclosed + slug.volume)

    def load(
        self,
        now: Seconds,
        liquid: Liquid | None,
        volume: Millilitres,
        bore: Millimetres,
        *,
        capacity: Millilitres = UNLIMITED,
    ) -> None:
        """Act of the operator: put a syringe with `volume` of `liquid` in; the line keeps what stands in it."""
        self.advance(now)
        self.syringe = Syringe(liquid, volume, bore, capacity=capacity, compliance=self._compliance)
        self._missing = Column(None, NOTHING)
        self._replan()

    def unload(self, now: Seconds) -> Syringe | None:
        """Act of the operator: take the syringe out; returns it."""
        self.advance(now)
        syringe, self.syringe = self.syringe, None
        self._replan()
        return syringe

    def prime(self, now: Seconds) -> Millilitres:
        """Act of the operator: push by hand, over waste, until the line holds nothing but what the syringe holds.

        Returns:
            what left the syringe; less than the line needs when the syringe holds less.
        """
        self.advance(now)
        syringe, receiver = self.syringe, self.tubing.receiver
        if syringe is None:
            return NOTHING
        syringe.relax()
        outlet = syringe.content.slugs[-1:]
        air = outlet[0].volume if outlet and outlet[0].liquid is None else 0.0
        own = syringe.content.slugs[0].liquid if syringe.content.slugs else None
        needed = air + self.tubing.hold_up if air else self.tubing.to_first_drop(own)
        volume = Millilitres(min(needed, syringe.enclosed))
        self.tubing.receiver = None
        for slug in syringe.content.take_far(volume):
            self.tubing.push(slug.liquid, slug.volume)
        self.tubing.receiver = receiver
        syringe.enclosed = Millilitres(syringe.enclosed - volume)
        self._replan()
        return volume

    def connect(self, now: Seconds, receiver: Receiver | None) -> None:
        """Act of the operator: put the end of the line into a vessel, or over waste (None)."""
        self.advance(now)
        self.tubing.receiver = receiver

    def truth(self) -> dict[str, Any]:
        """What is really there."""
        syringe = self.syringe
        turning = self.moving and self._pace > 0
        return {
            "motor_mm_per_s": self._direction * self._pace if turning else 0.0,
            "leaked_mL": self.leaked,
            "left_line_mL": self.tubing.delivered,
            "line": self.tubing.truth(),
            "syringe": None
            if syringe is None
            else {
                "physical_bore_mm": syringe.bore,
                "plunger_mm": syringe.enclosed / syringe.sweep,
                "content": [
                    {"liquid": slug.liquid.name if slug.liquid else "air", "volume_mL": slug.volume}
                    for slug in syringe.content.slugs
                ],
            },
        }

    def _replan(self) -> None:
        if self.moving:
            self._plan(self._now)
            self.changed()

    def _plan(self, now: Seconds) -> None:
        """Lay the straight line from here: anchor, pace, and where and why it will end."""
        self._anchor, self._anchor_travel = now, self.travel
        self._pace = 0.0 if self._frozen else self._speed * self._slow
        if self._blocked:
            self._blocked = self._lasting
            self._end_travel, self._end_stalls, self.ends_at = self.travel, True, now
            return
        wanted = self._distance - self.travel
        possible = inf if self.syringe is None else self.syringe.travel_left(self._direction > 0)
        self._end_stalls = possible < wanted - SAME_PLACE
        self._end_travel = self.travel + possible if self._end_stalls else self._distance
        length = max(0.0, min(wanted, possible) if self._end_stalls else wanted)
        self.ends_at = Seconds(now + length / self._pace) if self._pace > 0 else Seconds(inf)

    def _move(self, syringe: Syringe, step: float) -> None:
        volume = step * syringe.sweep
        inside, ahead = syringe.content.slugs, self.tubing.content.slugs
        if step > 0 and len(inside) == 1 and inside[0].volume > volume and not self._leak and not syringe.compliance:
            liquid = inside[0].liquid
            if not ahead or (len(ahead) == 1 and ahead[0].liquid is liquid):
                inside[0].volume = Millilitres(inside[0].volume - volume)
                syringe.enclosed = Millilitres(syringe.enclosed - volume)
                if liquid is not None:
                    tubing = self.tubing
                    tubing.delivered = Millilitres(tubing.delivered + volume)
                    if tubing.receiver is not None:
                        tubing.received = Millilitres(tubing.received + volume)
                        tubing.receiver.receive(liquid, Millilitres(volume))
                return
        self._flow(syringe, syringe.displace(Millilitres(volume)))

    def _flow(self, syringe: Syringe, out: Millilitres) -> None:
        if out > 0:
            for slug in syringe.content.take_far(out):
                lost = slug.volume * self._leak
                if slug.liquid is not None:
                    self.leaked = Millilitres(self.leaked + lost)
                self.tubing.push(slug.liquid, Millilitres(slug.volume - lost))
            return
        drawn = -out
        for slug in self.tubing.pull(Millilitres(drawn * (1 - self._leak))):
            syringe.content.add_far(slug.liquid, slug.volume)
        syringe.content.add_far(None, Millilitres(drawn * self._leak))


def _nothing() -> None:
    """Nobody listens yet."""
