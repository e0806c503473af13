"""What the desk wrote to a file stands beside the earlier source once others wrote there, so that an undo finds it."""

import django.db.models.deletion
from django.db import migrations, models


def forget(apps, schema_editor):
    apps.get_model('articles', 'ExportedFile').objects.filter(source=None).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0026_texts_out_of_unknown_keys'),
    ]

    operations = [
        migrations.AddField(
            model_name='earliersource',
            name='is_loss_reviewed',
            field=models.BooleanField(default=False, help_text='An editor knows that the file is missing.'),
        ),
        migrations.AddField(
            model_name='exportedfile',
            name='earlier',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='exported', to='articles.earliersource'),
        ),
        migrations.AlterField(
            model_name='exportedfile',
            name='source',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='exported', to='articles.source'),
        ),
        migrations.RunPython(migrations.RunPython.noop, forget),
        migrations.AddConstraint(
            model_name='exportedfile',
            constraint=models.CheckConstraint(condition=models.Q(('earlier__isnull', True), ('source__isnull', False)) | models.Q(('earlier__isnull', False), ('source__isnull', True)), name='exported_file_of_one_source'),
        ),
    ]
