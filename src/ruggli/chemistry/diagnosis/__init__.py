"""Why is the yield low? Questions that lead from what was seen to what to change, as data, and the way through them.

The source document shows its own tree as a picture only (L48 to L54); this one is made from its prose. Every question
and recommendation says on which lines it stands, and whether it is stated there, implied by its procedures, or added.
"""
