"""Names for the change sets that set aside, bring back, hold and lift."""

from django.db import migrations, models

KINDS = [
    ("edit", "edit"),
    ("publish", "publish"),
    ("unpublish", "unpublish"),
    ("import", "import run"),
    ("command", "command"),
    ("restore", "restore"),
    ("conflict", "conflict decision"),
    ("set_aside", "setting aside"),
    ("bring_back", "bringing back"),
    ("hold", "hold"),
    ("lift_hold", "lifting of holds"),
    ("undo", "undo"),
]


class Migration(migrations.Migration):
    dependencies = [("articles", "0009_desk_state")]
    operations = [migrations.AlterField("changeset", "kind", models.CharField(choices=KINDS, max_length=20))]
