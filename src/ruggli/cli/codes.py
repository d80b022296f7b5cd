"""Exit codes of the program."""

from typing import Final

COMPLETE: Final = 0
"""Complete, or clean."""
ENDED_OTHERWISE: Final = 1
"""A run ended otherwise; a journal is not whole; a diagnosis ended early; `advise` reached no target."""
REFUSED: Final = 2
"""Refused before anything was started: usage, files, `check` with errors or unaccepted warnings."""
INTERNAL: Final = 3
"""An error in Ruggli itself."""
