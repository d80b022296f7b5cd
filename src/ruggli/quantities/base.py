"""The documented base units in which inner loops calculate.

Users and public functions see `Quantity`. Inside loops a value is a float in exactly one unit, and its
type says which. The units fit together, so that no conversion factor stands anywhere in the engine:
mL = mL/s x s, mmol = mmol/mL x mL, and mmol/mL is the same number as mol/L.
"""

from typing import NewType

Seconds = NewType("Seconds", float)
Millilitres = NewType("Millilitres", float)
MillilitresPerSecond = NewType("MillilitresPerSecond", float)
Millimetres = NewType("Millimetres", float)
MillimetresPerSecond = NewType("MillimetresPerSecond", float)
Celsius = NewType("Celsius", float)
Kelvin = NewType("Kelvin", float)
"""A temperature difference."""
KelvinPerSecond = NewType("KelvinPerSecond", float)
Rpm = NewType("Rpm", float)
Millimoles = NewType("Millimoles", float)
Molar = NewType("Molar", float)
"""mol/L, the same number as mmol/mL."""
Grams = NewType("Grams", float)
GramsPerMole = NewType("GramsPerMole", float)
GramsPerMillilitre = NewType("GramsPerMillilitre", float)
KilojoulesPerMole = NewType("KilojoulesPerMole", float)
JoulesPerGramKelvin = NewType("JoulesPerGramKelvin", float)
JoulesPerKelvin = NewType("JoulesPerKelvin", float)
"""Heat capacity of all that is in a vessel."""
