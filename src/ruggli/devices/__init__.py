"""What the engine may ask of a device: interfaces, capabilities as data, and the registry of drivers."""
