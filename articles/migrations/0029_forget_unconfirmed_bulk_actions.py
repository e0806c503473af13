"""Bulk actions that nobody confirmed go: from now on one is stored when it is confirmed.

Apart from the change of the table, which PostgreSQL refuses in the transaction that deletes.
"""

from django.db import migrations


def forget_unconfirmed(apps, schema_editor):
    apps.get_model('articles', 'BulkEntry').objects.filter(bulk__confirmed_at=None).delete()
    apps.get_model('articles', 'BulkAction').objects.filter(confirmed_at=None).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0028_poor_is_called_low_quality'),
    ]

    operations = [migrations.RunPython(forget_unconfirmed, migrations.RunPython.noop)]
