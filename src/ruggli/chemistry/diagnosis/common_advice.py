"""What to do where several ways of closing the ring end alike."""

from typing import Final

from ruggli.chemistry.diagnosis.tree import Basis, Change, Leaf, lines

DILUTE: Final = Leaf(
    "rec_dilute",
    "Work at high dilution: at most 10 mM of substrate in the final volume, and pump the substrate in over hours; with "
    "metathesis the catalyst too, from a syringe of its own.",
    (lines(31, 32), lines(62)),
    caution="Dilution slows the ring closure as well as the coupling: look at the conversion, and hold for longer.",
    changes=(
        Change(
            "charge",
            "in the `charge` step of the solvent: so much that amount over final volume is at most 10 mM (1 mmol needs "
            "100 mL in all; name and volume are examples)",
            "contents:\n  - what: dichloromethane\n    volume: 162 mL\n",
        ),
        Change(
            "dose",
            "in the `dose` step of the substrate, instead of charging it (with metathesis name the solution of the "
            "catalyst as well)",
            "solutions: [substrate_solution]\nclass: feed\nduration: 8 h\n",
        ),
    ),
)

ANALYSE: Final = Leaf(
    "rec_analyse",
    "No cause that is listed fits. Take NMR and LC-MS of the crude product and of what the column left, and make a "
    "mass balance before anything is changed.",
    (),
    Basis.ADDED,
    caution="For metathesis count the ring: L84 speaks of diallylic amines, but N,N'-diallylethylenediamine closes to "
    "the eight-membered 1,4-diazocine; the seven-membered ring needs an N-vinyl group.",
    changes=(
        Change(
            "file",
            "in the file, so that `ruggli` knows what is made (the numbers are examples)",
            "chemistry:\n  ring_closure: metathesis\n  ring_size: 7\n",
        ),
    ),
)

LEAVES: Final = (DILUTE, ANALYSE)
