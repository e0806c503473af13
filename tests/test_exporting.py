from __future__ import annotations

from pathlib import Path

import pytest

from articles import exporting
from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.content import article_state
from articles.content.article_state import ArticleState
from articles.exporting import ExportOutcome
from articles.importing.runner import Import
from articles.models import Article, RelatedArticle, Source
from articles.models.history import Origin
from articles.seedfile import reader
from articles.sources.written import write_copy
from articles.workflow import publishing
from tests.factories import make_article

SEEDS = Path(__file__).parent.parent / "seeds"


def files_below(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def import_seeds(folder: Path = SEEDS, root: str = "seeds") -> None:
    Import([folder], root=root, actor=OPERATOR).execute()


def export(folder: Path) -> dict[ExportOutcome, int]:
    counts = dict.fromkeys(ExportOutcome, 0)
    for made in write_copy(folder, Article.objects.all()):
        counts[made.outcome] += 1
    return counts


def edit(article: Article, **fields) -> None:
    state = article_state.read_state(article)
    wanted = type(state.content).model_validate(dict(state.content) | fields)
    door.change(
        article,
        ArticleState(wanted, state.desk),
        actor=OPERATOR,
        origin=Origin.FORM,
        expected_version=article.version,
    )


@pytest.mark.django_db
def test_what_nobody_touched_comes_out_byte_for_byte(tmp_path):
    import_seeds()
    counts = export(tmp_path)
    assert files_below(tmp_path) == files_below(SEEDS)
    assert counts[ExportOutcome.IDENTICAL] == len(files_below(SEEDS))


@pytest.mark.django_db
def test_publishing_is_a_one_line_diff(tmp_path):
    import_seeds()
    path = "000_46925ec215a6d86c.txt"
    publishing.publish(Article.objects.get(source__path=path), actor=OPERATOR)
    export(tmp_path)
    before, after = (folder.joinpath(path).read_bytes().split(b"\n") for folder in (SEEDS, tmp_path))
    differing = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert differing == [(b"published: false", b"published: true")]


@pytest.mark.django_db
def test_a_byline_and_a_credit_are_one_line_each(tmp_path):
    import_seeds()
    path, later = "2026-08-27-repair-shops-outnumber.md", tmp_path / "later"
    later.mkdir()
    article = Article.objects.get(source__path=path)
    edit(article, byline="")
    export(tmp_path)
    raw, line = SEEDS.joinpath(path).read_bytes(), b'byline: "Oriel Tamsin Brandt"\n'
    assert tmp_path.joinpath(path).read_bytes() == raw.replace(line, b"")
    other = Article.objects.get(source__path="science/2026-08-21-school-telescope-comet.md")
    image, *others = article_state.read_state(other).content.images
    article.refresh_from_db()
    edit(article, byline="Oriel Tamsin Brandt")
    edit(other, byline="A. Person", images=[dict(image) | {"credit": "", "alt": "A comet"}, *map(dict, others)])
    export(later)
    assert later.joinpath(path).read_bytes() == raw
    was, now = (folder.joinpath(other.source.path).read_text().splitlines() for folder in (SEEDS, later))
    assert [line for line in was if line not in now] == ['    credit: "Ellery Schools Telescope Network"']
    assert [line for line in now if line not in was] == ['byline: "A. Person"', '    alt: "A comet"']


@pytest.mark.django_db
def test_every_seed_comes_out_as_edited_and_reads_back(tmp_path):
    import_seeds()
    for article in Article.objects.all():
        edit(article, title=f"{article.title} — edited", topics=["New topic"], quality=1)
    assert export(tmp_path)[ExportOutcome.FAILED] == 0
    for article in Article.objects.select_related("source"):
        raw = tmp_path.joinpath(article.source.path).read_bytes()
        assert reader.read(raw).content == article_state.read_state(article).content


@pytest.mark.django_db
def test_an_article_written_here_comes_out_in_the_seeds_own_style(tmp_path):
    article = make_article(title="Written here", topics=["AI"], body="Text.\n")
    export(tmp_path)
    raw = tmp_path.joinpath("2026-11-01-written-here.md").read_bytes()
    assert raw.startswith(b'---\ntitle: "Written here"\n')
    assert reader.read(raw).content == article_state.read_state(article).content


@pytest.mark.django_db
def test_two_articles_of_one_day_and_slug_get_files_of_their_own(tmp_path):
    first, second = make_article(title="Twin"), make_article(title="Twin")
    export(tmp_path)
    assert set(files_below(tmp_path)) == {"2026-11-01-twin.md", f"2026-11-01-twin-{second.pk}.md"}
    assert first.pk < second.pk


@pytest.mark.django_db
def test_the_same_path_of_another_root_is_not_overwritten(tmp_path):
    trees = [tmp_path / "a", tmp_path / "b"]
    for number, tree in enumerate(trees):
        tree.mkdir()
        raw = SEEDS.joinpath("market-on-ropewalk-street.txt").read_bytes()
        tree.joinpath("x.md").write_bytes(raw.replace(b".example/", b".example/%d/" % number))
        import_seeds(tree, root=tree.name)
    target = tmp_path / "out"
    target.mkdir()
    counts = export(target)
    assert (counts[ExportOutcome.IDENTICAL], counts[ExportOutcome.FAILED]) == (1, 1)
    assert target.joinpath("x.md").read_bytes() == trees[0].joinpath("x.md").read_bytes()


def new_names(*pks: int) -> list[str]:
    articles = Article.objects.filter(pk__in=pks) if pks else Article.objects.all()
    return [made.path for made in exporting.seed_files(articles) if made.outcome is ExportOutcome.NEW]


@pytest.mark.django_db
def test_what_was_written_here_has_one_name_whichever_others_are_exported():
    first, second = make_article(title="One"), make_article(title="One")
    assert new_names() == ["2026-11-01-one.md", f"2026-11-01-one-{second.pk}.md"]
    assert new_names(second.pk) == [f"2026-11-01-one-{second.pk}.md"]
    assert new_names(first.pk) == ["2026-11-01-one.md"]


@pytest.mark.django_db
def test_what_was_written_here_leaves_the_path_of_a_source_alone(tmp_path):
    tree = tmp_path / "tree"
    tree.mkdir()
    article = make_article(title="One")
    raw = SEEDS.joinpath("market-on-ropewalk-street.txt").read_bytes()
    tree.joinpath("2026-11-01-one.md").write_bytes(raw)
    import_seeds(tree, root="other")
    paths = {made.path: made.outcome for made in exporting.seed_files(Article.objects.all())}
    assert paths == {
        f"2026-11-01-one-{article.pk}.md": ExportOutcome.NEW,
        "2026-11-01-one.md": ExportOutcome.IDENTICAL,
    }


@pytest.mark.django_db
def test_a_long_name_of_a_new_file_is_one_that_every_disk_takes(tmp_path):
    article = make_article(title="\U00020000" * 100)
    assert export(tmp_path)[ExportOutcome.NEW] == 1
    made = exporting.seed_file(article, article_state.read_state(article).content, None)
    assert made.path == f"2026-11-01-{chr(0x20000) * 50}.md"
    assert list(files_below(tmp_path)) == [made.path]


@pytest.mark.django_db
def test_what_would_not_read_back_is_not_written(monkeypatch, tmp_path):
    article = make_article()
    monkeypatch.setattr(exporting.writer, "canonical", lambda wanted: b"---\ntitle: wrong\n---\n")
    made = exporting.seed_file(article, article_state.read_state(article).content, None)
    assert (made.outcome, made.raw) == (ExportOutcome.FAILED, None)


@pytest.mark.django_db
@pytest.mark.parametrize("extra", ["{not JSON", "[1]", '{"a": 1'])
def test_unknown_keys_that_are_no_mapping_fail_their_article_alone(extra):
    whole, damaged = make_article(), make_article()
    Article.objects.filter(pk=damaged.pk).update(extra=extra)
    outcomes = {made.article: made.outcome for made in exporting.seed_files(Article.objects.all())}
    assert outcomes == {whole.pk: ExportOutcome.NEW, damaged.pk: ExportOutcome.FAILED}


@pytest.mark.django_db
def test_damaged_rows_fail_their_article_alone_and_say_so():
    coverage = [{"title": "Theirs", "web_url": "https://other.example/1"}]
    whole, damaged = make_article(), make_article(related=coverage)
    RelatedArticle.objects.update(images=[1])
    first, second = exporting.seed_files(Article.objects.all())
    assert (first.article, first.outcome) == (whole.pk, ExportOutcome.NEW)
    assert (second.article, second.outcome) == (damaged.pk, ExportOutcome.FAILED)
    assert "damaged rows" in second.message


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["../out.md", "/out.md", "a/../../b.md", ""])
def test_a_path_that_leaves_the_folder_is_told_before_anything_is_written(tmp_path, path):
    tmp_path.joinpath("x.md").write_bytes(SEEDS.joinpath("market-on-ropewalk-street.txt").read_bytes())
    import_seeds(tmp_path)
    Source.objects.update(path=path)
    (made,) = exporting.seed_files(Article.objects.all())
    assert (made.outcome, made.raw) == (ExportOutcome.FAILED, None)
    assert "leaves the folder" in made.message


@pytest.mark.django_db
def test_queries_do_not_grow_with_the_number_of_articles(django_assert_max_num_queries):
    for _ in range(10):
        make_article(topics=["t"])
    with django_assert_max_num_queries(10):
        assert len(list(exporting.seed_files(Article.objects.all()))) == 10
