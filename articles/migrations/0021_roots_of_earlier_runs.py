"""Roots remember the folders of their last run, where those were named so that they can be found again."""

import json
from pathlib import Path

from django.conf import settings
from django.db import migrations
from django.db.models import Max


def remember(apps, schema_editor):
    runs, roots = apps.get_model('articles', 'ImportRun'), apps.get_model('articles', 'Root')
    lasts = runs.objects.exclude(finished_at=None).order_by().values('root').annotate(last=Max('pk')).values('last')
    for run in runs.objects.filter(pk__in=list(lasts.values_list('last', flat=True))):
        folders = [Path(path) for path in run.paths.splitlines()]
        if folders and all(folder.is_absolute() for folder in folders):
            kept = [str(_kept(folder.resolve())) for folder in folders]
            roots.objects.create(
                name=run.root, folders=json.dumps(kept), is_whole=True, remembered_at=run.finished_at
            )


def _kept(folder):
    return folder.relative_to(settings.BASE_DIR) if folder.is_relative_to(settings.BASE_DIR) else folder


def forget(apps, schema_editor):
    apps.get_model('articles', 'Root').objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0020_roots'),
    ]

    operations = [
        migrations.RunPython(remember, forget),
    ]
