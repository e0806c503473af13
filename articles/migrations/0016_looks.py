"""Looks at articles whose file changed or vanished, so that an undo can take them back."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0015_tombstones'),
    ]

    operations = [
        migrations.AlterField(
            model_name='changeset',
            name='kind',
            field=models.CharField(choices=[('edit', 'edit'), ('publish', 'publish'), ('unpublish', 'unpublish'), ('import', 'import run'), ('command', 'command'), ('restore', 'restore'), ('conflict', 'conflict decision'), ('set_aside', 'setting aside'), ('bring_back', 'bringing back'), ('hold', 'hold'), ('lift_hold', 'lifting of holds'), ('filing', 'filing'), ('schedule', 'schedule'), ('look', 'look at a changed file'), ('undo', 'undo'), ('purge', 'purge')], max_length=20),
        ),
        migrations.CreateModel(
            name='Look',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.PositiveIntegerField(null=True)),
                ('is_loss', models.BooleanField(default=False)),
                ('has_ended', models.BooleanField(default=True, help_text='Whether it ended the waiting, or made it wait again.')),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='articles.article')),
                ('change_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='looks', to='articles.changeset')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('change_set', 'article'), name='look_once_per_set')],
            },
        ),
    ]
