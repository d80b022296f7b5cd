"""Drivers: one file a device family, wire codec on top, driver class below."""
