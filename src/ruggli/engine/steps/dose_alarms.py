"""What is wrong with a feed: its settings, its progress, its state."""

from ruggli.devices.pump import PumpSettings, PumpState
from ruggli.engine.alarm import Alarm
from ruggli.engine.steps.feed_state import FeedState, Stage
from ruggli.plan.model import Feed
from ruggli.quantities.base import Millilitres, Seconds

BORE_TOLERANCE = 0.005
"""mm; two decimals are what the pumps carry."""

START_SLACK = 5.0
"""Seconds of flow that arming, starting and polling may shift the counter by."""


def progress_alarm(state: FeedState, now: Seconds) -> Alarm | None:
    """The counter of a running pump against its rate and its target, or None when it is where it should be."""
    episode = state.ledger.episode
    assert episode is not None
    if now - state.moved_at > state.patience:
        seconds = now - state.moved_at
        return Alarm(
            "A-PROGRESS",
            state.feed.device,
            "the pump says that it infuses but its counter stands",
            f"{state.counter:.5g} mL for {seconds:.0f} s",
            f"at most {state.patience:.0f} s",
        )
    due = min(episode.target, episode.rate * (now - episode.started))
    slack = state.lag + START_SLACK * episode.rate
    if due - state.counter > slack:
        return Alarm(
            "A-PROGRESS",
            state.feed.device,
            "the pump's counter lags behind the set rate",
            f"{state.counter:.5g} mL",
            f"{due - state.lag:.5g} mL",
        )
    return None


def odd_alarm(state: FeedState, counter: Millilitres, now: Seconds) -> Alarm | None:
    """A counter that has run back, or further than the rate allows: another pump answers, or it runs otherwise."""
    episode = state.ledger.episode
    assert episode is not None
    device, least = state.feed.device, state.counter - 2 * episode.step
    if counter < least:
        text = "the pump's counter has run back: another pump answers, or this one was without power"
        return Alarm("A-COUNTER", device, text, f"{counter:.5g} mL", f"at least {least:.5g} mL")
    most = state.lag + episode.rate * (now - episode.started + START_SLACK)
    if counter > most:
        text = "the pump's counter runs ahead of the set rate"
        return Alarm("A-PROGRESS", device, text, f"{counter:.5g} mL", f"at most {most:.5g} mL")
    if counter > episode.target + 2 * episode.step:
        text = "the pump has gone past its target"
        return Alarm("A-OVERRUN", device, text, f"{counter:.5g} mL", f"{episode.target:.5g} mL")
    return None


def setting_alarm(state: FeedState, held: PumpSettings) -> Alarm | None:
    """What the pump holds against the intent; the target only before the start (some pumps count it down)."""
    feed, episode = state.feed, state.ledger.episode
    assert episode is not None
    if abs(held.bore - feed.syringe.bore) > BORE_TOLERANCE:
        return bore_alarm(feed, held)
    wrong = []
    if abs(held.rate / feed.rate.held - 1) > 1e-6:
        wrong.append(("rate", f"{held.rate * 3600:.6g} mL/h", f"{feed.rate.held * 3600:.6g} mL/h"))
    if state.stage is Stage.ARMING and abs(held.target / episode.target - 1) > 1e-6:
        wrong.append(("target volume", f"{held.target:.6g} mL", f"{episode.target:.6g} mL"))
    if not held.infusing:
        wrong.append(("direction", "withdraw", "infuse"))
    if not wrong:
        return None
    what, got, expected = wrong[0]
    return Alarm("A-SETTING", feed.device, f"the pump holds another {what}", got, expected)


def bore_alarm(feed: Feed, settings: PumpSettings) -> Alarm:
    """The stored diameter is not the planned one."""
    return Alarm(
        "A-BORE",
        feed.device,
        "the pump's stored syringe diameter is not the planned one",
        f"{settings.bore:.4g} mm",
        f"{feed.syringe.bore:.4g} mm",
    )


def state_alarm(state: FeedState, pump_state: PumpState, alarm: str) -> Alarm:
    """Why a pump that should run does not."""
    device = state.feed.device
    at = f"at {state.counter:.5g} mL"
    table = {
        "stall": ("A-STALL", "the motor has stalled: empty syringe, blocked line or too much force"),
        "power": ("A-POWER", "the pump lost its power: its counter is lost"),
        "dead-man": ("A-DEADMAN", "the pump stopped itself because it heard nothing from here"),
        "program": ("A-PUMP", "the pump reports an error in its program"),
    }
    if alarm in table:
        code, text = table[alarm]
    elif pump_state is PumpState.STALLED:
        code, text = table["stall"]
    elif pump_state is PumpState.ALARM:
        code, text = "A-PUMP", "the pump reports an alarm"
    else:
        code, text = "A-PANEL", "the pump stopped before its target: somebody at its panel, or a power cut"
    return Alarm(code, device, text, f"{pump_state.value} {at}", PumpState.INFUSING.value)
