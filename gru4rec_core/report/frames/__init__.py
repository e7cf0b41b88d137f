"""The small tables that charts draw: computed here, drawn by the module of the same name in charts/."""
