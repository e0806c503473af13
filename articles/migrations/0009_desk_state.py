"""What the desk decides beside publishing: set aside, and hold."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import F, Q

LONG_COLUMNS = ("excerpt", "extra", "provider_extra", "body", "body_html")
CAUSES = [
    ("duplicate", "duplicate"),
    ("off_topic", "off topic"),
    ("poor", "poor"),
    ("legal", "legal"),
    ("other", "other"),
]
NEWEST = (F("published_at").desc(), F("id").desc())


class LongColumnsLast(Operation):
    """SQLite reads through a long column to reach those behind it. It lays a table out anew for each constraint that
    follows, in the order of the model's state; PostgreSQL does not mind the order."""

    reduces_to_sql = False

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        article = state.models[app_label, "article"]
        article.fields |= {name: article.fields.pop(name) for name in LONG_COLUMNS}
        state.reload_model(app_label, "article")

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """The constraints do it."""

    database_backwards = database_forwards

    def describe(self) -> str:
        return "Lay the long columns of article out last"


def newest(name: str, condition: Q) -> migrations.AddIndex:
    return migrations.AddIndex("article", models.Index(*NEWEST, condition=condition, name=name))


def constraint(name: str, condition: Q) -> migrations.AddConstraint:
    return migrations.AddConstraint("article", models.CheckConstraint(condition=condition, name=name))


class Migration(migrations.Migration):
    dependencies = [("articles", "0008_presence")]
    operations = [
        migrations.RemoveIndex("article", "article_undecided"),
        migrations.AddField(
            "article", "set_aside", models.CharField(blank=True, choices=CAUSES, max_length=20, null=True)
        ),
        migrations.AddField("article", "set_aside_note", models.CharField(blank=True, max_length=500, default=""), False),
        migrations.AddField(
            "article",
            "set_aside_before",
            models.CharField(blank=True, choices=CAUSES, max_length=20, default=""),
            False,
        ),
        migrations.AddField("article", "hold", models.CharField(blank=True, max_length=500, null=True)),
        LongColumnsLast(),
        constraint("article_published_is_not_set_aside", Q(published=False) | Q(set_aside__isnull=True)),
        constraint("article_published_is_not_on_hold", Q(published=False) | Q(hold__isnull=True)),
        constraint("article_set_aside_for_a_cause", ~Q(set_aside="")),
        constraint("article_hold_has_a_reason", ~Q(hold="")),
        newest("article_undecided", Q(published=False, set_aside__isnull=True)),
        newest("article_set_aside", Q(set_aside__isnull=False)),
        newest("article_on_hold", Q(hold__isnull=False)),
        migrations.AddIndex("article", models.Index("title", condition=Q(published=True), name="article_live_title")),
    ]
