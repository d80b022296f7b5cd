"""A diagnosis as lines for people."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from ruggli.chemistry.diagnosis.tree import Leaf, Question, sources_text

if TYPE_CHECKING:
    from ruggli.app.diagnosing import Diagnosis
    from ruggli.app.run_answers import Known
    from ruggli.chemistry.diagnosis.walk import Passed, Way

WIDTH = 110


def question_text(question: Question, known: Known | None) -> str:
    """A question with its numbered answers, and what the run says of it."""
    lines = [_wrap(f"{question.id}: {question.text}", "  ")]
    if known is not None:
        so = "" if known.word is None else f", so: {known.word}"
        lines.append(_wrap(f"  known from the run: {known.why}{so}", "    "))
    for number, choice in enumerate(question.choices, start=1):
        lines.append(f"  {number}  {choice.word}{f': {choice.meaning}' if choice.meaning else ''}")
    return "\n".join(lines)


def source_text(question: Question) -> str:
    """Why a question is asked, and where that stands."""
    return _wrap(f"  {question.why} Source: {sources_text(question.sources, question.basis)}.", "  ")


def passed_text(step: Passed) -> str:
    """A question with its answer, and where the answer comes from."""
    given = step.given
    if given.origin == "run":
        told = f" (known from the run: {given.why}, so: {given.word})"
    else:
        parts = [part for part in ("from the answers file" if given.origin == "file" else "", given.why) if part]
        told = f" ({'; '.join(parts)})" if parts else ""
    return f"{_wrap(f'{step.question.id}: {step.question.text}', '  ')}\n{_wrap(f'  {given.word}{told}', '    ')}"


def advice(diagnosis: Diagnosis, way: Way, leaf: Leaf) -> str:
    """The way, and what to do: recommendation, sources, caution, and the change to the protocol file."""
    lines = ["The way:"] + [textwrap.indent(passed_text(step), "  ") for step in way.passed]
    if diagnosis.note:
        lines.append(_wrap(f"  ({diagnosis.note})", "  "))
    if diagnosis.unused:
        lines.append(_wrap(f"  (answered in the file, but not on this way: {', '.join(diagnosis.unused)})", "  "))
    lines += ["", _wrap(f"Do: {leaf.recommendation}", "  ")]
    lines.append(_wrap(f"Source: {sources_text(leaf.sources, leaf.basis)}", "  "))
    if leaf.caution:
        lines.append(_wrap(f"Caution: {leaf.caution}", "  "))
    for change in leaf.changes:
        lines.append(_wrap(f"In the protocol file, {change.where}:", "  "))
        lines.append(textwrap.indent(change.snippet.rstrip("\n"), "    "))
    if leaf.command:
        lines.append(_wrap(f"With a parameter for it in the protocol file: {leaf.command}", "  "))
    elif not leaf.changes:
        lines.append("No key of the protocol file does it: it is a matter of substrate and reagents.")
    return "\n".join(lines)


def _wrap(text: str, then: str) -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent=then, break_long_words=False, break_on_hyphens=False)
