"""Strict YAML documents: every value text, every node with line and column; and what is found wrong in them."""
