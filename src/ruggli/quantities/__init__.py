"""Strict reading of quantities, and types that carry their dimension; a light package, import from its modules."""
