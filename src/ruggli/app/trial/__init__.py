"""Nights with faults: a whole run in a simulated world, with crashes and resumes, judged by the truth of the bench."""
