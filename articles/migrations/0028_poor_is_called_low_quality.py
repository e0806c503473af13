"""A cause of dismissal is called "low quality" on screen. Its stored value stays, and no table changes."""

from django.db import migrations, models

CAUSES = [
    ('duplicate', 'duplicate'),
    ('off_topic', 'off topic'),
    ('poor', 'low quality'),
    ('legal', 'legal'),
    ('other', 'other'),
]


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0027_exported_files_of_earlier_sources'),
    ]

    operations = [
        migrations.AlterField(
            model_name='article',
            name='set_aside',
            field=models.CharField(blank=True, choices=CAUSES, max_length=20, null=True),
        ),
        migrations.AlterField(
            model_name='article',
            name='set_aside_before',
            field=models.CharField(blank=True, choices=CAUSES, max_length=20),
        ),
    ]
