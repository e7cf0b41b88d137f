"""Simple methods, trained without gradients, that a model must beat; one file per family."""
