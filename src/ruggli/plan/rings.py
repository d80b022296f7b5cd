"""The ring that a protocol makes: the substrate's structure decides its size (rules RCM-31 and X-04)."""

from collections import Counter
from collections.abc import Sequence

from ruggli.chemistry.structures.interface import Reaction, Ring, SmilesError, Structures
from ruggli.plan.findings import Findings
from ruggli.protocol.model import Charge, Chemistry, Dose, Operator, Portions, Protocol, Reagent, RingClosure
from ruggli.protocol.nitrogen_group import NitrogenGroup
from ruggli.protocol.stoichiometry import limiting_reagent

_ENDS = {
    RingClosure.METATHESIS: "two alkenes R-CH=CH2 or R-CH=CH-CH3 in one chain",
    RingClosure.REDUCTIVE_AMINATION: "a primary or secondary amine and an aldehyde in one chain",
    RingClosure.AMIDE: "a primary or secondary amine and a carboxylic acid in one chain",
}
_DIAZEPINE = "the retro-metathesis of a 1,4-diazepine is an N-allyl-N'-vinyl diene"


def check_ring(protocol: Protocol, structures: Structures | None, findings: Findings) -> None:
    """Compute the ring size from the substrate, where the protocol has the key `chemistry`.

    Args:
        protocol: the protocol; its references are known to hold.
        structures: what reads a SMILES, or None; then `check_structures` says that nothing was checked.
        findings: takes `E-RING` where the substrate closes to a ring of another size or cannot close that way,
            `N-RING` where it can close to rings of several sizes, the wanted one among them, `E-CONFLICT` where
            `nitrogens` says what the structure does not show, `N-STRUCTURE` where the substrate has no SMILES. A SMILES
            that cannot be read is left to `check_structures`.
    """
    chemistry = protocol.chemistry
    if chemistry is None:
        return
    substrate = protocol.reagents[chemistry.substrate] if chemistry.substrate else limiting_reagent(protocol)
    if substrate is None:
        return
    if substrate.smiles is None:
        findings.add(
            "N-STRUCTURE",
            f"the ring size was not checked: {substrate.name} has no SMILES",
            ("chemistry",),
            value=f"a ring of {chemistry.ring_size}",
            remedy="add `smiles` to the substrate",
        )
    elif structures is not None:
        try:
            bare = structures.freed(substrate.smiles, _removed(protocol))
            reaction = Reaction(chemistry.ring_closure.value)
            rings = structures.rings(substrate.smiles, reaction) or structures.rings(bare, reaction)
            shown = structures.nitrogens(substrate.smiles)
        except SmilesError:
            return
        _judge(chemistry, substrate, rings, findings)
        _compare(chemistry, substrate, shown, findings)


def _removed(protocol: Protocol) -> tuple[str, ...]:
    """Protecting groups that steps take off; PG-04 asks whether they do so in time."""
    steps = [step for step in protocol.steps if isinstance(step, Charge | Dose | Portions | Operator)]
    return tuple(dict.fromkeys(group.value for step in steps for group in step.removes))


def _compare(chemistry: Chemistry, substrate: Reagent, shown: Sequence[str], findings: Findings) -> None:
    """What the file says of the nitrogens against what the structure shows."""
    stated = Counter(group.value for group in chemistry.nitrogens if group is not NitrogenGroup.OTHER)
    missing = sorted((stated - Counter(shown)).elements())
    if missing:
        findings.add(
            "E-CONFLICT",
            f"`nitrogens` says {', '.join(missing)}, and the SMILES of {substrate.name} does not show it",
            ("chemistry", "nitrogens"),
            value=", ".join(group.value for group in chemistry.nitrogens),
            bound=f"{', '.join(shown) or 'no amine-like nitrogen'}, from the SMILES",
            remedy="correct one of the two, or leave `nitrogens` out",
        )


def _judge(chemistry: Chemistry, substrate: Reagent, rings: Sequence[Ring], findings: Findings) -> None:
    how = chemistry.ring_closure.value.replace("-", " ")
    wanted = chemistry.ring_size
    sizes = " or ".join(str(size) for size in sorted({ring.size for ring in rings}))
    if not rings:
        findings.add(
            "E-RING",
            f"{substrate.name} cannot close to a ring by {how} (X-04)",
            ("chemistry", "ring_closure"),
            value=substrate.smiles or "",
            bound=_ENDS[chemistry.ring_closure],
            remedy="correct the SMILES, name another `substrate`, or remove the key `chemistry`",
        )
    elif all(ring.size != wanted for ring in rings):
        metathesis = chemistry.ring_closure is RingClosure.METATHESIS
        reason = _DIAZEPINE if metathesis and wanted == 7 and any(_is_diaza(ring) for ring in rings) else ""
        findings.add(
            "E-RING",
            f"{substrate.name} closes by {how} to a ring of {sizes}, and the protocol says {wanted}"
            f"{f'; {reason}' if reason else ''} (X-04)",
            ("chemistry", "ring_size"),
            value=f"{wanted} atoms",
            bound=f"{sizes} atoms, from the SMILES of the substrate",
            remedy="take the substrate that closes to this ring, or correct `ring_size`",
        )
    elif any(ring.size != wanted for ring in rings):
        findings.add(
            "N-RING",
            f"{substrate.name} can close by {how} to a ring of {sizes}; the protocol says {wanted}",
            ("chemistry", "ring_size"),
            value=f"{wanted} atoms",
            bound=f"{sizes} atoms",
            remedy="see that the analysis tells the rings apart",
        )


def _is_diaza(ring: Ring) -> bool:
    """Whether two nitrogens of the ring have two carbons between them."""
    turned = ring.elements * 2
    return any(turned[at : at + 4] == ("N", "C", "C", "N") for at in range(ring.size))
