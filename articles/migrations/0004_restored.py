"""Names for what is brought back from the history."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0003_receipt_indexes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='changeset',
            name='kind',
            field=models.CharField(choices=[('edit', 'edit'), ('publish', 'publish'), ('unpublish', 'unpublish'), ('import', 'import run'), ('command', 'command'), ('restore', 'restore'), ('undo', 'undo')], max_length=20),
        ),
        migrations.AlterField(
            model_name='revision',
            name='origin',
            field=models.CharField(choices=[('form', 'article form'), ('action', 'list action'), ('import', 'import'), ('command', 'command line'), ('restore', 'restore'), ('undo', 'undo')], max_length=20),
        ),
    ]
