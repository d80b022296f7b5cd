"""Reading a kinetics file, and what it says as plain numbers."""

from collections.abc import Iterator
from dataclasses import dataclass

from ruggli.chemistry.kinetics import macrocyclisation, reductive_amination
from ruggli.chemistry.kinetics.file import FILES, INPUTS, KineticsFile, MacrocyclisationFile
from ruggli.chemistry.kinetics.model import Model
from ruggli.chemistry.kinetics.schedule import Feed, Portion, Schedule
from ruggli.documents.nodes import Document, Path, Scalar
from ruggli.documents.place import did_you_mean, problem_at
from ruggli.documents.problem import Problem, ProblemsError, Severity
from ruggli.documents.reader import read_document
from ruggli.documents.validate import validate
from ruggli.quantities.base import Millilitres, Millimoles, Molar, Seconds
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import Reading


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
        ProblemsError: every error of the file, with line and column.
    """
    document = read_document(data, file)
    kind = document.root.entries.get("kinetics")
    word = kind.text if isinstance(kind, Scalar) else ""
    found: KineticsFile = validate(document, FILES.get(word, MacrocyclisationFile))
    problems = tuple(_problems(document, found))
    if problems:
        raise ProblemsError(problems)
    model = _macrocyclisation(found) if isinstance(found, MacrocyclisationFile) else _reductive_amination(found)
    times = tuple(Seconds(time.base) for time in found.times)
    return Case(found.title or "", found.kinetics, model, _schedule(found, max(times)), times)


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


def _value(reading: Reading | None) -> float:
    return 0.0 if reading is None else reading.base


def _macrocyclisation(found: MacrocyclisationFile) -> Model:
    known = found.constants
    ring = known.k_prime or known.k_intra
    constants = macrocyclisation.Constants(
        k_ring=_value(ring),
        catalysed=known.k_prime is not None,
        effective_molarity=None if known.EM is None else Molar(known.EM.base),
        k_d=_value(known.k_d),
        phi=float(known.phi),
        k_iso=_value(known.k_iso),
        q=float(known.q),
        k_cd=_value(known.k_cd),
    )
    return macrocyclisation.Macrocyclisation(constants, found.variant)


def _reductive_amination(found: KineticsFile) -> Model:
    known = found.constants
    values = {name: _value(getattr(known, name)) for name in type(known).model_fields}
    return reductive_amination.ReductiveAmination(reductive_amination.Constants(**values))


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


def _unknown(species: str, known: tuple[str, ...]) -> tuple[str, str]:
    """What is wrong with a species, and what to do."""
    if species in ("N", "U") and "M" in known:
        return f"`{species}` follows from M and D and cannot be put in", "give M and D"
    near = did_you_mean(species, known)
    return f"there is no species `{species}` in this model", f"did you mean `{near}`?" if near else "use one of these"
