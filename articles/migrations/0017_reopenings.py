"""How conflicts that an undo opened again had been closed."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0016_looks'),
    ]

    operations = [
        migrations.CreateModel(
            name='Reopening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('kept', 'kept'), ('taken', 'taken from the file'), ('edited', 'edited'), ('replaced', 'replaced by a newer file'), ('agreed', 'both sides agree'), ('undone', 'import undone')], max_length=10)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='articles.article')),
                ('change_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reopenings', to='articles.changeset')),
                ('conflict', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='articles.conflict')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('change_set', 'conflict'), name='reopening_once_per_set')],
            },
        ),
    ]
