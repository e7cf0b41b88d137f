"""Where logs come from: one module for each kind of file, all read as the same blocks of rows."""
