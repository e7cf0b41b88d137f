"""Draws frames as charts."""
