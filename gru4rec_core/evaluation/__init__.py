"""How good is anything that scores items: ranks, metrics, comparisons of models, verdicts and warnings."""
