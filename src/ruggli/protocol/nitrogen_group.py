"""What a nitrogen of a ring carries, and what a step may take off the chain."""

from enum import Enum


class NitrogenGroup(Enum):
    """What a nitrogen of the ring carries in the open chain, beside the chain itself; `salt` is an ammonium salt."""

    FREE = "free"
    SALT = "salt"
    AMIDE = "amide"
    BOC = "Boc"
    CBZ = "Cbz"
    FMOC = "Fmoc"
    TS = "Ts"
    NS = "Ns"
    BN = "Bn"
    OTHER = "other"


class Removable(Enum):
    """What a step is there to take off: a protecting group, or (by hydrogenation) the alkene of a metathesis."""

    BOC = "Boc"
    CBZ = "Cbz"
    FMOC = "Fmoc"
    TS = "Ts"
    NS = "Ns"
    BN = "Bn"
    ALKENE = "alkene"
