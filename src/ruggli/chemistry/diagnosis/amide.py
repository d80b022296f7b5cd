"""Questions about a ring that closes by an amide."""

from typing import Final

from ruggli.chemistry.diagnosis.tree import Question, lines, yes_no

QUESTIONS: Final = (
    Question(
        "C1",
        "Is the product racemised or epimerised?",
        "An activated amino acid can close to an oxazolone, which loses its configuration.",
        yes_no("C2", "C3"),
        (lines(97, 102),),
    ),
    Question(
        "C2",
        "Was it a carbodiimide (DCC, EDC) without HOBt or Oxyma?",
        "They turn the O-acylisourea into an active ester faster than it rearranges.",
        yes_no("rec_HOBt_Oxyma", "rec_PyBOP_HATU_DIPEA"),
        (lines(45), lines(99, 101)),
    ),
    Question(
        "C3",
        "Is there a guanidinium by-product?",
        "The coupling reagent met the free amine before the acid.",
        yes_no("rec_preactivate", "C4"),
        (lines(46),),
    ),
    Question(
        "C4",
        "Is a urea by-product hard to remove?",
        "It is what a carbodiimide leaves.",
        yes_no("rec_leave_carbodiimide", "C5"),
        (lines(45),),
    ),
    Question(
        "C5",
        "Is the coupling sluggish, at a hindered centre or through an unstable active ester?",
        "Hindered centres need a reagent that activates more strongly or lasts longer.",
        yes_no("rec_screen_panel", "C6"),
        (lines(42, 46),),
    ),
    Question(
        "C6",
        "Are there linear oligomers from the cyclisation?",
        "Two chains met before one closed on itself: it was too concentrated.",
        yes_no("rec_dilute", "rec_analyse"),
        (lines(29),),
    ),
)
