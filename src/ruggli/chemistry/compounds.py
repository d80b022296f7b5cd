"""Reagents whose chemistry the rules know: by name, abbreviation or CAS number, what they can do."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType


class Trait(Enum):
    """What a compound is to a rule."""

    RUTHENIUM = "ruthenium catalyst of metathesis"
    GRUBBS_2 = "Grubbs catalyst of the second generation"
    PHOSPHINE_FREE = "ruthenium catalyst without phosphine"
    INHIBITOR = "quinone that suppresses isomerisation"
    TRIPHENYLPHOSPHINE = "triphenylphosphine"
    AMINE = "amine, or another nitrogen base"
    NUCLEOPHILIC_BASE = "base that is a nucleophile"
    ACETIC_ACID = "acetic acid"
    STRONG_ACID = "strong acid"
    TRIACETOXYBOROHYDRIDE = "triacetoxyborohydride"
    CYANOBOROHYDRIDE = "cyanoborohydride"
    CARBODIIMIDE = "carbodiimide"
    DCC = "dicyclohexylcarbodiimide"
    AMINIUM = "aminium or uronium reagent"
    PHOSPHONIUM = "phosphonium reagent"
    ANTI_RACEMISATION = "additive against racemisation"
    HYDROGENOLYSIS = "hydrogen, or a catalyst for it"
    EDC = "water-soluble carbodiimide"
    FREES_AMINE = "base that frees an amine from its salt"
    TAKES_FMOC = "base that takes Fmoc"
    HARSH_ACID = "acid that takes Cbz and Ts"
    WASH_ACID = "weak acid for a wash"
    STRONG_HYDRIDE = "hydride that reduces carbamates"
    DISSOLVING_METAL = "metal that takes sulfonyl groups by reduction"
    THIOLATE = "thiol that takes Ns"
    BICARBONATE = "bicarbonate"


@dataclass(frozen=True, slots=True)
class Compound:
    """A compound that the rules know.

    Attributes:
        name: usual name.
        cas: CAS registry number.
        traits: see `Trait`.
        aliases: other names and abbreviations.
    """

    name: str
    cas: str
    traits: frozenset[Trait]
    aliases: tuple[str, ...] = ()


def _of(name: str, cas: str, traits: tuple[Trait, ...], *aliases: str) -> Compound:
    return Compound(name, cas, frozenset(traits), aliases)


_T = Trait
COMPOUNDS: tuple[Compound, ...] = (
    _of("Grubbs catalyst, second generation", "246047-72-3", (_T.RUTHENIUM, _T.GRUBBS_2), "Grubbs II", "G2"),
    _of("Grubbs catalyst, third generation", "900169-53-1", (_T.RUTHENIUM, _T.PHOSPHINE_FREE), "Grubbs III", "G3"),
    _of("Grubbs catalyst, first generation", "172222-30-9", (_T.RUTHENIUM,), "Grubbs I", "G1"),
    _of(
        "Hoveyda-Grubbs catalyst, second generation",
        "301224-40-8",
        (_T.RUTHENIUM, _T.PHOSPHINE_FREE),
        "Hoveyda-Grubbs II",
        "HG2",
    ),
    _of("1,4-benzoquinone", "106-51-4", (_T.INHIBITOR,), "benzoquinone", "p-benzoquinone", "BQ"),
    _of("2,6-dichloro-1,4-benzoquinone", "697-91-6", (_T.INHIBITOR,), "2,6-dichlorobenzoquinone"),
    _of("triphenylphosphine", "603-35-0", (_T.TRIPHENYLPHOSPHINE,), "PPh3", "Ph3P", "triphenylphosphane"),
    _of("triethylamine", "121-44-8", (_T.AMINE, _T.FREES_AMINE), "NEt3", "Et3N", "TEA"),
    _of(
        "N,N-diisopropylethylamine", "7087-68-5", (_T.AMINE, _T.FREES_AMINE), "DIPEA", "DIEA", "Hunig's base", "iPr2NEt"
    ),
    _of("N-methylmorpholine", "109-02-4", (_T.AMINE,), "NMM"),
    _of("2,6-lutidine", "108-48-5", (_T.AMINE,), "lutidine"),
    _of("pyridine", "110-86-1", (_T.AMINE,), "py"),
    _of("4-(dimethylamino)pyridine", "1122-58-3", (_T.AMINE, _T.NUCLEOPHILIC_BASE, _T.FREES_AMINE), "DMAP"),
    _of("1,8-diazabicyclo[5.4.0]undec-7-ene", "6674-22-2", (_T.AMINE, _T.FREES_AMINE, _T.TAKES_FMOC), "DBU"),
    _of("diethylamine", "109-89-7", (_T.AMINE, _T.NUCLEOPHILIC_BASE, _T.FREES_AMINE, _T.TAKES_FMOC), "Et2NH", "HNEt2"),
    _of("piperidine", "110-89-4", (_T.AMINE, _T.NUCLEOPHILIC_BASE, _T.FREES_AMINE, _T.TAKES_FMOC)),
    _of("pyrrolidine", "123-75-1", (_T.AMINE, _T.NUCLEOPHILIC_BASE, _T.FREES_AMINE, _T.TAKES_FMOC)),
    _of("morpholine", "110-91-8", (_T.AMINE, _T.NUCLEOPHILIC_BASE, _T.TAKES_FMOC)),
    _of("sodium hydroxide", "1310-73-2", (_T.NUCLEOPHILIC_BASE, _T.FREES_AMINE, _T.TAKES_FMOC), "NaOH"),
    _of("potassium hydroxide", "1310-58-3", (_T.NUCLEOPHILIC_BASE, _T.FREES_AMINE, _T.TAKES_FMOC), "KOH"),
    _of("acetic acid", "64-19-7", (_T.ACETIC_ACID,), "AcOH", "HOAc", "glacial acetic acid"),
    _of("trifluoroacetic acid", "76-05-1", (_T.STRONG_ACID,), "TFA"),
    _of("hydrogen chloride", "7647-01-0", (_T.STRONG_ACID,), "HCl", "hydrochloric acid"),
    _of("sulfuric acid", "7664-93-9", (_T.STRONG_ACID,), "H2SO4"),
    _of("methanesulfonic acid", "75-75-2", (_T.STRONG_ACID,), "MsOH"),
    _of("trifluoromethanesulfonic acid", "1493-13-6", (_T.STRONG_ACID, _T.HARSH_ACID), "triflic acid", "TfOH"),
    _of("hydrogen bromide", "10035-10-6", (_T.STRONG_ACID, _T.HARSH_ACID), "HBr", "hydrobromic acid"),
    _of("p-toluenesulfonic acid", "104-15-4", (_T.STRONG_ACID,), "TsOH", "pTsOH"),
    _of("sodium triacetoxyborohydride", "56553-60-7", (_T.TRIACETOXYBOROHYDRIDE,), "NaBH(OAc)3", "STAB"),
    _of("sodium cyanoborohydride", "25895-60-7", (_T.CYANOBOROHYDRIDE,), "NaBH3CN"),
    _of("N,N'-dicyclohexylcarbodiimide", "538-75-0", (_T.CARBODIIMIDE, _T.DCC), "DCC", "dicyclohexylcarbodiimide"),
    _of("N,N'-diisopropylcarbodiimide", "693-13-0", (_T.CARBODIIMIDE,), "DIC", "diisopropylcarbodiimide"),
    _of("EDC", "1892-57-5", (_T.CARBODIIMIDE, _T.EDC), "EDCI", "WSC"),
    _of("EDC hydrochloride", "25952-53-8", (_T.CARBODIIMIDE, _T.EDC), "EDC HCl", "EDCI HCl"),
    _of("HATU", "148893-10-1", (_T.AMINIUM,)),
    _of("HBTU", "94790-37-1", (_T.AMINIUM,)),
    _of("TBTU", "125700-67-6", (_T.AMINIUM,)),
    _of("PyBOP", "128625-52-5", (_T.PHOSPHONIUM,)),
    _of("1-hydroxybenzotriazole", "2592-95-2", (_T.ANTI_RACEMISATION,), "HOBt"),
    _of("Oxyma", "3849-21-6", (_T.ANTI_RACEMISATION,), "ethyl 2-cyano-2-(hydroxyimino)acetate", "Oxyma Pure"),
    _of("HOBt hydrate", "123333-53-9", (_T.ANTI_RACEMISATION,), "1-hydroxybenzotriazole hydrate", "HOBt H2O"),
    _of("2,4,6-collidine", "108-75-8", (_T.AMINE,), "collidine"),
    _of("potassium carbonate", "584-08-7", (_T.FREES_AMINE,), "K2CO3"),
    _of("sodium carbonate", "497-19-8", (_T.FREES_AMINE,), "Na2CO3"),
    _of("citric acid", "77-92-9", (_T.WASH_ACID,)),
    _of("potassium hydrogen sulfate", "7646-93-7", (_T.WASH_ACID,), "KHSO4", "potassium bisulfate"),
    _of("palladium hydroxide on carbon", "12135-22-7", (_T.HYDROGENOLYSIS,), "Pd(OH)2/C", "Pearlman's catalyst"),
    _of("lithium aluminium hydride", "16853-85-3", (_T.STRONG_HYDRIDE,), "LiAlH4", "LAH", "lithium aluminum hydride"),
    _of("magnesium", "7439-95-4", (_T.DISSOLVING_METAL,), "Mg"),
    _of("samarium diiodide", "32248-43-4", (_T.DISSOLVING_METAL,), "SmI2"),
    _of("thiophenol", "108-98-5", (_T.THIOLATE,), "PhSH"),
    _of("2-mercaptoethanol", "60-24-2", (_T.THIOLATE,)),
    _of("hydrogen", "1333-74-0", (_T.HYDROGENOLYSIS,), "H2", "dihydrogen"),
    _of("palladium on carbon", "7440-05-3", (_T.HYDROGENOLYSIS,), "Pd/C", "palladium on charcoal"),
    _of("sodium bicarbonate", "144-55-8", (_T.BICARBONATE,), "NaHCO3", "sodium hydrogen carbonate"),
    _of("potassium bicarbonate", "298-14-6", (_T.BICARBONATE,), "KHCO3", "potassium hydrogen carbonate"),
)
"""CAS numbers and what the compounds do are common knowledge of the trade, not of the source document."""


def _key(name: str) -> str:
    return " ".join(name.replace("_", " ").split()).casefold()


_BY_NAME: Mapping[str, Compound] = MappingProxyType(
    {_key(name): compound for compound in COMPOUNDS for name in (compound.name, compound.cas, *compound.aliases)}
)


def compound_named(name: str) -> Compound | None:
    """The compound of this name, abbreviation or CAS number (case and underscores do not matter), or None."""
    return _BY_NAME.get(_key(name))
