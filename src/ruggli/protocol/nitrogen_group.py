"""What a nitrogen of a ring carries before the ring closes."""

from enum import Enum


class NitrogenGroup(Enum):
    """What a nitrogen of the ring carries in the open chain, beside the chain itself."""

    FREE = "free"
    AMIDE = "amide"
    BOC = "Boc"
    CBZ = "Cbz"
    FMOC = "Fmoc"
    TS = "Ts"
    NS = "Ns"
    BN = "Bn"
    OTHER = "other"
