"""Labels and help texts in plain words. No table changes."""

import django.db.models.deletion
from django.db import migrations, models

import articles.models.user

OUTCOMES = [
    ('kept', 'ours kept'),
    ('taken', 'source used'),
    ('edited', 'edited'),
    ('replaced', 'replaced by a newer source version'),
    ('agreed', 'source and desk agree'),
    ('undone', 'import undone'),
]
TERMS = ('category', 'topic', 'provider')


def text(words, **options):
    return models.CharField(blank=True, help_text=words, **options)


def shown_as(term):
    return models.ForeignKey(
        f'articles.{term}',
        django.db.models.deletion.SET_NULL,
        blank=True,
        null=True,
        related_name='shown_for',
        help_text='Readers see that name instead, as “AI” for “ai”.',
    )


def unreviewed_from():
    words = 'The version before the first source change that nobody has reviewed.'
    return models.PositiveIntegerField(null=True, blank=True, help_text=words)


LABEL = 'What readers see. Leave empty to show the name.'
LANGUAGE = 'A language tag, for example en-GB.'
TIME_ZONE = "For example Europe/Berlin. Leave empty for the site's time zone."


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0031_orders_of_the_desk'),
    ]

    operations = [
        *(migrations.AlterField(term, 'label', text(LABEL, max_length=200)) for term in TERMS),
        *(migrations.AlterField(term, 'shown_as', shown_as(term)) for term in TERMS),
        *(migrations.AlterField(name, 'unreviewed_from', unreviewed_from()) for name in ('source', 'earliersource')),
        migrations.AlterField(
            'conflict', 'outcome', models.CharField(blank=True, choices=OUTCOMES, max_length=10)
        ),
        migrations.AlterField('reopening', 'outcome', models.CharField(choices=OUTCOMES, max_length=10)),
        migrations.AlterField('user', 'language', text(LANGUAGE, max_length=16)),
        migrations.AlterField(
            'user', 'time_zone', text(TIME_ZONE, max_length=64, validators=[articles.models.user.validate_time_zone])
        ),
    ]
