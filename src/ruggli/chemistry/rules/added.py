"""Checks that the source document does not have, X-01 to X-19; each is labelled as added."""

from ruggli.chemistry.rules import added_checks as check
from ruggli.chemistry.rules.rule import ADVICE, ERROR, WARNING, C, Cause, E, M, Rule, Unchecked, V

_PREDICTION = Unchecked(Cause.PREDICTION, "the kinetics of this flask")

ADDED: tuple[Rule, ...] = (
    Rule("X-01", "Enough of the substrate is converted at the end of the hold", "at least 95 %",
         "more catalyst, a longer hold, less solvent", WARNING, "added", (C, E), _PREDICTION),
    Rule("X-02", "Little is lost to products of two molecules", "at most 10 %, and at most 10 mM of open chain",
         "add over a longer time", WARNING, "added", (C, E), _PREDICTION),
    Rule("X-03", "The addition is slow against the ring closure", "k_intra times addition time at least 5",
         "add over a longer time", WARNING, "added", (C, E), _PREDICTION),
    Rule("X-04", "The alkenes of the substrate close to the ring that is wanted", "the ring size of the file",
         "a 1,4-diazepine needs an N-vinyl partner", ERROR, "added", (C,),
         Unchecked(Cause.RING, "the ring that the alkenes close")),
    Rule("X-05", "Metathesis in refluxing toluene outlives few catalysts", "no refluxing toluene (110.6 degC)",
         "use dichloromethane, or 40 degC", WARNING, "added", (C, E), check.refluxing_toluene),
    Rule("X-06", "Grubbs II starts slowly at room temperature", "above 25 degC",
         "its phosphine leaves with a half-life of about 1 to 3 h, as long as the addition; warm it, or use another "
         "catalyst", ADVICE, "added", (M, C), check.slow_start),
    Rule("X-07", "Triphenylphosphine must outnumber benzoquinone and ruthenium", "n(PPh3) > n(quinone) + n(Ru)",
         "they combine one to one; use more triphenylphosphine", WARNING, "added", (V,), check.phosphine_eaten),
    Rule("X-08", "A filter does not remove triphenylphosphine, which is dissolved", "a `purify` step after it",
         "purify by column, or use a functionalised silica", WARNING, "added", (C,), check.phosphine_stays),
    Rule("X-09", "Methanol consumes triacetoxyborohydride", "no methanol with it",
         "use 1,2-dichloroethane, THF or acetonitrile", WARNING, "added", (V, M), check.methanol),
    Rule("X-10", "Cyanoborohydride and strong acid set hydrogen cyanide free", "no strong acid, no acidic quench",
         "leave the acid out; quench basic", ERROR, "added", (V, M), check.cyanide),
    Rule("X-11", "No closed vessel where hydrogen, carbon dioxide or ethylene comes off", "vented: true",
         "vent it through a bubbler", ERROR, "added", (C,), check.closed),
    Rule("X-12", "The vent bears the carbon dioxide of the quench", "27 mL of gas for each mL of bicarbonate",
         "quench slower", ERROR, "added", (C, E), Unchecked(Cause.VENT, "what the vent bears")),
    Rule("X-13", "Bicarbonate does not free a dialkylamine", "a base after the quench, to pH 11 or above",
         "make it basic before the extraction, or expect loss", WARNING, "added", (C, M), check.basified),
    Rule("X-14", "Triacetoxyborohydride is a slurry and nothing for a syringe pump", "added as a solid",
         "use a `portions` step with the solid", ERROR, "added", (M,), check.slurry),
    Rule("X-15", "Amines slow metathesis", "no amine, pyridine or other nitrogen base before the scavenger",
         "leave it out", WARNING, "added", (V,), check.amine,
         "the substrate's own from its SMILES where RDKit is installed"),
    Rule("X-16", "Gas carries dichloromethane off: about 10 mL in 30 min at 100 mL/min",
         "degas the solvent before it is measured", "sparge the solvent, not the solution or the flask",
         WARNING, "added", (C,), check.carried_off),
    Rule("X-17", "A catalyst that is there from the start is spent before the addition ends",
         "addition at most 2 half-lives of the catalyst", "dose the catalyst too", ADVICE, "added", (C, E),
         _PREDICTION),
    Rule("X-18", "An N-vinyl substrate closes slower than a simple alkene", "expect it", "allow more time",
         ADVICE, "added", (M,), Unchecked(Cause.STRUCTURE, "N-vinyl groups")),
    Rule("X-19", "A 3-amino-aldehyde loses its amine on standing with base", "made shortly before",
         "free amine or aldehyde in the flask", ADVICE, "added", (M,),
         Unchecked(Cause.STRUCTURE, "the distance of amine and aldehyde")),
)  # fmt: skip
