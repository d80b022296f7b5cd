"""What is wrong with a heater or its sensors, by readings, commands and time. One check a file; none does I/O."""
