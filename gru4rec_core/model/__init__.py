"""The recommender: a GRU trained on session-parallel mini-batches."""
