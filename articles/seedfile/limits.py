"""Limits of a seed, checked before anything is built and mirrored by the columns."""

KIB = 1024

FRONT_MATTER_BYTES = 65 * KIB
BODY_BYTES = 512 * KIB
FILE_BYTES = FRONT_MATTER_BYTES + BODY_BYTES + KIB
"""Includes the two delimiter lines and a byte order mark."""

DEPTH = 16
NODES = 20_000
PROBLEMS = 50
"""Problems reported per file; more add nothing."""

TITLE = 500
EXCERPT = 10_000
BYLINE = 500
CATEGORY = 100
TYPE = 50
TOPIC = 200
PROVIDER_NAME = 200
PROVIDER_DOMAIN = 253
ADDRESS = 2_000
ALT = 2_000
CAPTION = 2_000
CREDIT = 500
SECURED = 50_000
BODY = BODY_BYTES
KEY = 200

TOPICS = 50
IMAGES = 50
RELATED = 50

QUALITY = (0, 100)
HEAT = (-1, 2_147_483_647)
PIXELS = (0, 1_000_000)
YEARS = (1000, 9998)
"""One day inside the range of datetime, so that no time zone shift can overflow."""

COMBINING_RUN = 1_000
"""Combining marks in a row; ordering them (NFC) takes quadratic time."""
