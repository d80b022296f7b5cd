"""The run: state machine, steps, dose ledger, interlocks, recovery."""
