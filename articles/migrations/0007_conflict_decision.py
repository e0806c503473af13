"""A name for what decides conflicts."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0006_merge_rights'),
    ]

    operations = [
        migrations.AlterField(
            model_name='changeset',
            name='kind',
            field=models.CharField(choices=[('edit', 'edit'), ('publish', 'publish'), ('unpublish', 'unpublish'), ('import', 'import run'), ('command', 'command'), ('restore', 'restore'), ('conflict', 'conflict decision'), ('undo', 'undo')], max_length=20),
        ),
    ]
