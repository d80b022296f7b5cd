"""Reading a kinetics file, and what it says as plain numbers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ruggli.chemistry.kinetics import macrocyclisation
from ruggli.chemistry.kinetics.acidity import Acidity
from ruggli.chemistry.kinetics.file import FILES, INPUTS, KineticsFile, MacrocyclisationFile, ReductiveAminationFile
from ruggli.chemistry.kinetics.model import Model
from ruggli.chemistry.kinetics.parameters import arrhenius
from ruggli.chemistry.kinetics.schedule import Feed, Portion, Schedule
from ruggli.chemistry.kinetics.schemes import REDUCTIVE_AMINATION, model_of
from ruggli.documents.nodes import Document, Path, Scalar
from ruggli.documents.place import clip, did_you_mean, problem_at
from ruggli.documents.problem import Problem, ProblemsError, Severity
from ruggli.documents.reader import read_document
from ruggli.documents.validate import validate
from ruggli.quantities.base import Celsius, KilojoulesPerMole, Millilitres, Millimoles, Molar, Seconds
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import Reading

_RATES = (Dimension.RATE_CONSTANT_1, Dimension.RATE_CONSTANT_2)


@dataclass(frozen=True, slots=True)
class Case:
    """What is to be solved.

    Attributes:
        title: of the file, or "".
        kinetics: which model, as the file has it.
        model: the scheme with its constants.
        schedule: what is in the flask and what comes.
        times: when the flask is to be told, in the order of the file.
    """

    title: str
    kinetics: str
    model: Model
    schedule: Schedule
    times: tuple[Seconds, ...]


def read_kinetics(data: bytes, file: str) -> Case:
    """Read a kinetics file.

    Args:
        data: the file's bytes.
        file: its name for messages.

    Raises:
        ProblemsError: every error of the file, with line and column; of an unknown `kinetics` only that.
    """
    document = read_document(data, file)
    kind = document.root.entries.get("kinetics")
    word = kind.text if isinstance(kind, Scalar) else ""
    if isinstance(kind, Scalar) and word not in FILES:
        raise ProblemsError((_unknown_model(document, kind),))
    found: KineticsFile = validate(document, FILES.get(word, MacrocyclisationFile))
    problems = tuple(_problems(document, found))
    if problems:
        raise ProblemsError(problems)
    model = _macrocyclisation(found) if isinstance(found, MacrocyclisationFile) else _reductive_amination(found)
    times = tuple(Seconds(time.base) for time in found.times)
    return Case(found.title or "", found.kinetics, model, _schedule(found, max(times)), times)


def _unknown_model(document: Document, kind: Scalar) -> Problem:
    """The word names no model, so that nothing else of the file can be judged."""
    guess = did_you_mean(kind.text, FILES)
    remedy = f"did you mean `{guess}`?" if guess else f"write {' or '.join(FILES)}"
    message = f"`{clip(kind.text)}` is not one of the values of `kinetics`"
    return problem_at(
        document, ("kinetics",), "E-VALUE", Severity.ERROR, message, bound=", ".join(FILES), remedy=remedy
    )


def _schedule(found: KineticsFile, end: Seconds) -> Schedule:
    feeds = []
    for feed in found.feeds:
        amounts = _amounts(feed.amounts or {})
        for species, concentration in (feed.concentrations or {}).items():
            amounts[species] = Millimoles(concentration.base * feed.volume.base)
        feeds.append(
            Feed(Millilitres(feed.volume.base), amounts, Seconds(feed.start.base), Seconds(feed.duration.base))
        )
    portions = (Portion(Seconds(portion.time.base), _amounts(portion.amounts)) for portion in found.portions)
    volume = Millilitres(found.flask.volume.base)
    return Schedule(volume, _amounts(found.flask.amounts), tuple(feeds), tuple(portions), end)


def _amounts(found: dict[str, Reading]) -> dict[str, Millimoles]:
    return {species: Millimoles(amount.base) for species, amount in found.items()}


def _rates(found: KineticsFile) -> dict[str, float]:
    """Every constant that is a quantity, by its name in the file, at the file's temperature; 0 where it is left out."""
    rates: dict[str, float] = {}
    for name, field in type(found.constants).model_fields.items():
        value = getattr(found.constants, name)
        if value is None or isinstance(value, Reading):
            rates[field.alias or name] = 0.0 if value is None else value.base
    for name, activation in found.activation.items():
        if found.temperature is not None and name in rates:
            energy, at = KilojoulesPerMole(activation.energy.base), Celsius(activation.at.base)
            rates[name] *= arrhenius(energy, at, Celsius(found.temperature.base))
    return rates


def _macrocyclisation(found: MacrocyclisationFile) -> Model:
    known, rates = found.constants, _rates(found)
    constants = macrocyclisation.Constants(
        k_ring=rates["k_intra" if known.k_prime is None else "k_prime"],
        catalysed=known.k_prime is not None,
        effective_molarity=None if known.EM is None else Molar(rates["EM"]),
        k_d=rates["k_d"],
        phi=float(known.phi),
        k_iso=rates["k_iso"],
        q=float(known.q),
        k_cd=rates["k_cd"],
        k_d2=rates["k_d2"],
        k_bind=rates["K_B"],
        k_b=rates["k_B"],
        k_init=rates["k_init"],
    )
    return macrocyclisation.Macrocyclisation(constants, found.variant)


def _reductive_amination(found: ReductiveAminationFile) -> Model:
    rates = _rates(found)
    with_acid = rates.pop("k_ald_H")
    if found.ph is not None:
        acidity = Acidity(float(found.ph), float(found.constants.pka_amine), float(found.constants.pka_imine))
        for name, factor in acidity.factors().items():
            rates[name] *= factor
        rates["k_ald"] += with_acid * acidity.proton
    return model_of(REDUCTIVE_AMINATION, rates)


def _problems(document: Document, found: KineticsFile) -> Iterator[Problem]:
    """What the fields alone cannot see."""

    def error(path: Path, code: str, message: str, remedy: str, *, bound: str = "", at_key: bool = False) -> Problem:
        return problem_at(document, path, code, Severity.ERROR, message, bound=bound, remedy=remedy, at_key=at_key)

    known = INPUTS[found.kinetics]
    places: list[tuple[Path, dict[str, Reading]]] = [(("flask", "amounts"), found.flask.amounts)]
    for index, feed in enumerate(found.feeds):
        places += [
            (("feeds", index, "amounts"), feed.amounts or {}),
            (("feeds", index, "concentrations"), feed.concentrations or {}),
        ]
        if feed.amounts is not None and feed.concentrations is not None:
            message = "a feed has amounts and concentrations"
            yield error(("feeds", index, "concentrations"), "E-CONFLICT", message, "keep one of the two", at_key=True)
        elif feed.concentrations is not None and not feed.volume.base:
            message = "a feed without volume has concentrations"
            yield error(("feeds", index, "volume"), "E-CONFLICT", message, "give `amounts` instead, or a volume")
    places += [(("portions", index, "amounts"), portion.amounts) for index, portion in enumerate(found.portions)]
    for path, amounts in places:
        for species in amounts:
            if species not in known:
                yield error((*path, species), "E-REF", *_unknown(species, known), bound=", ".join(known), at_key=True)
    yield from _unwarmed(found, error)
    if isinstance(found, ReductiveAminationFile):
        yield from _without_ph(found, error)
    if isinstance(found, MacrocyclisationFile):
        constants = found.constants
        if constants.k_intra is not None and constants.k_prime is not None:
            message = "the ring closes with `k_intra` and with `k_prime`"
            remedy = "keep `k_prime` where the rate depends on the catalyst, else `k_intra`"
            yield error(("constants", "k_prime"), "E-CONFLICT", message, remedy, at_key=True)
        elif constants.k_intra is None and constants.k_prime is None:
            message = "the constant of ring closure is missing"
            remedy = "give `k_prime` in L/mol/s, or `k_intra` in 1/s where the rate does not depend on the catalyst"
            yield error(("constants",), "E-MISSING", message, remedy)
        elif constants.k_cd is not None:
            catalysed = constants.k_prime is not None
            wanted = Dimension.RATE_CONSTANT_2 if catalysed else Dimension.RATE_CONSTANT_1
            if constants.k_cd.dimension is not wanted:
                message = f"beside `{'k_prime' if catalysed else 'k_intra'}`, `k_cd` is {wanted.phrase}"
                yield error(("constants", "k_cd"), "E-DIMENSION", message, f"write e.g. {wanted.example}")


def _unwarmed(found: KineticsFile, error: Callable[..., Problem]) -> Iterator[Problem]:
    """A temperature that changes nothing, and activation energies of nothing."""
    if found.temperature is not None and not found.activation:
        message = "no constant changes with the temperature"
        remedy = "give `activation`, e.g. {k_prime: {energy: 60 kJ/mol, at: 25 degC}}, or leave `temperature` out"
        yield error(("temperature",), "E-MISSING", message, remedy, at_key=True)
    if found.activation and found.temperature is None:
        message = "the temperature is missing to which the constants are to be brought"
        yield error(("activation",), "E-MISSING", message, "give `temperature`, e.g. 40 degC", at_key=True)
    given = {
        field.alias or name: getattr(found.constants, name)
        for name, field in type(found.constants).model_fields.items()
    }
    fit = tuple(name for name, value in given.items() if isinstance(value, Reading) and value.dimension in _RATES)
    for name in found.activation:
        if name not in fit:
            message = f"there is no rate constant `{name}` among the constants"
            yield error(("activation", name), "E-REF", message, "use one of these", bound=", ".join(fit), at_key=True)


def _without_ph(found: ReductiveAminationFile, error: Callable[..., Problem]) -> Iterator[Problem]:
    """Constants that mean nothing where there is no pH."""
    named = {"k_ald_acid": "k_ald_H", "pka_amine": "pKa_amine", "pka_imine": "pKa_imine"}
    for name, key in named.items():
        if found.ph is None and name in found.constants.model_fields_set:
            message = f"`{key}` counts only where there is a pH"
            yield error(("constants", key), "E-MISSING", message, "give `pH`, e.g. 6, or leave it out", at_key=True)


def _unknown(species: str, known: tuple[str, ...]) -> tuple[str, str]:
    """What is wrong with a species, and what to do."""
    if species in ("N", "U") and "M" in known:
        return f"`{species}` follows from M and D and cannot be put in", "give M and D"
    near = did_you_mean(species, known)
    return f"there is no species `{species}` in this model", f"did you mean `{near}`?" if near else "use one of these"
