"""How does a reader of Data add a log from a database or a folder?

By command alone: a page that read any address would let whoever opens it read every file and database that the server
can reach (docs/decisions/0014-databases-and-folders.md).
"""

from __future__ import annotations

import streamlit as st

COMMANDS = """\
.venv/bin/python -m gru4rec_core import postgresql://reader@db.example/shop --table events --password-env SHOP_PASSWORD
.venv/bin/python -m gru4rec_core import shop.sqlite --query "SELECT visit, time, product FROM clicks" --session visit
.venv/bin/python -m gru4rec_core import "logs/**/*.parquet"
.venv/bin/python -m gru4rec_core import s3://bucket/logs/"""


def explain_other_sources() -> None:
    """The commands that read a table, a query, a folder or an object store."""
    with st.expander("From a database or a folder", key="other-sources"):
        st.text(
            "Run one of these commands on the machine that serves this page, in the folder of app.py. It imports a "
            "table or a query (PostgreSQL, SQLite, DuckDB), a folder of files, or an object store. The source is never "
            "written to; the log then appears here."
        )
        st.code(COMMANDS, language="bash", wrap_lines=True)
        st.text(
            "This page cannot do it: anyone who opens the page could then read every file and database that the server "
            "can reach."
        )
