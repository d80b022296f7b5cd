"""Which problems come first, and which of them stand in the way."""

from ruggli.documents.problem import Problem, Severity, blocking, errors_first

NOTE = Problem("N-A", Severity.NOTE, "a note")
WARNING = Problem("W-A", Severity.WARNING, "a warning", line=9)
ANOTHER = Problem("W-B", Severity.WARNING, "another warning", line=2)
ERROR = Problem("E-A", Severity.ERROR, "an error")


def test_errors_then_warnings_then_notes_each_in_their_order() -> None:
    assert errors_first([NOTE, WARNING, ANOTHER, ERROR]) == (ERROR, WARNING, ANOTHER, NOTE)


def test_errors_and_warnings_block_and_notes_do_not() -> None:
    assert blocking([NOTE, WARNING, ANOTHER, ERROR], frozenset()) == (WARNING, ANOTHER, ERROR)


def test_a_warning_can_be_accepted_and_an_error_cannot() -> None:
    assert blocking([WARNING, ANOTHER, ERROR], frozenset({"W-A", "E-A"})) == (ANOTHER, ERROR)
