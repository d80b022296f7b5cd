"""Ruggli runs slow chemistry unattended, and can prove what it did."""
