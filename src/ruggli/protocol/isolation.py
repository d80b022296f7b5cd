"""What is asked of the isolated product: nothing is asked without its mass."""

from collections.abc import Iterator

from ruggli.protocol.finding import Finding
from ruggli.protocol.model import Protocol, Purify


def check_isolation(protocol: Protocol) -> Iterator[Finding]:
    """The purity of a product is asked only where its mass is; the mass only where something is limiting."""
    limiting = any(reagent.limiting for reagent in protocol.reagents.values())
    named = protocol.chemistry is not None and protocol.chemistry.substrate is not None
    for index, step in enumerate(protocol.steps):
        if not isinstance(step, Purify):
            continue
        if step.purity is not None and step.product_mass is None:
            message = f"step {step.id} asks for the purity of the product and not for its mass"
            path = ("steps", index, "purity")
            yield Finding(path, "E-MISSING", message, "purity: ask", "product_mass", "add `product_mass: ask`")
        if step.product_mass is not None and not (limiting or named):
            message = f"step {step.id} asks for the mass of the product, and no reagent is limiting"
            path = ("steps", index, "product_mass")
            yield Finding(
                path, "E-MISSING", message, "product_mass: ask", "a limiting reagent", "write `limiting: true` at it"
            )
