"""A dose: one or several feeds delivered together, by filling, with a ledger for each."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ruggli.devices.capability import PumpCapability
from ruggli.devices.pump import PumpSettings, PumpState
from ruggli.engine.alarm import Alarm
from ruggli.engine.interval import Interval
from ruggli.engine.ledger import NEVER, FeedLedger
from ruggli.engine.orders import DONE, NOTHING_TO_DO, Decision, Draft, Entry, Order, Outcome, Verb
from ruggli.engine.phases import DOSE_EDGES, DosePhase
from ruggli.engine.states import machine_of
from ruggli.engine.steps.dose_alarms import (
    BORE_TOLERANCE,
    bore_alarm,
    odd_alarm,
    progress_alarm,
    setting_alarm,
    state_alarm,
)
from ruggli.engine.steps.doubt import doubt
from ruggli.engine.steps.feed_state import STAGNATION_SECONDS, FeedState, Stage
from ruggli.engine.steps.gate import GateWait
from ruggli.engine.steps.runner import Progress
from ruggli.engine.view import View
from ruggli.plan.model import DoseWork, PlannedPrompt, SegmentKind
from ruggli.quantities.base import Millilitres, Seconds

RECHECK_SECONDS = (5.0, 60.0)
"""How often a running pump's settings are read back (hazards C13, D09): at least, at most."""

ODD_LOOKS = 2
"""A counter that cannot be is taken for true when it is read twice: a line without check sums garbles digits."""

RECHECK_PART = 0.02
"""Part of a dose after which they are read back, within those bounds: a short dose cannot wait for a minute."""


class DoseRunner:
    """Runs a `DoseWork`. The pumps start together, stop together, and each stops by itself at its finite target."""

    phase: DosePhase

    def __init__(
        self,
        step: str,
        work: DoseWork,
        capabilities: Mapping[str, PumpCapability],
        run_on: Mapping[str, Seconds],
        probe_of: str | None,
    ) -> None:
        self.step = step
        self._work = work
        self._probe_of = probe_of
        self._segment = 0
        self._feeds = [
            FeedState(feed, capabilities[feed.device], run_on.get(feed.device, Seconds(float("inf"))))
            for feed in work.feeds
        ]
        self._by_device = {state.feed.device: state for state in self._feeds}
        self._asked = False
        self._was = DosePhase.PRIME
        self._stopping: set[str] = set()
        self._wait = GateWait(probe_of)
        machine_of(self, DosePhase, DosePhase.PRIME, DOSE_EDGES)

    def trigger(self, name: str) -> bool:
        """Fire an edge of the phase machine."""
        raise NotImplementedError

    @property
    def feeding(self) -> bool:
        """Whether anything flows or is about to."""
        return self.phase in (DosePhase.ARM, DosePhase.DOSE)

    def decide(self, view: View) -> Decision:
        """One look."""
        phase = self.phase
        if phase is DosePhase.DOSE:
            return self._watch(view)
        if phase in (DosePhase.PRIME, DosePhase.CHASE):
            return self._prime(view)
        if phase is DosePhase.ARM:
            return self._arm(view)
        if phase is DosePhase.GATED:
            return self._gated(view)
        if phase is DosePhase.VERIFY:
            return self._verify()
        return DONE if phase is DosePhase.DONE else NOTHING_TO_DO

    # ---- filling and priming ----

    def _prime(self, view: View) -> Decision:
        prompts = self._work.segments[self._segment].prompts
        if not self._asked:
            self._asked = True
            open_prompts = tuple(p for p in prompts if p.id not in view.answers)
            if open_prompts:
                return Decision(ask=open_prompts)
        if all(prompt.id in view.answers for prompt in prompts):
            self._to_arm("primed")
            return self._arm(view)
        return NOTHING_TO_DO

    def _to_arm(self, edge: str) -> None:
        for state in self._feeds:
            state.stage = Stage.NEW
        self.trigger(edge)

    # ---- arming and starting ----

    def _arm(self, view: View) -> Decision:
        draft = Draft()
        for state in self._feeds:
            if state.stage is Stage.NEW:
                state.stage = Stage.READING
                draft.orders.append(Order(state.feed.device, Verb.READ_SETTINGS))
        stages = {state.stage for state in self._feeds}
        if stages <= {Stage.READY, Stage.SETTLED}:
            if Stage.READY not in stages:
                self.trigger("reached")
                return self._verify()
            if view.waits:
                return NOTHING_TO_DO
            if self._wait.too_warm(self._work.gate, view):
                return self._wait.decide(self._work.gate, view)
            self._wait.over()
            for state in self._feeds:
                if state.stage is Stage.READY:
                    self._intend(state, view, draft)
        elif stages <= {Stage.ARMED, Stage.SETTLED} and not view.waits:
            for state in self._feeds:
                if state.stage is Stage.ARMED:
                    state.stage = Stage.STARTING
                    state.ledger = state.ledger.started(view.now)
                    state.verified_at = state.checked_at = view.now  # it may run before its answer comes
                    draft.orders.append(Order(state.feed.device, Verb.START))
        elif stages <= {Stage.RUNNING, Stage.SETTLED}:
            self.trigger("armed")
        return draft.decision() if draft.orders or draft.entries else NOTHING_TO_DO

    def _until(self, state: FeedState) -> Millilitres:
        return self._work.segments[self._segment].until[self._feeds.index(state)]

    def _intend(self, state: FeedState, view: View, draft: Draft) -> None:
        """Open the ledger: the intent is durable before the first actuator byte."""
        own = self._work.segments[self._segment].rates
        if own is not None:
            state.feed = replace(state.feed, rate=own[self._feeds.index(state)])
        feed = state.feed
        held = state.capability.held_volume(state.ledger.remaining(self._until(state)), feed.syringe.bore)
        assert held is not None
        target = Millilitres(held.value)
        step = state.capability.counter_step(target, feed.syringe.bore)
        state.ledger = state.ledger.open(target, feed.rate.held, Millilitres(0.0), step, view.now)
        state.counter, state.counter_at, state.moved_at = Millilitres(0.0), view.now, view.now
        state.verified = state.checked = Millilitres(0.0)
        state.distrusted = state.exchanged = False
        state.lag = Millilitres(max(0.005 * feed.planned, 3 * step))
        least, most = RECHECK_SECONDS
        state.recheck = Seconds(min(most, max(least, RECHECK_PART * target / feed.rate.held)))
        state.patience = Seconds(max(STAGNATION_SECONDS, 4 * step / feed.rate.held))
        state.stage = Stage.ARMING
        draft.entries.append(
            Entry(
                "intent",
                {
                    "step": self.step,
                    "solution": feed.solution,
                    "device": feed.device,
                    "segment": self._segment,
                    "target_mL": target,
                    "rate_mL_s": feed.rate.held,
                    "rate": feed.rate.text,
                    "counter_before_mL": 0.0,
                    "counter_step_mL": step,
                    "settled_mL": [state.ledger.settled.low, state.ledger.settled.high],
                },
                durable=True,
            )
        )
        draft.orders.append(Order(feed.device, Verb.ARM, (feed.rate.held, target)))

    def outcome(self, outcome: Outcome, view: View) -> Decision:
        """Take the end of an order of this step."""
        state = self._by_device.get(outcome.order.device)
        if state is None:
            return NOTHING_TO_DO
        if outcome.error is not None:
            self._stopping.discard(state.feed.device)
            return NOTHING_TO_DO
        verb = outcome.order.verb
        if verb is Verb.READ_SETTINGS and isinstance(outcome.value, PumpSettings):
            if self.phase is DosePhase.GATED:
                return self._settled_by(state, outcome.value, view)
            if state.stage is Stage.READING:
                return self._read(state, outcome.value)
            if state.stage is Stage.CHECKING:
                return self._checked(state, outcome.value)
            if state.stage is Stage.RUNNING and self.phase is DosePhase.DOSE:
                return self._rechecked(state, outcome.value, view.now)
        elif verb is Verb.CLEAR_COUNTER and state.stage is Stage.CLEARING:
            state.stage = Stage.NEW
        elif verb is Verb.ARM and state.stage is Stage.ARMING:
            return self._armed(state, outcome.value)
        elif verb is Verb.START and state.stage is Stage.STARTING:
            state.stage = Stage.RUNNING
            state.ledger = state.ledger.started(view.now)
            state.counter_at = state.moved_at = state.rechecked_at = view.now
            return Decision(entries=(self._entry("started", state, {}),))
        elif verb is Verb.STOP and self.phase is DosePhase.GATED:
            state.cut = outcome.value == "power"
            return Decision(orders=(Order(state.feed.device, Verb.READ_SETTINGS),))
        return NOTHING_TO_DO

    def _read(self, state: FeedState, settings: PumpSettings) -> Decision:
        feed = state.feed
        if abs(settings.bore - feed.syringe.bore) > BORE_TOLERANCE:
            return Decision(alarms=(bore_alarm(feed, settings),))
        if settings.state in (PumpState.INFUSING, PumpState.WITHDRAWING):
            alarm = Alarm(
                "A-RUNNING", feed.device, "the pump runs before it was started", settings.state.value, "stopped"
            )
            return Decision(alarms=(alarm,))
        remaining = state.ledger.remaining(self._until(state))
        if state.capability.held_volume(remaining, feed.syringe.bore) is None or remaining <= 0:
            state.stage = Stage.SETTLED
            return NOTHING_TO_DO
        if settings.infused > 0:
            state.stage = Stage.CLEARING
            note = self._entry("clear", state, {"counter_mL": settings.infused}, durable=True)
            return Decision(orders=(Order(feed.device, Verb.CLEAR_COUNTER),), entries=(note,))
        state.stage = Stage.READY
        return NOTHING_TO_DO

    def _armed(self, state: FeedState, value: Any) -> Decision:
        assert isinstance(value, PumpSettings)
        alarm = setting_alarm(state, value)
        if alarm is not None:
            return Decision(alarms=(alarm,))
        state.stage = Stage.ARMED
        held = {"rate_mL_s": value.rate, "target_mL": value.target, "bore_mm": value.bore}
        return Decision(entries=(self._entry("held", state, held),))

    # ---- while it runs ----

    def _watch(self, view: View) -> Decision:
        now = view.now
        everything = True
        recheck: list[Order] = []
        for state in self._feeds:
            if state.stage is not Stage.RUNNING:
                continue
            reading = view.pumps.get(state.feed.device)
            if reading is None or view.read_at[state.feed.device] <= state.counter_at:
                everything = False
                continue
            odd = odd_alarm(state, reading.infused, now)
            if odd is not None and reading.state in (PumpState.INFUSING, PumpState.TARGET_REACHED):
                everything = False
                state.odd += 1
                if state.odd >= ODD_LOOKS:
                    self._doubt_all(odd)
                    return Decision(alarms=(odd,))
                continue
            state.odd = 0
            if reading.state is PumpState.INFUSING:
                everything = False
                if reading.infused > state.counter:
                    state.counter = reading.infused
                    state.moved_at = now
                state.counter_at = now
                alarm = progress_alarm(state, now)
                if alarm is not None:
                    return Decision(alarms=(alarm,))
                if now - state.rechecked_at >= state.recheck:
                    state.rechecked_at = now
                    recheck.append(Order(state.feed.device, Verb.READ_SETTINGS))
            elif reading.state is PumpState.TARGET_REACHED:
                state.counter, state.counter_at = max(state.counter, reading.infused), now
                state.stage = Stage.REACHED
            else:
                return Decision(alarms=(state_alarm(state, reading.state, reading.alarm),))
        if everything:
            self.trigger("reached")
            return self._verify()
        if view.waits or self._wait.too_warm(self._work.gate, view):
            return self._shut(view)
        return Decision(orders=tuple(recheck)) if recheck else NOTHING_TO_DO

    def _rechecked(self, state: FeedState, settings: PumpSettings, now: Seconds) -> Decision:
        alarm = setting_alarm(state, settings)
        if alarm is None:
            state.verified, state.verified_at = state.checked, state.checked_at
            state.checked, state.checked_at = settings.infused, now
            return NOTHING_TO_DO
        state.distrusted = True
        self._doubt_all(alarm)
        return Decision(alarms=(alarm,))

    def _doubt_all(self, alarm: Alarm) -> None:
        """Where another pump may answer, the one that should may have answered elsewhere: no counter here is proof."""
        if alarm.code in ("A-BORE", "A-COUNTER"):
            for state in self._feeds:
                state.exchanged = True

    # ---- the gate ----

    def _shut(self, view: View) -> Decision:
        self.trigger("gate_shut")
        running = [state for state in self._feeds if state.stage in (Stage.RUNNING, Stage.REACHED)]
        self._stopping = {state.feed.device for state in running}
        orders = tuple(Order(state.feed.device, Verb.STOP) for state in running)
        note = self._gate_note(view, f"{view.waits or 'gate shut'}: the feed waits")
        return Decision(orders=orders, entries=(replace(note, durable=True),))

    def _gate_note(self, view: View, what: str) -> Entry:
        return Entry("gate", {"step": self.step, "probe_degC": view.probe(self._probe_of), "what": what})

    def _settled_by(self, state: FeedState, settings: PumpSettings, view: View) -> Decision:
        self._stopping.discard(state.feed.device)
        return Decision(entries=(self._settle(state, settings.infused, view.now, lost=state.cut),))

    def _gated(self, view: View) -> Decision:
        if self._stopping or view.waits:
            return NOTHING_TO_DO
        if self._wait.stays_shut(self._work.gate, view):
            return self._wait.decide(self._work.gate, view)
        self._wait.over()
        self._to_arm("gate_open")
        first = self._arm(view)
        return replace(first, entries=(self._gate_note(view, "the feed goes on"), *first.entries))

    # ---- settling ----

    def _verify(self) -> Decision:
        draft = Draft()
        for state in self._feeds:
            if state.stage is Stage.REACHED:
                state.stage = Stage.CHECKING
                draft.orders.append(Order(state.feed.device, Verb.READ_SETTINGS))
        if all(state.stage is Stage.SETTLED for state in self._feeds):
            return self._next()
        return draft.decision()

    def _checked(self, state: FeedState, settings: PumpSettings) -> Decision:
        episode = state.ledger.episode
        assert episode is not None
        changed = setting_alarm(state, settings)
        if changed is not None:
            state.distrusted = True
            self._doubt_all(changed)
            return Decision(alarms=(changed,))
        if abs(settings.infused - episode.target) > max(2 * episode.step, 0.005 * episode.target):
            alarm = Alarm(
                "A-COUNTER",
                state.feed.device,
                "the pump says that its target is reached, its counter does not",
                f"{settings.infused:.5g} mL",
                f"{episode.target:.5g} mL",
            )
            return Decision(alarms=(alarm,))
        state.ledger = state.ledger.reached()
        state.stage = Stage.SETTLED
        return Decision(entries=(self._settled_entry(state, "target reached", settings.infused),))

    def _next(self) -> Decision:
        self._segment += 1
        if self._segment >= len(self._work.segments):
            self._segment -= 1
            self.trigger("finished")
            return DONE
        self._asked = False
        chase = self._work.segments[self._segment].kind is SegmentKind.CHASE
        self.trigger("next_chase" if chase else "next_filling")
        return Decision(entries=(Entry("segment", {"step": self.step, "segment": self._segment}),))

    def _settle(self, state: FeedState, counter: Millilitres | None, now: Seconds, *, lost: bool) -> Entry:
        ledger = state.ledger.saw(state.counter, state.counter_at)
        episode = ledger.episode
        if state.distrusted and episode is not None:
            low = Millilitres(max(0.0, state.verified - episode.step))
            state.ledger = FeedLedger(ledger.settled + Interval(low, episode.target))
            how = "the pump held other settings for an unknown time; its counter proves nothing since the last check"
        elif state.exchanged and episode is not None:
            state.ledger = FeedLedger(ledger.settled + state.since_verified(episode, now))
            how = "another pump may have answered since the last check; the worst case since then is assumed"
        elif (
            counter is not None
            and not lost
            and episode is not None
            and episode.believes(counter, now, forgets=state.capability.forgets_silently)
        ):
            state.ledger = ledger.saw(counter, now).interrupted()
            how = "interrupted; counter read at rest"
        elif counter is not None and not lost and episode is not None and episode.is_foreign(counter):
            state.ledger = ledger.lost(NEVER, state.run_on)
            how = "another pump has answered, to the stop too perhaps; the worst case is assumed"
        else:
            state.ledger = ledger.lost(now, state.run_on)
            how = "counter lost; the worst case is assumed"
        state.stage = Stage.NEW
        return self._settled_entry(state, how, counter)

    def _settled_entry(self, state: FeedState, how: str, counter: Millilitres | None) -> Entry:
        settled = state.ledger.settled
        data = {"how": how, "counter_mL": counter, "settled_mL": [settled.low, settled.high]}
        return self._entry("settled", state, data, durable=True)

    def _entry(self, kind: str, state: FeedState, data: Mapping[str, Any], *, durable: bool = False) -> Entry:
        feed = state.feed
        whose = {"step": self.step, "solution": feed.solution, "device": feed.device, "segment": self._segment}
        return Entry(kind, {**whose, **data}, durable)

    # ---- hold, resume, recovery ----

    def interrupt(self, view: View) -> None:
        """Flows are being stopped."""
        if self.phase not in (DosePhase.DONE, DosePhase.INTERRUPTED):
            self._was = self.phase
            self.trigger("break_off")

    def counters(self, settings: Mapping[str, PumpSettings | None], lost: frozenset[str], view: View) -> list[Entry]:
        """Settle what is open, as far as the pumps could be read."""
        entries = []
        for state in self._feeds:
            device = state.feed.device
            if state.ledger.episode is None or device not in settings:
                continue
            read = settings[device]
            if read is not None:
                entries.append(self._settle(state, read.infused, view.now, lost=device in lost))
        return entries

    def unsettled(self) -> tuple[str, ...]:
        """See `Runner`."""
        return tuple(state.feed.device for state in self._feeds if state.ledger.episode is not None)

    def abandon(self, unheard: frozenset[str]) -> None:
        """The session ends and these pumps are not heard: count what they may still deliver."""
        for state in self._feeds:
            state.unheard = state.feed.device in unheard

    def doubts(self) -> tuple[PlannedPrompt, ...]:
        """A question for every feed whose unknown volume is above 0.5 % of its plan."""
        asked = (doubt(self.step, state) for state in self._feeds)
        return tuple(prompt for prompt in asked if prompt is not None)

    def assume(self, device: str, displaced: Millilitres) -> Entry:
        """Take a person's reading of the syringe."""
        state = self._by_device[device]
        state.ledger = state.ledger.assume(displaced)
        return self._settled_entry(state, "read from the syringe by a person", None)

    def restart(self, view: View) -> Decision:
        """Continue where the ledger says."""
        self._wait.over()
        if self.phase is DosePhase.INTERRUPTED:
            self._asked = False
            if self._was is DosePhase.PRIME:
                self.trigger("prime_again")
            elif self._was is DosePhase.CHASE:
                self.trigger("chase_again")
            else:
                self._to_arm("arm_again")
        return NOTHING_TO_DO

    def progress(self) -> tuple[Progress, ...]:
        """Delivered against planned, of the solution (a chase pushes the rest of it out of the line)."""
        rows = []
        for state in self._feeds:
            known, planned = state.displaced(), state.feed.planned
            low, high = Millilitres(min(planned, known.low)), Millilitres(min(planned, known.high))
            rows.append(Progress(state.feed.solution, state.feed.device, planned, low, high))
        return tuple(rows)

    def snapshot(self) -> dict[str, Any]:
        """Segment, phase and ledgers."""
        was = self._was if self.phase is DosePhase.INTERRUPTED else self.phase
        return {"segment": self._segment, "phase": was.value}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Take up segment and phase; the ledgers follow from the journal's intents (see `recover`)."""
        self._segment = int(snapshot.get("segment", 0))
        self._was = DosePhase(snapshot.get("phase", DosePhase.PRIME.value))
        self.trigger("break_off")

    def has(self, device: str) -> bool:
        """Whether a feed of this dose is in that pump."""
        return device in self._by_device

    def restore_ledger(self, device: str, ledger: FeedLedger) -> None:
        """Take up what the journal proves of one feed."""
        state = self._by_device[device]
        state.ledger = ledger
        if ledger.episode is not None:
            state.counter = Millilitres(ledger.episode.before + ledger.episode.seen)
            state.counter_at = ledger.episode.seen_at
