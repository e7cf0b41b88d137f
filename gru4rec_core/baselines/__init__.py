"""Methods without training by gradient that a model must beat, one file per family."""
