"""What to do about a ring closure by reductive amination."""

from typing import Final

from ruggli.chemistry.diagnosis.tree import Basis, Change, Leaf, lines

_HYDRIDE: Final = Change(
    "reagents",
    "under `reagents`, in place of the hydride that is there",
    "hydride:\n  name: sodium triacetoxyborohydride\n  role: reductant\n  cas: 56553-60-7\n"
    "  molar_mass: 211.941 g/mol\n  equivalents: 1.5 eq\n",
)
_PH: Final = (
    "L39 has pH 4 to 6; Borch reductions are described at pH 6 to 7, and at pH 3 to 4 the carbonyl is reduced too: "
    "pH 5 to 7 serves both, pH 4 is the risky end. pH has a meaning in water or methanol only. Sodium cyanoborohydride "
    "sets free hydrogen cyanide with strong acid; methanol consumes sodium triacetoxyborohydride."
)

LEAVES: Final = (
    Leaf(
        "rec_stoich",
        "Keep the carbonyl component at or below the amine, and the diamine in a small excess.",
        (lines(38),),
        changes=(
            Change(
                "reagent",
                "in the reagent of the diamine, with the carbonyl as the limiting one (the figure is an example; L38 "
                "gives none)",
                "equivalents: 1.1 eq\n",
            ),
        ),
    ),
    Leaf(
        "rec_mono_protect",
        "Protect one nitrogen of the diamine (Boc), make the first C-N bond, deprotect, and close the ring then.",
        (lines(40), lines(95)),
    ),
    Leaf(
        "rec_reagent",
        "Use a hydride that tells iminium from carbonyl: sodium cyanoborohydride or sodium triacetoxyborohydride, at "
        "pH 4 to 6.",
        (lines(39),),
        caution=_PH,
        changes=(_HYDRIDE,),
    ),
    Leaf(
        "rec_pH_reagent",
        "Use a milder hydride and keep pH 4 to 6, so that the iminium ion is reduced and not the carbonyl.",
        (lines(39),),
        caution=_PH,
        changes=(_HYDRIDE,),
    ),
    Leaf(
        "rec_dilute_RA",
        "Lower the concentration, or add the substrate slowly.",
        (lines(29, 32),),
        caution="L118 works at about 100 mM; the source gives no lower figure for reductive amination.",
        changes=(
            Change(
                "charge",
                "in the `charge` step of the solvent (name and volume are examples: 10 mmol in 200 mL are 50 mM)",
                "contents:\n  - what: dce\n    volume: 200 mL\n",
            ),
        ),
    ),
    Leaf(
        "rec_acid_and_hydride",
        "Put 1.1 eq of acetic acid in before the hydride, then 1.5 eq of hydride in portions, and stir for up to 24 h.",
        (lines(119, 121),),
        Basis.IMPLIED,
        caution="L119 holds the acid for crucial; Abdel-Magid et al. (J. Org. Chem. 1996, 61, 3849) find it generally "
        "not needed with aldehydes, though reactions are faster with it.",
        changes=(
            Change("reagent", "in the reagent of the acid", "equivalents: 1.1 eq\n"),
            Change("reagent", "in the reagent of the hydride", "equivalents: 1.5 eq\n"),
            Change(
                "portions",
                "in the `portions` step of the hydride, after that of the acid (count and interval are examples)",
                "count: 4\ninterval: 15 min\n",
            ),
            Change("hold", "in the `hold` step after it", "duration: 24 h\n"),
        ),
    ),
    Leaf(
        "rec_workup",
        "Look for losses in the work-up: the pH of the aqueous phase, and the number of extractions.",
        (),
        Basis.ADDED,
        caution="Bicarbonate (about pH 8.3) does not free a dialkylamine (pKa about 10, from memory): bring the "
        "aqueous phase to pH 11 or more, or expect loss. L123 extracts three times.",
        changes=(Change("extract", "in the `extract` step", "times: 3\n"),),
    ),
)
