"""Everything as it stood, and the three roles as groups. It replaces the first eighteen migrations, which are gone:
`migrate` refuses a database that has some of them and not all."""

import articles.models.article
import articles.models.user
import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.apps.registry import Apps
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models
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
    "view_conflict",
]
EDITOR = [*CONTRIBUTOR, "publish_article"]
CHIEF = [
    *EDITOR,
    "change_category",
    "change_topic",
    "change_provider",
    "view_importrun",
    "view_importoutcome",
    "undo_importrun",
]
ROLES = {"Contributor": CONTRIBUTOR, "Editor": EDITOR, "Chief": CHIEF}


def make_roles(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Rights are looked up here because Django makes its own only after all migrations."""
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

    initial = True

    replaces = [
        ("articles", "0001_initial"),
        ("articles", "0002_roles"),
        ("articles", "0003_receipt_indexes"),
        ("articles", "0004_restored"),
        ("articles", "0005_merge"),
        ("articles", "0006_merge_rights"),
        ("articles", "0007_conflict_decision"),
        ("articles", "0008_presence"),
        ("articles", "0009_desk_state"),
        ("articles", "0010_decision_kinds"),
        ("articles", "0011_ends_index"),
        ("articles", "0012_folded_revisions"),
        ("articles", "0013_cause_indexes"),
        ("articles", "0014_bulk"),
        ("articles", "0015_tombstones"),
        ("articles", "0016_looks"),
        ("articles", "0017_reopenings"),
        ("articles", "0018_earlier_sources_of_a_run"),
    ]

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('time_zone', models.CharField(blank=True, help_text="Such as Europe/Berlin. Empty: the site's own.", max_length=64, validators=[articles.models.user.validate_time_zone])),
                ('language', models.CharField(blank=True, help_text='A language tag such as en-GB.', max_length=16)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
                'abstract': False,
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(editable=False, max_length=200)),
                ('slug', models.SlugField(allow_unicode=True, editable=False, max_length=80, unique=True)),
                ('label', models.CharField(blank=True, help_text='How readers see it. Empty: the name itself.', max_length=200)),
                ('shown_as', models.ForeignKey(blank=True, help_text='Another one under which readers find this one, as “ai” under “AI”.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='shown_for', to='articles.category')),
            ],
            options={
                'verbose_name_plural': 'categories',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Provider',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(editable=False, max_length=200)),
                ('slug', models.SlugField(allow_unicode=True, editable=False, max_length=80, unique=True)),
                ('label', models.CharField(blank=True, help_text='How readers see it. Empty: the name itself.', max_length=200)),
                ('domain', models.CharField(blank=True, editable=False, max_length=253)),
                ('shown_as', models.ForeignKey(blank=True, help_text='Another one under which readers find this one, as “ai” under “AI”.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='shown_for', to='articles.provider')),
            ],
            options={
                'ordering': ['name', 'domain'],
            },
        ),
        migrations.CreateModel(
            name='Topic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(editable=False, max_length=200)),
                ('slug', models.SlugField(allow_unicode=True, editable=False, max_length=80, unique=True)),
                ('label', models.CharField(blank=True, help_text='How readers see it. Empty: the name itself.', max_length=200)),
                ('shown_as', models.ForeignKey(blank=True, help_text='Another one under which readers find this one, as “ai” under “AI”.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='shown_for', to='articles.topic')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Article',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(allow_unicode=True, editable=False, max_length=80)),
                ('title', models.CharField(max_length=500)),
                ('published_at', models.DateTimeField(help_text="The source's own publishedDateTime, never our moment.")),
                ('original_url', models.CharField(blank=True, max_length=2000, validators=[articles.models.article.validate_web_address])),
                ('web_url', models.CharField(max_length=2000, validators=[articles.models.article.validate_web_address])),
                ('url_key', models.CharField(editable=False, max_length=64)),
                ('type', models.CharField(max_length=50)),
                ('quality', models.PositiveSmallIntegerField(default=0)),
                ('heat', models.IntegerField(default=-1)),
                ('published', models.BooleanField(default=False)),
                ('live_from', models.DateTimeField(blank=True, null=True)),
                ('live_until', models.DateTimeField(blank=True, null=True)),
                ('set_aside', models.CharField(blank=True, choices=[('duplicate', 'duplicate'), ('off_topic', 'off topic'), ('poor', 'poor'), ('legal', 'legal'), ('other', 'other')], max_length=20, null=True)),
                ('set_aside_note', models.CharField(blank=True, max_length=500)),
                ('set_aside_before', models.CharField(blank=True, choices=[('duplicate', 'duplicate'), ('off_topic', 'off topic'), ('poor', 'poor'), ('legal', 'legal'), ('other', 'other')], max_length=20)),
                ('hold', models.CharField(blank=True, max_length=500, null=True)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(editable=False)),
                ('updated_at', models.DateTimeField(editable=False)),
                ('provider', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='articles.provider')),
                ('category', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='articles.category')),
                ('excerpt', models.TextField(blank=True)),
                ('extra', models.TextField(blank=True, editable=False)),
                ('provider_extra', models.TextField(blank=True, editable=False)),
                ('body', models.TextField(blank=True)),
                ('body_html', models.TextField(blank=True, editable=False)),
            ],
            options={
                'permissions': [('publish_article', 'Can publish and unpublish, and change what is published')],
            },
        ),
        migrations.CreateModel(
            name='ChangeSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('edit', 'edit'), ('publish', 'publish'), ('unpublish', 'unpublish'), ('import', 'import run'), ('command', 'command'), ('restore', 'restore'), ('conflict', 'conflict decision'), ('set_aside', 'setting aside'), ('bring_back', 'bringing back'), ('hold', 'hold'), ('lift_hold', 'lifting of holds'), ('filing', 'filing'), ('schedule', 'schedule'), ('look', 'look at a changed file'), ('undo', 'undo'), ('purge', 'purge')], max_length=20)),
                ('actor_name', models.CharField(max_length=150)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('created_at', models.DateTimeField()),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('undoes', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undone_by', to='articles.changeset')),
            ],
            options={
                'ordering': ['-pk'],
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='BulkAction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(choices=[('publish', 'Publish'), ('unpublish', 'Unpublish'), ('set_aside', 'Set aside'), ('bring_back', 'Bring back'), ('hold', 'Hold'), ('lift_hold', 'Lift hold'), ('category', 'Set category'), ('add_topics', 'Add topics'), ('remove_topics', 'Remove topics'), ('schedule', 'Set schedule'), ('undo', 'Undo')], max_length=20)),
                ('arguments', models.TextField(default='{}')),
                ('query', models.TextField(blank=True)),
                ('actor_name', models.CharField(max_length=150)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('created_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('worked_at', models.DateTimeField(help_text='When its latest chunk was done, or it was stopped.', null=True)),
                ('worked_by', models.CharField(blank=True, max_length=150)),
                ('finished_at', models.DateTimeField(null=True)),
                ('count', models.PositiveIntegerField()),
                ('done_count', models.PositiveIntegerField(default=0)),
                ('changed_count', models.PositiveIntegerField(default=0)),
                ('unchanged_count', models.PositiveIntegerField(default=0)),
                ('refused_count', models.PositiveIntegerField(default=0)),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('change_set', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='bulk_action', to='articles.changeset')),
            ],
            options={
                'ordering': ['-pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Conflict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.CharField(max_length=20)),
                ('base', models.TextField()),
                ('incoming', models.TextField()),
                ('current', models.TextField()),
                ('opened_at', models.DateTimeField()),
                ('outcome', models.CharField(blank=True, choices=[('kept', 'kept'), ('taken', 'taken from the file'), ('edited', 'edited'), ('replaced', 'replaced by a newer file'), ('agreed', 'both sides agree'), ('undone', 'import undone')], max_length=10)),
                ('closed_at', models.DateTimeField(null=True)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conflicts', to='articles.article')),
                ('closed_in', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='conflicts_closed', to='articles.changeset')),
                ('opened_in', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conflicts_opened', to='articles.changeset')),
            ],
            options={
                'ordering': ['pk'],
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='FoldedStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='Of the revision that stands for it.')),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='articles.article')),
                ('change_set', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='folded_steps', to='articles.changeset')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ImportRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('root', models.CharField(max_length=100)),
                ('paths', models.TextField(help_text='The folders as they were named, one a line.')),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('created_count', models.PositiveIntegerField(default=0)),
                ('updated_count', models.PositiveIntegerField(default=0)),
                ('unchanged_count', models.PositiveIntegerField(default=0)),
                ('conflicted_count', models.PositiveIntegerField(default=0)),
                ('rejected_count', models.PositiveIntegerField(default=0)),
                ('skipped_count', models.PositiveIntegerField(default=0)),
                ('change_set', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='import_run', to='articles.changeset')),
            ],
            options={
                'ordering': ['-pk'],
                'permissions': [('undo_importrun', 'Can undo import runs')],
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='ImportOutcome',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.TextField()),
                ('outcome', models.CharField(choices=[('created', 'created'), ('updated', 'updated'), ('unchanged', 'unchanged'), ('conflicted', 'conflicted'), ('rejected', 'rejected'), ('skipped', 'skipped')], max_length=12)),
                ('changes', models.TextField(blank=True, help_text='The fields that changed, one a line.')),
                ('problems', models.TextField(blank=True, help_text='As JSON: severity, line, key, message.')),
                ('article', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='articles.article')),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='outcomes', to='articles.importrun')),
            ],
            options={
                'ordering': ['pk'],
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='EarlierSource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('root', models.CharField(max_length=100)),
                ('path', models.TextField(help_text='Below the root, with forward slashes.')),
                ('digest', models.CharField(max_length=64)),
                ('reader_version', models.PositiveSmallIntegerField()),
                ('imported_at', models.DateTimeField()),
                ('missing_at', models.DateTimeField(blank=True, help_text='When a run no longer found the file.', null=True)),
                ('unreviewed_from', models.PositiveIntegerField(blank=True, help_text='The version that readers had before the file changed it and nobody looked.', null=True)),
                ('version_after', models.PositiveIntegerField(help_text="The article's version when that run was done with it.")),
                ('article', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='earlier_sources', to='articles.article')),
                ('replaced_in', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_sources', to='articles.importrun')),
                ('run', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='articles.importrun')),
                ('raw', models.BinaryField()),
            ],
            options={
                'default_permissions': ('view',),
            },
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
            },
        ),
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opened_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField(db_index=True)),
                ('is_editing', models.BooleanField(default=False)),
                ('article', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='articles.article')),
                ('user', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['opened_at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='RelatedArticle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('title', models.CharField(max_length=500)),
                ('excerpt', models.TextField(blank=True)),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('web_url', models.CharField(max_length=2000, validators=[articles.models.article.validate_web_address])),
                ('url_key', models.CharField(db_index=True, editable=False, max_length=64)),
                ('type', models.CharField(blank=True, max_length=50)),
                ('quality', models.PositiveSmallIntegerField(default=0)),
                ('images', models.TextField(blank=True, help_text="Pictures as ordered JSON, in the seed's own keys.")),
                ('extra', models.TextField(blank=True, editable=False)),
                ('provider_extra', models.TextField(blank=True, editable=False)),
                ('article', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='related', to='articles.article')),
                ('provider', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='coverage', to='articles.provider')),
            ],
            options={
                'verbose_name': 'coverage',
                'verbose_name_plural': 'coverage',
                'ordering': ['position'],
            },
        ),
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
            },
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('actor_name', models.CharField(max_length=150)),
                ('origin', models.CharField(choices=[('form', 'article form'), ('action', 'list action'), ('import', 'import'), ('command', 'command line'), ('restore', 'restore'), ('undo', 'undo'), ('several', 'several ways')], max_length=20)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('source_digest', models.CharField(blank=True, max_length=64)),
                ('changes', models.TextField(blank=True)),
                ('folded', models.TextField(blank=True, db_default='', default='')),
                ('created_at', models.DateTimeField()),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('article', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='revisions', to='articles.article')),
                ('change_set', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='articles.changeset')),
            ],
            options={
                'ordering': ['-number'],
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='SecuredPayload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(blank=True, editable=False)),
                ('digest', models.CharField(editable=False, max_length=64)),
                ('created_at', models.DateTimeField(editable=False)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='secured_payloads', to='articles.article')),
            ],
            options={
                'ordering': ['-pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Source',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('root', models.CharField(max_length=100)),
                ('path', models.TextField(help_text='Below the root, with forward slashes.')),
                ('digest', models.CharField(max_length=64)),
                ('reader_version', models.PositiveSmallIntegerField()),
                ('imported_at', models.DateTimeField()),
                ('missing_at', models.DateTimeField(blank=True, help_text='When a run no longer found the file.', null=True)),
                ('unreviewed_from', models.PositiveIntegerField(blank=True, help_text='The version that readers had before the file changed it and nobody looked.', null=True)),
                ('path_key', models.CharField(editable=False, max_length=64)),
                ('is_loss_reviewed', models.BooleanField(default=False, help_text='An editor knows that the file is missing.')),
                ('article', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='source', to='articles.article')),
                ('run', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='sources', to='articles.importrun')),
                ('raw', models.BinaryField()),
            ],
            options={
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='Tombstone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('web_url', models.CharField(max_length=2000)),
                ('url_key', models.CharField(max_length=64)),
                ('title', models.CharField(max_length=500)),
                ('purged_at', models.DateTimeField()),
                ('actor_name', models.CharField(max_length=150)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('forgotten_at', models.DateTimeField(help_text='Since when the address may come in again.', null=True)),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('article', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='articles.article')),
                ('change_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tombstones', to='articles.changeset')),
            ],
            options={
                'ordering': ['-pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ArticleTopic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('article', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='topic_rows', to='articles.article')),
                ('topic', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='articles.topic')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.AddField(
            model_name='article',
            name='topics',
            field=models.ManyToManyField(through='articles.ArticleTopic', to='articles.topic'),
        ),
        migrations.CreateModel(
            name='ArticleImage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('url', models.CharField(max_length=2000, validators=[articles.models.article.validate_web_address])),
                ('width', models.PositiveIntegerField(blank=True, null=True)),
                ('height', models.PositiveIntegerField(blank=True, null=True)),
                ('is_cached', models.BooleanField(default=False, help_text='What the file claims; no proof that we hold a copy.')),
                ('extra', models.TextField(blank=True, editable=False)),
                ('article', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='images', to='articles.article')),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('article', 'position'), name='image_position_unique'), models.CheckConstraint(condition=models.Q(('url__istartswith', 'http://'), ('url__istartswith', 'https://'), _connector='OR'), name='image_url_is_http')],
            },
        ),
        migrations.CreateModel(
            name='BulkEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('version', models.PositiveIntegerField()),
                ('outcome', models.CharField(blank=True, choices=[('', 'not done'), ('changed', 'changed'), ('unchanged', 'unchanged'), ('refused', 'refused')], max_length=10)),
                ('message', models.CharField(blank=True, max_length=500)),
                ('article', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='articles.article')),
                ('bulk', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='articles.bulkaction')),
            ],
            options={
                'ordering': ['position'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('bulk', 'position'), name='bulk_entry_position_unique'), models.UniqueConstraint(fields=('bulk', 'article'), name='bulk_entry_article_unique')],
            },
        ),
        migrations.AddConstraint(
            model_name='category',
            constraint=models.UniqueConstraint(fields=('name',), name='category_name_unique'),
        ),
        migrations.AddIndex(
            model_name='bulkaction',
            index=models.Index(condition=models.Q(('finished_at', None)), fields=['confirmed_at'], name='bulk_unfinished'),
        ),
        migrations.AddConstraint(
            model_name='bulkaction',
            constraint=models.CheckConstraint(condition=models.Q(('done_count__lte', models.F('count'))), name='bulk_does_no_more_than_was_chosen'),
        ),
        migrations.AddConstraint(
            model_name='bulkaction',
            constraint=models.CheckConstraint(condition=models.Q(('done_count', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('changed_count'), '+', models.F('unchanged_count')), '+', models.F('refused_count')))), name='bulk_counts_add_up'),
        ),
        migrations.AddConstraint(
            model_name='bulkaction',
            constraint=models.CheckConstraint(condition=models.Q(('confirmed_at__isnull', False), ('done_count', 0), _connector='OR'), name='bulk_is_confirmed_before_it_acts'),
        ),
        migrations.AddConstraint(
            model_name='conflict',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('article', 'field'), name='conflict_open_once'),
        ),
        migrations.AddConstraint(
            model_name='conflict',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('outcome', '')), models.Q(('closed_at__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='conflict_closed_with_outcome'),
        ),
        migrations.AddConstraint(
            model_name='foldedstep',
            constraint=models.UniqueConstraint(fields=('change_set', 'article', 'number'), name='folded_step_once'),
        ),
        migrations.AddIndex(
            model_name='importoutcome',
            index=models.Index(fields=['run', 'id'], name='outcome_of_run'),
        ),
        migrations.AddIndex(
            model_name='importoutcome',
            index=models.Index(fields=['run', 'outcome', 'id'], name='outcome_of_run_by_kind'),
        ),
        migrations.AddIndex(
            model_name='earliersource',
            index=models.Index(fields=['replaced_in'], name='earlier_source_of_run'),
        ),
        migrations.AddConstraint(
            model_name='earliersource',
            constraint=models.UniqueConstraint(fields=('article', 'replaced_in'), name='earlier_source_once_per_run'),
        ),
        migrations.AddConstraint(
            model_name='look',
            constraint=models.UniqueConstraint(fields=('change_set', 'article'), name='look_once_per_set'),
        ),
        migrations.AddConstraint(
            model_name='presence',
            constraint=models.UniqueConstraint(fields=('article', 'user'), name='presence_once'),
        ),
        migrations.AddConstraint(
            model_name='provider',
            constraint=models.UniqueConstraint(fields=('name', 'domain'), name='provider_name_domain_unique'),
        ),
        migrations.AddConstraint(
            model_name='relatedarticle',
            constraint=models.UniqueConstraint(fields=('article', 'position'), name='related_position_unique'),
        ),
        migrations.AddConstraint(
            model_name='relatedarticle',
            constraint=models.CheckConstraint(condition=models.Q(('web_url__istartswith', 'http://'), ('web_url__istartswith', 'https://'), _connector='OR'), name='related_web_url_is_http'),
        ),
        migrations.AddConstraint(
            model_name='reopening',
            constraint=models.UniqueConstraint(fields=('change_set', 'conflict'), name='reopening_once_per_set'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.UniqueConstraint(fields=('article', 'number'), name='revision_number_unique'),
        ),
        migrations.AddIndex(
            model_name='source',
            index=models.Index(fields=['root', 'id'], name='source_root'),
        ),
        migrations.AddIndex(
            model_name='source',
            index=models.Index(condition=models.Q(('unreviewed_from__isnull', False)), fields=['article'], name='source_unreviewed'),
        ),
        migrations.AddIndex(
            model_name='source',
            index=models.Index(condition=models.Q(('is_loss_reviewed', False), ('missing_at__isnull', False)), fields=['article'], name='source_lost'),
        ),
        migrations.AddConstraint(
            model_name='source',
            constraint=models.UniqueConstraint(fields=('path_key',), name='source_path_unique'),
        ),
        migrations.AddConstraint(
            model_name='tombstone',
            constraint=models.UniqueConstraint(condition=models.Q(('forgotten_at__isnull', True)), fields=('url_key',), name='tombstone_address_once'),
        ),
        migrations.AddConstraint(
            model_name='topic',
            constraint=models.UniqueConstraint(fields=('name',), name='topic_name_unique'),
        ),
        migrations.AddIndex(
            model_name='articletopic',
            index=models.Index(fields=['topic', 'article'], name='topic_articles'),
        ),
        migrations.AddConstraint(
            model_name='articletopic',
            constraint=models.UniqueConstraint(fields=('article', 'topic'), name='topic_once_per_article'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.OrderBy(models.F('live_from'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('published', True)), name='article_live'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('category'), models.OrderBy(models.F('live_from'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('published', True)), name='article_cat_live'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('provider'), models.OrderBy(models.F('live_from'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('published', True)), name='article_prov_live'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('type'), models.OrderBy(models.F('live_from'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('published', True)), name='article_type_live'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('live_until'), models.F('id'), condition=models.Q(('live_until__isnull', False), ('published', True)), name='article_ends'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.OrderBy(models.F('published_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('published', False), ('set_aside__isnull', True)), name='article_undecided'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.OrderBy(models.F('published_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('set_aside__isnull', False)), name='article_set_aside'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('set_aside'), models.OrderBy(models.F('published_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('set_aside__isnull', False)), name='article_cause'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.OrderBy(models.F('published_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('set_aside_before__gt', '')), name='article_came_back'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.OrderBy(models.F('published_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('hold__isnull', False)), name='article_on_hold'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('title'), condition=models.Q(('published', True)), name='article_live_title'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.OrderBy(models.F('published_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='article_newest'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('category'), models.OrderBy(models.F('published_at'), descending=True), name='article_category'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('provider'), models.OrderBy(models.F('published_at'), descending=True), name='article_provider'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('type'), models.OrderBy(models.F('published_at'), descending=True), name='article_type'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.UniqueConstraint(fields=('url_key',), name='article_address_unique'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('web_url__istartswith', 'http://'), ('web_url__istartswith', 'https://'), _connector='OR'), name='article_web_url_is_http'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('original_url__istartswith', 'http://'), ('original_url__istartswith', 'https://'), ('original_url', ''), _connector='OR'), name='article_original_url_is_http'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('quality__range', (0, 100))), name='article_quality_in_range'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('heat__gte', -1)), name='article_heat_in_range'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('published', False), ('live_from__isnull', False), _connector='OR'), name='article_published_is_live_from'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('live_until__isnull', True), ('live_until__gt', models.F('live_from')), _connector='OR'), name='article_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('published', False), ('set_aside__isnull', True), _connector='OR'), name='article_published_is_not_set_aside'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('published', False), ('hold__isnull', True), _connector='OR'), name='article_published_is_not_on_hold'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('set_aside', ''), _negated=True), name='article_set_aside_for_a_cause'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('hold', ''), _negated=True), name='article_hold_has_a_reason'),
        ),
        migrations.RunPython(make_roles, drop_roles),
    ]
