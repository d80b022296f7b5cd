"""What a run was asked for, beside its plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ruggli.devices.pump import Identity


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What a run was asked for.

    Attributes:
        set_diameter: store planned bores in pumps that hold another one, without asking.
        unattended: nobody is there.
        proved: on which device each dead-man was proved, where that was asked for.
    """

    set_diameter: bool = False
    unattended: bool = False
    proved: Mapping[str, Identity] = field(default_factory=dict)
