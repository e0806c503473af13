"""Everyone at the desk sees conflicts; a Chief takes import runs back."""

from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

RIGHTS = {
    "Contributor": ["view_conflict"],
    "Editor": ["view_conflict"],
    "Chief": ["view_conflict", "undo_importrun"],
}


def give_rights(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    config = apps.get_app_config("articles")
    config.models_module = True  # asked for by create_permissions, unknown to the historical app
    create_permissions(config, verbosity=0, apps=apps, using=schema_editor.connection.alias)
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="articles")
    for name, codenames in RIGHTS.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(*permissions.filter(codename__in=codenames))


def take_rights(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name, codenames in RIGHTS.items():
        group = apps.get_model("auth", "Group").objects.get(name=name)
        group.permissions.remove(*group.permissions.filter(codename__in=codenames))


class Migration(migrations.Migration):
    dependencies = [("articles", "0005_merge")]
    operations = [migrations.RunPython(give_rights, take_rights)]
