"""Reads results from a workspace: comparisons, re-checks and the warnings about them."""
