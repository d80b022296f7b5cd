"""Questions about a ring that closes by metathesis."""

from typing import Final

from ruggli.chemistry.diagnosis.tree import Basis, Question, lines, yes_no

QUESTIONS: Final = (
    Question(
        "R1",
        "Does LC-MS show dimer or oligomers?",
        "They come of two chains that meet before one closes on itself, so the chain was too concentrated.",
        yes_no("R2", "R4"),
        (lines(29, 32), lines(56, 62)),
    ),
    Question(
        "R2",
        "Is the nominal final concentration of the substrate above 10 mM, or did it go in all at once?",
        "Substrate over the final volume of flask and both solutions; above 10 mM it is no high dilution.",
        yes_no("rec_dilute", "R3"),
        (lines(31, 32), lines(62), lines(136)),
    ),
    Question(
        "R3",
        "Did the addition take less than 4 h, or did the open chain come above 10 mM on the way?",
        "The slower the feed, the less open chain stands in the flask; the procedure takes 4 h to 12 h.",
        yes_no("rec_slow_add", "rec_model"),
        (lines(32), lines(136)),
    ),
    Question(
        "R4",
        "Is there an isomerised alkene, an isomer of the product, or a ring that is smaller by CH2 (14 g/mol less)?",
        "A ruthenium hydride from spent catalyst moves double bonds; the moved one closes late, wrongly or never.",
        yes_no("R5", "R6"),
        (lines(64, 69),),
    ),
    Question(
        "R5",
        "Was the flask above 40 degC?",
        "Heat spends catalyst, and spent catalyst isomerises.",
        yes_no("rec_lower_T", "rec_BQ_then_catalyst"),
        (lines(67),),
    ),
    Question(
        "R6",
        "Does the substrate come back unchanged?",
        "Then the catalyst did not work; else the substrate went somewhere that this tree does not know.",
        yes_no("R7", "rec_analyse"),
        (lines(71, 73),),
    ),
    Question(
        "R7",
        "Does the substrate carry an unprotected amine or thiol, or is there a basic impurity?",
        "They bind to ruthenium and stop it.",
        yes_no("rec_protect", "R8"),
        (lines(71, 73),),
    ),
    Question(
        "R8",
        "Were there all of these: solvent degassed for 30 min, dry flask, inert gas throughout, 1 to 5 mol% catalyst?",
        "Oxygen and water spend the catalyst before it meets the substrate; too little of it does not last.",
        yes_no("rec_more_time_or_catalyst", "rec_degas_load"),
        (lines(130, 135),),
        Basis.IMPLIED,
    ),
)
