"""The editors' side: Django's admin, with forms and lists that speak to the one door."""
