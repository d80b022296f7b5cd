"""Rules of the chemistry as data, and what a plan has to say about itself so that they can be checked. Pure."""
