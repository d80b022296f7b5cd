"""What a person's hands do at a prompt, as data; a simulated bench performs the same acts."""

from dataclasses import dataclass

from ruggli.quantities.base import Celsius, Millilitres, Millimetres


@dataclass(frozen=True, slots=True)
class Load:
    """Put a filled syringe into a pump. `solutes` in mol/L by name."""

    device: str
    solution: str
    solvent: str
    volume: Millilitres
    bore: Millimetres
    capacity: Millilitres
    solutes: tuple[tuple[str, float], ...]

    def as_dict(self) -> dict[str, object]:
        """Plain JSON data, units in the key names; `solutes` in mol/L."""
        return {
            "act": "load",
            "device": self.device,
            "solution": self.solution,
            "solvent": self.solvent,
            "volume_mL": self.volume,
            "bore_mm": self.bore,
            "capacity_mL": self.capacity,
            "solutes": dict(self.solutes),
        }


@dataclass(frozen=True, slots=True)
class Prime:
    """Push the syringe by hand until the first drop leaves the line."""

    device: str

    def as_dict(self) -> dict[str, object]:
        """Plain JSON data."""
        return {"act": "prime", "device": self.device}


@dataclass(frozen=True, slots=True)
class ChargeVessel:
    """Put a liquid (or a solid, volume 0) into a vessel. `solutes` in mmol by name."""

    vessel: str
    name: str
    solvent: str
    volume: Millilitres
    solutes: tuple[tuple[str, float], ...]

    def as_dict(self) -> dict[str, object]:
        """Plain JSON data, units in the key names; `solutes` in mmol."""
        return {
            "act": "charge",
            "vessel": self.vessel,
            "name": self.name,
            "solvent": self.solvent,
            "volume_mL": self.volume,
            "solutes": dict(self.solutes),
        }


@dataclass(frozen=True, slots=True)
class Warm:
    """Bring a vessel to a temperature by hand (a step that the rig has no device for)."""

    vessel: str
    temperature: Celsius

    def as_dict(self) -> dict[str, object]:
        """Plain JSON data."""
        return {"act": "set", "vessel": self.vessel, "temperature_degC": self.temperature}


@dataclass(frozen=True, slots=True)
class Remove:
    """Take a volume out of a vessel, with what is dissolved in it."""

    vessel: str
    volume: Millilitres

    def as_dict(self) -> dict[str, object]:
        """Plain JSON data."""
        return {"act": "remove", "vessel": self.vessel, "volume_mL": self.volume}


Act = Load | Prime | ChargeVessel | Warm | Remove
