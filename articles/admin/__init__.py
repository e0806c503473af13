"""The editors' side, in the Django admin."""
