"""The question for what nobody knows of a feed."""

from ruggli.engine.steps.feed_state import FeedState
from ruggli.plan.model import PlannedPrompt
from ruggli.protocol.model import OnTimeout
from ruggli.quantities.base import Seconds
from ruggli.quantities.dimension import Dimension

DOUBT = 0.005
"""Part of the planned volume above which an unknown volume is asked about (hazards D01, D02)."""


def doubt(step: str, state: FeedState) -> PlannedPrompt | None:
    """What a person has to read from the syringe, or None where little enough is unknown."""
    feed, settled = state.feed, state.ledger.settled
    if settled.width <= DOUBT * feed.planned:
        return None
    return PlannedPrompt(
        id=f"{step}.doubt.{feed.device}",
        text=(
            f"{feed.solution} in {feed.device}: {settled.text()} of {feed.planned:.5g} mL left the syringe. Read the "
            f"syringe and type the volume that has left it since the start of this dose"
        ),
        choices=(),
        dimension=Dimension.VOLUME,
        happy="",
        takes=Seconds(120.0),
        timeout=Seconds(600.0),
        on_timeout=OnTimeout.STOP,
    )
