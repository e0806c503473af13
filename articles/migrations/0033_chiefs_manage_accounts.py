"""Chiefs manage accounts; users are called accounts."""

from django.db import migrations

RIGHTS = ('add_user', 'change_user', 'view_user')


def _rights(apps):
    return apps.get_model('auth', 'Permission').objects.filter(
        content_type__app_label='articles', codename__in=RIGHTS
    )


def give(apps, schema_editor):
    for chief in apps.get_model('auth', 'Group').objects.filter(name='Chief'):
        chief.permissions.add(*_rights(apps))


def take(apps, schema_editor):
    for chief in apps.get_model('auth', 'Group').objects.filter(name='Chief'):
        chief.permissions.remove(*_rights(apps))


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0032_plain_words'),
    ]

    operations = [
        migrations.AlterModelOptions('user', {'verbose_name': 'account'}),
        migrations.RunPython(give, take),
    ]
