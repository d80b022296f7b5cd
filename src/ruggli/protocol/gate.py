"""A gate: an addition goes on only while its vessel is cool enough."""

from ruggli.protocol.base import Model
from ruggli.quantities.fields import Temperature, TemperatureDifference


class Gate(Model):
    """Go on only while the vessel is below a temperature."""

    below: Temperature
    hysteresis: TemperatureDifference | None = None
