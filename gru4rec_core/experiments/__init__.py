"""How the work is done, in the calling process: runs, baselines, whole comparisons."""
