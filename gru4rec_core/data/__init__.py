"""Turns logs into arrays and arrays into batches."""
