"""Columns for an article's byline, and for a picture's alt text, caption and credit."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0024_revisions_of_users'),
    ]

    operations = [
        migrations.AddField(
            model_name='article',
            name='byline',
            field=models.CharField(blank=True, db_default='', default='', max_length=500),
        ),
        migrations.AddField(
            model_name='articleimage',
            name='alt',
            field=models.CharField(blank=True, db_default='', default='', max_length=2000),
        ),
        migrations.AddField(
            model_name='articleimage',
            name='caption',
            field=models.CharField(blank=True, db_default='', default='', max_length=2000),
        ),
        migrations.AddField(
            model_name='articleimage',
            name='credit',
            field=models.CharField(blank=True, db_default='', default='', max_length=500),
        ),
    ]
