"""History is folded no more. A revision that stands for several says so in its reason, and the runs that lost a revision
to it are not taken back: what they did is not known."""

import json
from collections import defaultdict
from datetime import UTC, datetime

from django.db import migrations, models

AT_ONCE = 500
LONGEST = 500
"""Of a reason."""
NAMED_BY_ITSELF = 3
"""So many names stand in the revision's own `actor_name`."""


def say_in_reasons(apps, schema_editor):
    revisions, steps = apps.get_model('articles', 'Revision'), apps.get_model('articles', 'FoldedStep')
    last = 0
    while rows := list(revisions.objects.exclude(folded='').filter(pk__gt=last).order_by('pk')[:AT_ONCE]):
        last = rows[-1].pk
        sets = defaultdict(set)
        for step in steps.objects.filter(article__in={row.article_id for row in rows}):
            sets[step.article_id, step.number].add(step.change_set_id)
        for row in rows:
            row.reason = _reason(row, json.loads(row.folded), sorted(sets[row.article_id, row.number]))
        revisions.objects.bulk_update(rows, ['reason'])


def _reason(row, fold, sets):
    moment = datetime.fromisoformat(fold['since']).astimezone(UTC).strftime('%-d %B %Y, %H:%M UTC')
    parts = [f"Stands for revisions {fold['first']} to {row.number}, the first of {moment}", row.reason]
    if fold['fields']:
        parts.append(f"Changed and came back: {', '.join(fold['fields']).replace('_', ' ')}")
    if len(fold['who']) > NAMED_BY_ITSELF:
        parts.append(f"By {', '.join(fold['who'])}")
    if sets:
        parts.append(f"Change sets: {', '.join(map(str, sets))}")
    return '. '.join(filter(None, parts))[:LONGEST]


def keep_from_undo(apps, schema_editor):
    """An earlier source whose run is to be taken back has the article's version after that run: no article has 0."""
    steps = apps.get_model('articles', 'FoldedStep').objects
    runs = steps.filter(change_set__import_run__isnull=False).values_list('article_id', 'change_set__import_run')
    earlier = apps.get_model('articles', 'EarlierSource').objects
    for article, run in runs.iterator():
        earlier.filter(article=article, replaced_in=run).update(version_after=0)


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0022_kinds_and_verbs_without_choices'),
    ]

    operations = [
        migrations.RunPython(say_in_reasons, migrations.RunPython.noop),
        migrations.RunPython(keep_from_undo, migrations.RunPython.noop),
        migrations.DeleteModel(
            name='FoldedStep',
        ),
        migrations.RemoveField(
            model_name='revision',
            name='folded',
        ),
        migrations.AlterField(
            model_name='revision',
            name='origin',
            field=models.CharField(choices=[('form', 'article form'), ('action', 'list action'), ('import', 'import'), ('command', 'command line'), ('restore', 'restore'), ('undo', 'undo')], max_length=20),
        ),
    ]
