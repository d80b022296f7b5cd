"""Where pyserial finds the scheme `sim://`; this package's name goes into `serial.protocol_handler_packages`."""
