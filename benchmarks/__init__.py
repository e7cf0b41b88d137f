"""Measures speed, memory and accuracy, each figure next to its limit."""
