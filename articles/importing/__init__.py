"""Imports seeds: finds files (`walk`), processes them (`runner`), and records the results (`receipt`)."""
