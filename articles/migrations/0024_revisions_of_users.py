"""The index of who made a revision leaves out those that nobody with an account made, as an operator's imports."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0023_history_is_kept_whole'),
    ]

    operations = [
        migrations.AlterField(
            model_name='revision',
            name='actor',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='revision',
            index=models.Index(condition=models.Q(('actor__isnull', False)), fields=['actor'], name='revision_of_user'),
        ),
    ]
