"""The doors to outside: clock, serial line, disk, operator; real and virtual."""
