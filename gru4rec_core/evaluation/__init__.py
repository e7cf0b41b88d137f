"""Evaluates anything that scores items: ranks, metrics, comparisons, verdicts and warnings."""
