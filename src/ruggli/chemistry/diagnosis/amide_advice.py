"""What to do about a ring closure by an amide. The source gives no amounts here, so that no key of a file is named."""

from typing import Final

from ruggli.chemistry.diagnosis.tree import Leaf, lines

_GUANIDINIUM: Final = (
    "L46 speaks of phosphonium and aminium reagents alike; guanidinium comes of the aminium (uronium) ones, HATU and "
    "HBTU, not of PyBOP (from memory, not from a source that was read)."
)

LEAVES: Final = (
    Leaf(
        "rec_HOBt_Oxyma",
        "Add HOBt or Oxyma to the carbodiimide.",
        (lines(101),),
        caution="Dry HOBt is an explosive solid (from memory, not from a source that was read): use its hydrate.",
    ),
    Leaf(
        "rec_PyBOP_HATU_DIPEA",
        "Take PyBOP, HATU or HBTU with a base that is no nucleophile, such as DIPEA.",
        (lines(102),),
        caution=_GUANIDINIUM,
    ),
    Leaf(
        "rec_preactivate",
        "Activate the acid first, and add the amine last.",
        (lines(46),),
        caution=_GUANIDINIUM,
    ),
    Leaf(
        "rec_leave_carbodiimide",
        "Take a phosphonium or aminium reagent in place of the carbodiimide.",
        (lines(45, 46),),
        caution=_GUANIDINIUM,
    ),
    Leaf(
        "rec_screen_panel",
        "Screen coupling reagents; PyBOP and HATU for hindered centres.",
        (lines(44, 46),),
        caution=_GUANIDINIUM,
        command="ruggli panel PROTOCOL --over coupling_reagent=hatu,pybop,edc",
    ),
)
