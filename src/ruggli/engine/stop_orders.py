"""What stopping means now, for the guardian: every pump rests, plates as the class of the step ends."""

from ruggli.engine.guardian import StopOrder
from ruggli.plan.model import Plan
from ruggli.plan.policy import ClassPolicy, Heat


def stop_orders(plan: Plan, policy: ClassPolicy) -> tuple[StopOrder, ...]:
    """What stopping means while a step of this class is under way: every pump rests, plates as the class ends."""
    keep = policy.end_heat is Heat.KEEP
    return tuple(
        StopOrder(
            device=device.name,
            driver=device.driver,
            model=device.model,
            port=device.port,
            options=dict(device.options),
            safe=device.safe,
            keep_heat=keep and device.safe is not None,
            dead_man=device.dead_man is not None,
        )
        for device in plan.devices
    )
