from __future__ import annotations

import json
from io import StringIO

from django.core.management import call_command

from articles.seedfile import schema


def printed() -> dict:
    out = StringIO()
    call_command("seed_schema", stdout=out)
    return json.loads(out.getvalue())


def test_it_names_every_key_of_a_seed_and_what_is_required():
    found = printed()
    assert set(found["properties"]) == set(schema.attributes_of(schema.ArticleContent))
    assert set(found["required"]) == {"title", "webUrl", "type", "provider", "publishedDateTime"}


def test_it_tells_the_limits_and_allows_other_keys():
    found = printed()
    assert (found["properties"]["quality"]["minimum"], found["properties"]["quality"]["maximum"]) == (0, 100)
    assert found["properties"]["topics"]["maxItems"] == 50
    assert found["properties"]["title"]["maxLength"] == 500
    assert found["additionalProperties"] is True
    assert set(found["$defs"]["Image"]["properties"]) == {"url", "width", "height", "isCached"}
