"""One module a class of step: pure decisions over the plan, the view and the outcomes of orders."""
