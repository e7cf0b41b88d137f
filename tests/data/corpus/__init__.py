"""Files as people have them, and what must come of each.

A line is a file and its expectation: `reads(name, content, sessions, ...)` for a file that is read,
`refuses(name, content, parts of the message, ...)` for one that is not, and `means(name, {text: moment})` for a
notation of times. To add one, write it in the module of its subject; `tests/data/test_corpus.py` then reads it. The
expectation is complete: rows that are neither an event of `sessions` nor in `rejected` nor `filtered` make the test
fail.
"""
