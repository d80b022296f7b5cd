"""What a protocol file says about the chemistry that it carries out: the key `chemistry`."""

from enum import Enum
from typing import Annotated

from pydantic import Field

from ruggli.protocol.base import Model
from ruggli.protocol.nitrogen_group import NitrogenGroup
from ruggli.quantities.fields import Bool, Name, Text, whole


class RingClosure(Enum):
    """The reaction that closes the ring."""

    METATHESIS = "metathesis"
    REDUCTIVE_AMINATION = "reductive-amination"
    AMIDE = "amide"


class Chemistry(Model):
    """What the protocol makes, so that it can be checked as chemistry: how the ring closes, and how large it is.

    `substrate` is the open chain; left out, it is the limiting reagent. `nitrogens` says what the nitrogens of the ring
    carry before it closes; left out, it is read from the SMILES. `hindered` says that the coupling is hindered.
    """

    ring_closure: RingClosure
    ring_size: Annotated[int, whole(ge=3, le=100)]
    substrate: Name | None = None
    nitrogens: tuple[NitrogenGroup, ...] = Field(default=(), max_length=2)
    hindered: Bool = False
    source: Text | None = None
