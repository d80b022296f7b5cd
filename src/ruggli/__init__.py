"""Ruggli runs slow chemistry unattended, and can prove what it did."""

__version__ = "0.1.0"
