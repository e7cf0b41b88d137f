"""How the work is done, in the calling process: a run, the baselines of a split, a whole comparison."""
