"""Measures imports and pages beside hand-written SQL for the same rows: `python -m benchmarks --articles 10000`."""
