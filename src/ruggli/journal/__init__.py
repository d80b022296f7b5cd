"""The durable record of a run: append, chain, read. It is the only truth; report and resume are read from it."""
