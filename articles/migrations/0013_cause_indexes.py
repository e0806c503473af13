"""Indexes for what is set aside for one cause, and for what came back."""

from django.db import migrations, models
from django.db.models import F, Q

NEWEST = (F("published_at").desc(), F("id").desc())


class Migration(migrations.Migration):
    dependencies = [("articles", "0012_folded_revisions")]
    operations = [
        migrations.AddIndex(
            "article",
            models.Index("set_aside", *NEWEST, condition=Q(set_aside__isnull=False), name="article_cause"),
        ),
        migrations.AddIndex(
            "article", models.Index(*NEWEST, condition=Q(set_aside_before__gt=""), name="article_came_back")
        ),
    ]
