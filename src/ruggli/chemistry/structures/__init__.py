"""Structures behind one interface: SMILES, formulas, molar masses, ring closures, groups, drawings.

`find_structures` gives what RDKit can do where RDKit is installed (the extra `ruggli[chem]`), else None.
"""
