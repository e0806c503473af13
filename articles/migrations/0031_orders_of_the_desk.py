"""Each order of the desk has its index among what is undecided, which no longer holds what is on hold."""

from django.db import migrations, models


UNDECIDED = models.Q(published=False, set_aside__isnull=True, hold__isnull=True)


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0030_bulk_actions_are_confirmed'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='article',
            name='article_undecided',
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('published_at').desc(), models.F('id').desc(), condition=UNDECIDED, name='article_undecided'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('heat').desc(), models.F('id').desc(), condition=UNDECIDED, name='article_undecided_heat'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('quality').desc(), models.F('id').desc(), condition=UNDECIDED, name='article_undecided_quality'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('id'), condition=UNDECIDED, name='article_undecided_arrival'),
        ),
    ]
