"""Advice: which settings of a protocol's parameters meet a target, and what they cost."""
