"""Finds what can read structures."""

from ruggli.chemistry.structures.interface import Structures


def find_structures() -> Structures | None:
    """RDKit behind our interface, or None where it is not installed. RDKit is imported here and not before."""
    try:
        import rdkit  # noqa: F401 - asks whether it is there
    except ImportError:
        return None
    from ruggli.chemistry.structures.with_rdkit import RdkitStructures

    return RdkitStructures()
