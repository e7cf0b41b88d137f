"""Numbers as small tables, one module per subject; charts/ has the pictures under the same names."""
