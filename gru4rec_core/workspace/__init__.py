"""What is on disk: datasets, runs and comparisons, their records and states."""
