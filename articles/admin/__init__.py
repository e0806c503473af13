"""The desk: Django's admin, whose forms and lists change articles through `changes.door` only."""
