"""Where each root was last imported from."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0019_exported_files'),
    ]

    operations = [
        migrations.CreateModel(
            name='Root',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True)),
                ('folders', models.TextField(help_text="As JSON: absolute, or below the project's own folder.")),
                ('is_whole', models.BooleanField(help_text='All that is below them was imported, not single files alone.')),
                ('remembered_at', models.DateTimeField()),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AlterField(
            model_name='importrun',
            name='paths',
            field=models.TextField(help_text='The folders, or the single files, one a line.'),
        ),
    ]
