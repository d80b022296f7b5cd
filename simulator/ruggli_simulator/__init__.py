"""Simulated devices that speak real bytes, on one physical bench."""
