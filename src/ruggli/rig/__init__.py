"""The rig file: what stands on the bench. Names devices, ports, syringes, vessels, tubing and limits."""
