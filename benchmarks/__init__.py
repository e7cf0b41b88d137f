"""Speed and memory, each figure next to its limit."""
