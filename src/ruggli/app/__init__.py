"""Composition: the one place that knows drivers, simulator and engine."""
