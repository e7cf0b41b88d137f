"""Says how good anything that scores items is."""
