"""`ruggli diagnose`: from a low yield to what to change, by questions."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from ruggli.cli.codes import COMPLETE, ENDED_OTHERWISE
from ruggli.cli.options import json_option, runs_option
from ruggli.cli.output import write, write_json

if TYPE_CHECKING:
    from ruggli.app.diagnosing import Diagnosis
    from ruggli.chemistry.diagnosis.tree import Question

BACK = "back"
QUIT = "q"


@click.command()
@click.argument("run", required=False)
@runs_option
@click.option("--answers", metavar="FILE", help="Answers by id of the question; they go before what the run knows.")
@json_option
def diagnose(run: str | None, runs: str | None, answers: str | None, as_json: bool) -> int:
    """Ask what was seen of a low yield, and say what to change; what the journal of RUN knows is not asked.

    Type the number or the word of an answer, ? for the source, back for the question before, q to end. With --json, or
    without a terminal, nothing is asked: a question that neither RUN nor FILE answers is a refusal.
    """
    from ruggli.app.diagnosing import begin
    from ruggli.app.runs import find_run, runs_folder
    from ruggli.chemistry.diagnosis.file import read_diagnosis_answers
    from ruggli.chemistry.diagnosis.low_yield import LOW_YIELD
    from ruggli.chemistry.diagnosis.told import leaf_as_json, passed_as_json
    from ruggli.chemistry.diagnosis.tree import Leaf
    from ruggli.cli.diagnose_text import advice
    from ruggli.world.disk import read_file

    filed = {} if answers is None else read_diagnosis_answers(read_file(answers, "answers file"), answers, LOW_YIELD)
    folder = None if run is None else find_run(run, runs_folder(runs))
    diagnosis = begin(LOW_YIELD, folder, filed)
    if not as_json and sys.stdin is not None and sys.stdin.isatty():
        asked = _asked(diagnosis)
        if asked is None:
            return ENDED_OTHERWISE
        diagnosis = asked
    way = diagnosis.way
    if not isinstance(way.at, Leaf):
        raise _unanswered(diagnosis, way.at, answers)
    if as_json:
        name = None if folder is None else os.path.basename(os.path.abspath(folder))
        path = [passed_as_json(step) for step in way.passed]
        told = {"run": name, "note": diagnosis.note, "path": path, "leaf": leaf_as_json(way.at)}
        write_json({"ok": True, **told, "unused": list(diagnosis.unused)})
    else:
        write(advice(diagnosis, way, way.at))
    return COMPLETE


def _unanswered(diagnosis: Diagnosis, question: Question, file: str | None) -> Exception:
    from ruggli.documents.problem import Problem, ProblemsError, Severity

    known = diagnosis.known.get(question.id)
    message = f"the question {question.id} has no answer: {question.text}"
    if known is not None:
        message += f" Known from the run: {known.why}."
    line = f"`{question.id}: {question.words[0]}`"
    where = "give --answers FILE with" if file is None else "write"
    remedy = f"{where} e.g. {line} under `answers`, or run it in a terminal and without --json"
    bound = ", ".join(question.words)
    return ProblemsError((Problem("E-MISSING", Severity.ERROR, message, file or "", bound=bound, remedy=remedy),))


def _asked(diagnosis: Diagnosis) -> Diagnosis | None:
    """The same with answers from the terminal down to a leaf; None where the person ends it."""
    from ruggli.chemistry.diagnosis.tree import Leaf
    from ruggli.cli.diagnose_text import passed_text, question_text

    shown = 0
    if diagnosis.note:
        write(diagnosis.note)
    while True:
        way = diagnosis.way
        for step in way.passed[shown:]:
            if step.given.origin != "terminal":
                write(passed_text(step))
        shown = len(way.passed)
        question = way.at
        if isinstance(question, Leaf):
            return diagnosis
        write(question_text(question, diagnosis.known.get(question.id)))
        typed = _typed(question, first=not way.passed)
        if typed == QUIT:
            write(f"ended at {question.id}, without a recommendation")
            return None
        if typed == BACK:
            diagnosis, shown = diagnosis.back(), shown - 1
        else:
            diagnosis = diagnosis.answer(question.id, typed)


def _typed(question: Question, *, first: bool) -> str:
    """What a person types: the word of an answer, `BACK` or `QUIT`; the end of the input is `QUIT`."""
    from ruggli.cli.diagnose_text import source_text

    while True:
        click.echo("> ", nl=False)
        line = sys.stdin.readline()
        typed = line.strip().lower()
        if not line or typed == QUIT:
            return QUIT
        word = _word(question, typed)
        if word or (typed == BACK and not first):
            return word or BACK
        if typed == "?":
            write(source_text(question))
        elif typed == BACK:
            write("this is the first question")
        else:
            write(f"type 1 to {len(question.choices)}, or {', '.join(question.words)}; ? for the source, back, or q")


def _word(question: Question, typed: str) -> str:
    """The answer's word, from it or from its number; "" for anything else."""
    if typed in question.words:
        return typed
    numbers = {str(number): word for number, word in enumerate(question.words, start=1)}
    return numbers.get(typed, "")
