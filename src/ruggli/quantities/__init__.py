"""Strict reading of quantities, and types that carry their dimension. Import from the modules; this package stays light."""
