"""Reagents, solvents, stoichiometry: what chemistry knows about a protocol."""
