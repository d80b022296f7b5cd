"""The tree of a low yield of a 1,4-diazepane."""

from types import MappingProxyType
from typing import Final

from ruggli.chemistry.diagnosis import (
    amide,
    amide_advice,
    amination,
    amination_advice,
    common_advice,
    metathesis,
    metathesis_advice,
)
from ruggli.chemistry.diagnosis.tree import Choice, Question, Tree, lines

ROOT: Final = Question(
    "root",
    "Which reaction closes the ring?",
    "What may go wrong, and what helps, depends on it.",
    (
        Choice("metathesis", "R1", "ring-closing metathesis (RCM)"),
        Choice("reductive-amination", "A1", "reductive amination"),
        Choice("amide", "C1", "amide coupling, macrolactamisation"),
    ),
    (lines(25, 27), lines(81, 84)),
)
_QUESTIONS: Final = (ROOT, *metathesis.QUESTIONS, *amination.QUESTIONS, *amide.QUESTIONS)
_LEAVES: Final = (
    *common_advice.LEAVES,
    *metathesis_advice.LEAVES,
    *amination_advice.LEAVES,
    *amide_advice.LEAVES,
)

LOW_YIELD: Final = Tree(
    ROOT.id,
    MappingProxyType({question.id: question for question in _QUESTIONS}),
    MappingProxyType({leaf.id: leaf for leaf in _LEAVES}),
)
"""The words of the first question are those of `chemistry.ring_closure` in a protocol."""
