"""What to do about a ring closure by metathesis."""

from typing import Final

from ruggli.chemistry.diagnosis.tree import Basis, Change, Leaf, lines

_LOADING: Final = Change("reagent", "in the reagent of the catalyst", "mole_percent: 5 mol%\n")
_INERT: Final = Change(
    "file",
    "in the file; the names are those of its first and last step under gas",
    "atmosphere:\n  gas: argon\n  start: setup\n  end: analysis\n",
)

LEAVES: Final = (
    Leaf(
        "rec_slow_add",
        "Add over 4 h to 12 h from two gas-tight syringes, one of substrate and one of catalyst, to a final "
        "concentration of 1 mM to 10 mM.",
        (lines(132, 136),),
        changes=(
            Change(
                "dose",
                "in the `dose` step of the substrate (the names are examples; leave out `rate`)",
                "solutions: [substrate_solution, catalyst_solution]\nduration: 8 h\n",
            ),
        ),
    ),
    Leaf(
        "rec_model",
        "Dilution and time are as they should be, and still chains couple. Solve the kinetics (`ruggli kinetics`) "
        "with a longer addition, more catalyst, or part of the catalyst in the flask at the start.",
        (),
        Basis.ADDED,
        caution="While the feed is slow against the ring closure, more solvent does not lessen the coupling, for "
        "it slows both; it only costs rate. Models show which way, not how far: their constants are estimates.",
        changes=(Change("dose", "in the `dose` step of the substrate", "duration: 12 h\n"), _LOADING),
    ),
    Leaf(
        "rec_lower_T",
        "Run at room temperature up to about 40 degC.",
        (lines(67),),
        caution="L130 and L136 also allow refluxing toluene, which is 110.6 degC. Refluxing dichloromethane (39.8 "
        "degC) fits both.",
        changes=(Change("heat", "in the `heat` step before the addition", "to: 40 degC\n"),),
    ),
    Leaf(
        "rec_BQ_then_catalyst",
        "Add an inhibitor of isomerisation such as 1,4-benzoquinone, which may slow the metathesis a little; if "
        "that is not enough, take a more stable catalyst (third-generation Grubbs, second-generation "
        "Hoveyda-Grubbs).",
        (lines(68, 69),),
        caution="The catalyst is disputed: both of L69 are free of phosphine, and Nelson and Percy (Dalton Trans. "
        "2014, 43, 4674) saw isomerisation greatly increased without phosphine. The source gives no amount of "
        "benzoquinone; 10 mol% is a starting point from memory. It binds triphenylphosphine 1:1, so a scavenger "
        "must exceed both it and the ruthenium.",
        changes=(
            Change(
                "reagents",
                "under `reagents`, and its name into the `charge` step of the flask",
                "benzoquinone:\n  name: 1,4-benzoquinone\n  role: additive\n  cas: 106-51-4\n"
                "  molar_mass: 108.095 g/mol\n  mole_percent: 10 mol%\n",
            ),
        ),
    ),
    Leaf(
        "rec_protect",
        "Protect every amine and thiol before the metathesis; the nitrogens of the ring as amide, Boc or Ts.",
        (lines(73),),
    ),
    Leaf(
        "rec_degas_load",
        "Degas the solvent of flask and syringes with argon or nitrogen for 30 min or more, set up dry and inert, "
        "and use 1 to 5 mol% of catalyst.",
        (lines(130, 135),),
        Basis.IMPLIED,
        caution="Air-tolerant metathesis in ethyl acetate is known (Szczepaniak et al., Green Chem. 2018), but "
        "traces of air speed the decay of the catalyst: keep to degassed solvent. Bubbling carries "
        "dichloromethane off, so measure its volume afterwards.",
        changes=(
            Change("sparge", "in the `sparge` step of the solvent", "duration: 30 min\n"),
            _INERT,
            _LOADING,
        ),
    ),
    Leaf(
        "rec_more_time_or_catalyst",
        "The conversion is too low: give more catalyst, less solvent (not above 10 mM), or a longer hold.",
        (),
        Basis.ADDED,
        caution="The hold of 1 h to 2 h of L137 is not enough at 1 mol% and 1 mM: with an estimated constant of 1 "
        "L/mol/s more than 90 % of what is there at the end of the addition is left after 2 h.",
        changes=(
            _LOADING,
            Change("hold", "in the `hold` step after the addition", "duration: 12 h\n"),
        ),
    ),
)
