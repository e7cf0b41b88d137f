"""How is what is loaded left out of the search for garbage, which Streamlit makes after each run of a script?

That search looks at every object there is, most of which belong to loaded modules and live as long as the server: 0.1 s
per run for nothing.
"""

import atexit
import gc
import sys

# Else DuckDB, whose types are then never freed, would tell the reader of the terminal so.
atexit.register(gc.unfreeze)

_n_modules = 0  # loaded when the search was last shortened


def pass_over_modules() -> None:
    """Leaves all that is there by now out of later searches, if modules have been loaded since the last call.

    Pages load theirs when they are first opened, so this happens a few times in a server's life.
    """
    global _n_modules
    if len(sys.modules) > _n_modules:
        _n_modules = len(sys.modules)
        gc.collect()  # what is garbage already would be kept for ever
        gc.freeze()
