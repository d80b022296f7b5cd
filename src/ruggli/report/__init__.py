"""What people look at after a run: one page, tables for other programs, the plan. Read from the journal alone."""
