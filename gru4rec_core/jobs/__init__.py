"""Runs work in the background: jobs, the local engine that runs them, and its workers."""
