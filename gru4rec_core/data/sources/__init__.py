"""Where logs come from: one module for each kind of file, and for folders and databases; all give the same blocks."""
