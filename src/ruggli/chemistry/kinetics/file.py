"""The kinetics file: a flask, what comes into it, when it is to be told, and the constants of one model."""

from decimal import Decimal
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import AliasChoices, ConfigDict, Field

from ruggli.chemistry.kinetics import macrocyclisation, reductive_amination
from ruggli.chemistry.kinetics.macrocyclisation import Variant
from ruggli.documents.model import Model
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.fields import Concentration, Duration, Fraction, Name, Text, Volume, field
from ruggli.quantities.plain_fields import TextField, number
from ruggli.quantities.reader import QuantityError, Reading, read_quantity

MOST_TIMES: Final = 10_000
MOST_PARTS: Final = 200

_FIRST: Final = field(Dimension.RATE_CONSTANT_1, ge="0 1/s")
_SECOND: Final = field(Dimension.RATE_CONSTANT_2, ge="0 L/mol/s")


def _read_either(value: object) -> Any:
    """A rate constant of first order where it is one, else of second order."""
    try:
        read_quantity(value if isinstance(value, str) else "", Dimension.RATE_CONSTANT_1)
    except QuantityError:
        return _SECOND.read(value)
    return _FIRST.read(value)


Time: TypeAlias = Annotated[Reading, field(Dimension.DURATION, ge="0 s")]
VolumeOrNone: TypeAlias = Annotated[Reading, field(Dimension.VOLUME, ge="0 mL")]
AmountOrNone: TypeAlias = Annotated[Reading, field(Dimension.AMOUNT, ge="0 mmol")]
ConcentrationOrNone: TypeAlias = Annotated[Reading, field(Dimension.CONCENTRATION, ge="0 M")]
FirstOrder: TypeAlias = Annotated[Reading, _FIRST]
SecondOrder: TypeAlias = Annotated[Reading, _SECOND]
Association: TypeAlias = Annotated[Reading, field(Dimension.ASSOCIATION_CONSTANT, ge="0 L/mol")]
Energy: TypeAlias = Annotated[Reading, field(Dimension.MOLAR_ENERGY, ge="0 kJ/mol", le="300 kJ/mol")]
Warmth: TypeAlias = Annotated[Reading, field(Dimension.TEMPERATURE, ge="-100 degC", le="300 degC")]
"""A temperature at which a flask may be; with `Energy` no rate constant can become infinite."""
PH: TypeAlias = Annotated[Decimal, number(ge="0", le="14")]
PKa: TypeAlias = Annotated[Decimal, number(ge="-5", le="20")]
EitherOrder: TypeAlias = Annotated[
    Reading,
    TextField(
        _read_either,
        {
            "type": "string",
            "description": "rate constant, at least 0: in 1/s beside k_intra, in L/mol/s beside k_prime",
            "anyOf": [{"pattern": part.json_schema["pattern"]} for part in (_FIRST, _SECOND)],
            "examples": ["0.001 1/s", "1 L/mol/s"],
        },
    ),
]


class _Part(Model):
    """Lists and words arrive as YAML has them; every value is read strictly by its field."""

    model_config = ConfigDict(strict=False)


class KineticsFlask(_Part):
    """What is in the flask at the start."""

    volume: Volume
    amounts: dict[Name, AmountOrNone] = Field(default_factory=dict)


class KineticsFeed(_Part):
    """What flows in evenly: a volume with amounts in the whole of it, or with concentrations."""

    volume: VolumeOrNone
    amounts: dict[Name, AmountOrNone] | None = None
    concentrations: dict[Name, ConcentrationOrNone] | None = None
    start: Time = Field(default_factory=lambda: read_quantity("0 s", Dimension.DURATION))
    duration: Duration


class KineticsPortion(_Part):
    """What is put in at once, without room of its own."""

    time: Time
    amounts: Annotated[dict[Name, AmountOrNone], Field(min_length=1)]


class KineticsActivation(_Part):
    """How a constant changes with temperature, by Arrhenius."""

    energy: Energy
    at: Warmth


class _KineticsFile(_Part):
    title: Text | None = None
    temperature: Warmth | None = None
    activation: dict[Name, KineticsActivation] = Field(default_factory=dict)
    flask: KineticsFlask
    feeds: Annotated[tuple[KineticsFeed, ...], Field(max_length=MOST_PARTS)] = ()
    portions: Annotated[tuple[KineticsPortion, ...], Field(max_length=MOST_PARTS)] = ()
    times: Annotated[tuple[Time, ...], Field(min_length=1, max_length=MOST_TIMES)]


def _named(name: str, *written: str) -> Any:
    """A constant by its name in a file; read too as the scheme in print writes it, such as `k_c,rev`."""
    return Field(default=None, alias=name, validation_alias=AliasChoices(name, *written))


class MacrocyclisationConstants(_Part):
    """Constants of ring closure and coupling: `k_prime`, or `k_intra` where rates do not depend on the catalyst."""

    k_intra: FirstOrder | None = None
    k_prime: SecondOrder | None = None
    EM: Concentration | None = None
    k_d: FirstOrder | None = None
    phi: Fraction = Decimal(0)
    k_iso: SecondOrder | None = None
    q: Fraction = Decimal(0)
    k_cd: EitherOrder | None = None
    k_d2: SecondOrder | None = None
    k_bind: Association | None = _named("K_B")
    k_b: SecondOrder | None = _named("k_B")
    k_init: FirstOrder | None = None


class MacrocyclisationFile(_KineticsFile):
    """A ring closure against coupling of chains."""

    kinetics: Literal["macrocyclisation"]
    variant: Variant = Variant.STEP_GROWTH
    constants: MacrocyclisationConstants


class ReductiveAminationConstants(_Part):
    """Constants of a ring closure by reductive amination; one that is left out is 0."""

    k_f: FirstOrder | None = None
    k_r: FirstOrder | None = None
    k_red: SecondOrder | None = None
    k_ald: SecondOrder | None = None
    k_c: SecondOrder | None = None
    k_c_rev: FirstOrder | None = _named("k_c_rev", "k_c,rev")
    k_red_j2: SecondOrder | None = _named("k_red_J2", "k_red(J2)")
    k_o: SecondOrder | None = None
    k_o_rev: FirstOrder | None = _named("k_o_rev", "k_o,rev")
    k_red_j3: SecondOrder | None = _named("k_red_J3", "k_red(J3)")
    k_h2: SecondOrder | None = _named("k_H2")
    k_ald_acid: SecondOrder | None = _named("k_ald_H")
    pka_amine: PKa = Field(default=Decimal(10), alias="pKa_amine")
    pka_imine: PKa = Field(default=Decimal(7), alias="pKa_imine")


class ReductiveAminationFile(_KineticsFile):
    """A ring closure by reductive amination; with `pH` in water or an alcohol, else where pH has no meaning."""

    kinetics: Literal["reductive-amination"]
    ph: PH | None = Field(default=None, alias="pH")
    constants: ReductiveAminationConstants


KineticsFile: TypeAlias = MacrocyclisationFile | ReductiveAminationFile

FILES: Final[dict[str, type[MacrocyclisationFile] | type[ReductiveAminationFile]]] = {
    "macrocyclisation": MacrocyclisationFile,
    "reductive-amination": ReductiveAminationFile,
}
"""The file's model by the word of its key `kinetics`."""

INPUTS: Final[dict[str, tuple[str, ...]]] = {
    "macrocyclisation": macrocyclisation.INPUTS,
    "reductive-amination": reductive_amination.SPECIES,
}
"""The species that may be put in, by the same word."""


def kinetics_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a kinetics file."""
    kinds, definitions = [], dict[str, Any]()
    for word, model in FILES.items():
        schema = model.model_json_schema()
        definitions |= schema.pop("$defs")
        schema["properties"]["ruggli"] = {"enum": [1, "1"], "description": "version of the file format"}
        schema["required"] = ["ruggli", *schema["required"]]
        schema["properties"]["kinetics"] = {"const": word, "description": "which model"}
        kinds.append(schema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Ruggli kinetics file",
        "oneOf": [_without_null(kind) for kind in kinds],
        "$defs": {name: _without_null(part) for name, part in sorted(definitions.items())},
    }


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """The same schema without null: a key without a value is refused, an absent one is left out."""
    result = {name: part for name, part in schema.items() if not (name == "default" and part is None)}
    if "properties" in result:
        result["properties"] = {key: _without_null(part) for key, part in result["properties"].items()}
    choices = [choice for choice in result.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) == 1:
        del result["anyOf"]
        result = {**choices[0], **result}
    return result
