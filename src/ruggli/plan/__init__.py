"""Protocol x rig -> Plan: everything that can be refused is refused here, before a byte leaves the computer."""
