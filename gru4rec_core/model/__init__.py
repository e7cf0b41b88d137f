"""GRU4Rec: losses, network, training, and inference with NumPy alone."""
