"""How many examples hypothesis tries: HYPOTHESIS_PROFILE=thorough for 10,000 of each law."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("suite", settings(), deadline=None)
settings.register_profile(
    "thorough", deadline=None, max_examples=10_000, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))
