"""The seed file format: pure functions over bytes and values; no Django, no clock, no disk."""
