"""Common solvents: what the planner has to know about a liquid that a protocol only names.

A protocol may state any of these figures itself (`boiling_point`, `density`, `molar_mass` of the reagent); what
it states counts before this table. Boiling points at 101.325 kPa, densities at 20 degC, heat capacities at 25 degC,
good to about 1 %. Figures from the CRC Handbook of Chemistry and Physics and Perry's Chemical Engineers' Handbook.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ruggli.quantities.base import Celsius, GramsPerMillilitre, GramsPerMole, JoulesPerGramKelvin


@dataclass(frozen=True, slots=True)
class Solvent:
    """A pure liquid.

    Attributes:
        name: the name that plans and benches use.
        cas: CAS registry number.
        boiling_point: at 101.325 kPa.
        density: at 20 degC.
        molar_mass: molar mass.
        aliases: other names and common abbreviations.
        heat_capacity: at 25 degC, or None where it is not in the table.
        protic: water or an alcohol, in which a pH means something.
    """

    name: str
    cas: str
    boiling_point: Celsius
    density: GramsPerMillilitre
    molar_mass: GramsPerMole
    aliases: tuple[str, ...] = ()
    heat_capacity: JoulesPerGramKelvin | None = None
    protic: bool = False


def _of(
    name: str,
    cas: str,
    boiling_point: float,
    density: float,
    molar_mass: float,
    *aliases: str,
    cp: float | None = None,
    protic: bool = False,
) -> Solvent:
    return Solvent(
        name,
        cas,
        Celsius(boiling_point),
        GramsPerMillilitre(density),
        GramsPerMole(molar_mass),
        tuple(aliases),
        None if cp is None else JoulesPerGramKelvin(cp),
        protic,
    )


SOLVENTS: tuple[Solvent, ...] = (
    _of("dichloromethane", "75-09-2", 39.8, 1.326, 84.93, "DCM", "methylene chloride", "CH2Cl2", cp=1.192),
    _of("toluene", "108-88-3", 110.6, 0.867, 92.14, "PhMe", "methylbenzene", cp=1.707),
    _of("1,2-dichloroethane", "107-06-2", 83.5, 1.254, 98.96, "DCE", "dichloroethane", "ethylene dichloride", cp=1.298),
    _of("methanol", "67-56-1", 64.6, 0.791, 32.04, "MeOH", cp=2.531, protic=True),
    _of("ethanol", "64-17-5", 78.3, 0.790, 46.07, "EtOH", protic=True),
    _of(
        "2-propanol", "67-63-0", 82.3, 0.786, 60.10, "isopropanol", "propan-2-ol", "iPrOH", "i-PrOH", "IPA", protic=True
    ),
    _of("ethyl acetate", "141-78-6", 77.1, 0.900, 88.11, "EtOAc", "AcOEt", cp=1.937),
    _of("tetrahydrofuran", "109-99-9", 65.9, 0.885, 72.11, "THF", "oxolane", cp=1.72),
    _of("1,4-dioxane", "123-91-1", 101.3, 1.033, 88.11, "dioxane"),
    _of("diethyl ether", "60-29-7", 34.6, 0.713, 74.12, "Et2O", "ether"),
    _of("acetonitrile", "75-05-8", 81.6, 0.782, 41.05, "MeCN", "ACN", "CH3CN"),
    _of("acetone", "67-64-1", 56.1, 0.791, 58.08, "propanone"),
    _of("chloroform", "67-66-3", 61.2, 1.489, 119.38, "CHCl3"),
    _of("n-hexane", "110-54-3", 68.7, 0.659, 86.18, "hexane"),
    _of("n-heptane", "142-82-5", 98.4, 0.684, 100.20, "heptane"),
    _of("N,N-dimethylformamide", "68-12-2", 152.8, 0.949, 73.09, "DMF", "dimethylformamide"),
    _of("dimethyl sulfoxide", "67-68-5", 189.0, 1.100, 78.13, "DMSO"),
    _of("acetic acid", "64-19-7", 117.9, 1.047, 60.052, "AcOH", "HOAc", "glacial acetic acid", cp=2.053),
    _of("water", "7732-18-5", 100.0, 0.998, 18.015, "H2O", cp=4.18, protic=True),
)


def _key(name: str) -> str:
    return " ".join(name.replace("_", " ").split()).casefold()


_BY_NAME: Mapping[str, Solvent] = MappingProxyType(
    {_key(name): solvent for solvent in SOLVENTS for name in (solvent.name, solvent.cas, *solvent.aliases)}
)


def solvent_named(name: str) -> Solvent | None:
    """The solvent of this name, abbreviation or CAS number (case and underscores do not matter), or None."""
    return _BY_NAME.get(_key(name))
