"""The three roles as groups. Rights are looked up here because Django makes its own only after all migrations."""

from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

CONTRIBUTOR = [
    "add_article",
    "change_article",
    "view_article",
    "view_category",
    "view_topic",
    "view_provider",
    "view_source",
    "view_revision",
    "view_changeset",
]
EDITOR = [*CONTRIBUTOR, "publish_article"]
CHIEF = [*EDITOR, "change_category", "change_topic", "change_provider", "view_importrun", "view_importoutcome"]
ROLES = {"Contributor": CONTRIBUTOR, "Editor": EDITOR, "Chief": CHIEF}


def make_roles(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    config = apps.get_app_config("articles")
    config.models_module = True  # asked for by create_permissions, unknown to the historical app
    create_permissions(config, verbosity=0, apps=apps, using=schema_editor.connection.alias)
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="articles")
    for name, codenames in ROLES.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(*permissions.filter(codename__in=codenames))


def drop_roles(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [("articles", "0001_initial")]
    operations = [migrations.RunPython(make_roles, drop_roles)]
