"""A bulk action is stored when it is confirmed, under the token of the page."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0029_forget_unconfirmed_bulk_actions'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='bulkaction', name='bulk_is_confirmed_before_it_acts'),
        migrations.RemoveIndex(model_name='bulkaction', name='bulk_unfinished'),
        migrations.RemoveField(model_name='bulkaction', name='confirmed_at'),
        migrations.AddField(
            model_name='bulkaction',
            name='token',
            field=models.UUIDField(null=True, unique=True),
        ),
        migrations.AddIndex(
            model_name='bulkaction',
            index=models.Index(condition=models.Q(finished_at=None), fields=['created_at'], name='bulk_unfinished'),
        ),
    ]
