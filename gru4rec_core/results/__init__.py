"""What came out: comparisons, re-checks and the warnings about them, read from a workspace."""
