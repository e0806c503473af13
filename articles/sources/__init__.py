"""Articles and their source files: conflicts, source changes, provenance, and exports."""
