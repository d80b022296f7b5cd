"""What is to be expected of a run, by its journal: solved by a process of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ruggli.app.records import journal_of
from ruggli.app.reporting import solve
from ruggli.report.account import account_of
from ruggli.report.outlook import Outlook, outlook_of


@dataclass(frozen=True, slots=True)
class Expected:
    """What is to be expected.

    Attributes:
        run: id of the run.
        verdict: how it ended, or that its journal has no end.
        reaction: the reaction as the plan has it.
        outlook: what was solved.
        told: what the solver gave.
    """

    run: str
    verdict: str
    reaction: Mapping[str, Any]
    outlook: Outlook
    told: Mapping[str, Any]


def expected_of(run_folder: str) -> Expected:
    """What is to be expected of a run that goes on or has ended.

    Args:
        run_folder: the run's folder.

    Raises:
        InputError: the journal cannot be read, or its plan has no reaction with constants.
        JournalError: it is no journal.
        RuggliError: the reaction could not be solved.
    """
    account = account_of(journal_of(run_folder))
    outlook = outlook_of(account)
    return Expected(account.run, account.verdict, account.plan["reaction"], outlook, solve(outlook.asked))
