"""Every explorable in a real browser: one contract for all, and a file for each."""
