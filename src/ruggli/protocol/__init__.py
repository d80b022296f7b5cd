"""The protocol file: what the chemist wants, in chemists' words and units. Never names a port or a pump model."""
