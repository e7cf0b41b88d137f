"""Charts, each drawn from a table made by the module of the same name in frames/."""
