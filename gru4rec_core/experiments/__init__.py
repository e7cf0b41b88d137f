"""Does the work in the calling process: one run, the baselines of a split, or a whole comparison."""
