"""The dead-men of hotplates: what a plate falls to when it hears nothing from us, by the class of the step."""

from ruggli.engine.bench import Bench
from ruggli.engine.orders import Order, Verb
from ruggli.plan.model import Plan
from ruggli.plan.policy import ClassPolicy, Heat


def arm_before_heat(plan: Plan, bench: Bench, orders: tuple[Order, ...]) -> list[Order]:
    """Dead-men that have to be armed before these orders switch a heater on."""
    heated = {order.device for order in orders if order.verb is Verb.HEAT_ON}
    return [
        Order(device.name, Verb.ARM_DEAD_MAN, (device.dead_man, device.safe, bench.commanded[device.name].speed))
        for device in plan.devices
        if device.name in heated
        and device.dead_man is not None
        and device.safe is not None
        and bench.commanded[device.name].dead_man is None
    ]


def dead_man_orders(plan: Plan, bench: Bench, policy: ClassPolicy) -> list[Order]:
    """What makes every plate's dead-man fit: its end state is that of the class, and stirring goes on."""
    orders = []
    for device in plan.devices:
        told = bench.commanded.get(device.name)
        if told is None or device.dead_man is None or device.safe is None:
            continue
        if not told.heating:
            if told.dead_man is not None:
                orders.append(Order(device.name, Verb.DISARM_DEAD_MAN))
            continue
        keep = policy.end_heat is Heat.KEEP
        wanted = (device.dead_man, told.set_point if keep else device.safe, told.speed)
        if told.dead_man != wanted:
            orders.append(Order(device.name, Verb.ARM_DEAD_MAN, wanted))
    return orders
