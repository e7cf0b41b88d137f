"""Turns results into tables for charts (frames/), charts (charts/) and the look they share (style)."""
