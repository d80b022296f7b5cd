"""The dimensions that a field of a file may ask for."""

from enum import Enum


class Dimension(Enum):
    """What a quantity measures. A value is read for exactly one dimension.

    Attributes:
        label: the name that a chemist uses, such as "flow rate".
        example: the right form, such as "5 mL/h".
        base: the unit of the float that inner loops use (see `ruggli.quantities.base`); "1" for a fraction.
    """

    VOLUME = ("volume", "5 mL", "mL")
    DURATION = ("time", "12 h", "s")
    FLOW_RATE = ("flow rate", "5 mL/h", "mL/s")
    TEMPERATURE = ("temperature", "40 degC", "degC")
    TEMPERATURE_DIFFERENCE = ("temperature difference", "5 K", "K")
    TEMPERATURE_RAMP = ("temperature ramp", "60 K/h", "K/s")
    AMOUNT = ("amount", "1 mmol", "mmol")
    MASS = ("mass", "250 mg", "g")
    CONCENTRATION = ("concentration", "5 mM", "mol/L")
    EQUIVALENTS = ("equivalents", "1.2 eq", "eq")
    MOLE_PERCENT = ("mole percent", "5 mol%", "1")
    PERCENT = ("percent", "95 %", "1")
    LENGTH = ("length", "14.57 mm", "mm")
    ROTATIONAL_SPEED = ("rotational speed", "400 rpm", "rpm")
    DENSITY = ("density", "1.33 g/mL", "g/mL")
    MOLAR_MASS = ("molar mass", "84.93 g/mol", "g/mol")
    POWER = ("power", "600 W", "W")
    RATE_CONSTANT_1 = ("first-order rate constant", "0.001 1/s", "1/s")
    RATE_CONSTANT_2 = ("second-order rate constant", "1 L/mol/s", "L/mol/s")
    ASSOCIATION_CONSTANT = ("association constant", "1000 L/mol", "L/mol")
    MOLAR_ENERGY = ("molar energy", "60 kJ/mol", "kJ/mol")

    def __init__(self, label: str, example: str, base: str) -> None:
        self.label = label
        self.example = example
        self.base = base

    @property
    def phrase(self) -> str:
        """The label with its article: "a flow rate", "an amount"."""
        return f"{'an' if self.label[0] in 'aeiou' else 'a'} {self.label}"
