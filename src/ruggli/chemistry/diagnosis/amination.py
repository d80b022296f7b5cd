"""Questions about a ring that closes by reductive amination."""

from typing import Final

from ruggli.chemistry.diagnosis.tree import Basis, Question, lines, yes_no

QUESTIONS: Final = (
    Question(
        "A1",
        "Does LC-MS show di- or trialkylated amine (mass of the product, and n times that of the aldehyde less 16)?",
        "The product is a better nucleophile than the amine that it is made of, and goes on to react.",
        yes_no("A2", "A3"),
        (lines(35, 40),),
    ),
    Question(
        "A2",
        "Amine and carbonyl in two molecules: is the carbonyl in excess, or the diamine not in a small excess?",
        "What is left of the carbonyl alkylates the product. Answer no where both are in one molecule.",
        yes_no("rec_stoich", "A2b"),
        (lines(38),),
    ),
    Question(
        "A2b",
        "Are both nitrogens of the precursor free?",
        "Then both are alkylated; with one protected, only one can be.",
        yes_no("rec_mono_protect", "rec_reagent"),
        (lines(40), lines(95)),
    ),
    Question(
        "A3",
        "Is there the alcohol that comes of the aldehyde?",
        "Then the hydride took the carbonyl and not the iminium ion.",
        yes_no("rec_pH_reagent", "A4"),
        (lines(39),),
    ),
    Question(
        "A4",
        "Is there dimer from two molecules of substrate?",
        "Two molecules met before one closed on itself: it was too concentrated.",
        yes_no("rec_dilute_RA", "A5"),
        (lines(29), lines(82)),
    ),
    Question(
        "A5",
        "Is imine left, or substrate after 24 h?",
        "Then the iminium ion was not made (acid), or not reduced (hydride, time).",
        yes_no("rec_acid_and_hydride", "rec_workup"),
        (lines(119, 121),),
        Basis.IMPLIED,
    ),
)
