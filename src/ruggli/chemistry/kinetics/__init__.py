"""Kinetic models of the flask, solved by scipy: amounts in mmol, volumes in mL, so mol/L, and seconds.

Rate constants are event constants: `M + M -> D` with k takes two M an event, so M goes at 2 k [M]^2.
"""
