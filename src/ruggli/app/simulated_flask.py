"""What the flasks of a simulated bench held at the end of a run, as data for others."""

from collections.abc import Mapping
from typing import Any

from ruggli.chemistry.kinetics.flask_words import CAUTION


def flasks_of(truth: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """The vessels of a bench's truth in which something reacts; () where nothing does."""
    return tuple(
        {"vessel": name, **vessel["reaction"], "caution": CAUTION}
        for name, vessel in truth.get("vessels", {}).items()
        if "reaction" in vessel
    )
