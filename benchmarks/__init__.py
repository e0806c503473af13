"""Measures imports, publishing and pages, and judges them by ratios within one run: `python -m benchmarks 10000`."""
