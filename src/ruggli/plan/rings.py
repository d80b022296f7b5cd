"""The ring that a protocol makes: the substrate's structure decides its size (rules RCM-31 and X-04)."""

from collections.abc import Sequence

from ruggli.chemistry.structures.interface import Reaction, Ring, SmilesError, Structures
from ruggli.plan.findings import Findings
from ruggli.protocol.model import Chemistry, Protocol, Reagent, RingClosure
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
            `N-RING` where it can close to rings of several sizes, the wanted one among them, `N-STRUCTURE` where the
            substrate has no SMILES. A SMILES that cannot be read is left to `check_structures`.
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
            rings = structures.rings(substrate.smiles, Reaction(chemistry.ring_closure.value))
        except SmilesError:
            return
        _judge(chemistry, substrate, rings, findings)


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
