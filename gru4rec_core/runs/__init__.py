"""Keeps datasets and runs on disk and carries runs out."""
