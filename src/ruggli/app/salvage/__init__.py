"""What can still be made of a run that stopped early: how it stands, and the options with their numbers."""
