"""docs/seed-format.md promises which key is which column, form field and filter; this holds it to the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from articles import models
from articles.admin.article_form.forms import ImageForm
from articles.admin.article_form.typed_state import ArticleEditor
from articles.filters import DeskFilterSet
from articles.models import Article, ArticleImage
from articles.seedfile import schema

DOCUMENT = Path(__file__).parent.parent / "docs" / "seed-format.md"
ROW = re.compile(
    r"^\| (?P<key>[^|]+) \| `(?P<attribute>\w+)` \| (?P<column>[^|]+) \| (?P<form>[^|]+) \| (?P<filter>[^|]+) \|$", re.M
)
NAMES = re.compile(r"`(\w+)`")


def rows() -> list[re.Match[str]]:
    return list(ROW.finditer(DOCUMENT.read_text(encoding="utf-8")))


def test_the_table_names_every_field_of_the_schema_once():
    assert sorted(row["attribute"] for row in rows()) == sorted(schema.FIELDS)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["attribute"])
def test_the_key_is_the_one_that_files_use(row):
    if row["attribute"] in ("body", "extra"):
        assert row["attribute"] not in schema.attributes_of(schema.ArticleContent).values()
    else:
        assert row["key"] == f"`{schema.seed_key(row['attribute'])}`"


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["attribute"])
def test_the_column_exists(row):
    names = NAMES.findall(row["column"])
    if row["column"].startswith("rows of"):
        assert names[0] in models.__all__
        return
    assert set(names) <= {field.name for field in Article._meta.get_fields()}


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["attribute"])
def test_the_form_field_exists(row):
    editor = ArticleEditor(None, version=0)
    fields = {*editor.form.fields, "images", "related"}
    if row["attribute"] in ("published", "secured", "extra"):
        assert row["attribute"] not in fields
        assert not NAMES.findall(row["form"])
    else:
        assert set(NAMES.findall(row["form"])) <= fields
        assert NAMES.findall(row["form"])


def test_every_key_of_a_picture_is_named_and_has_its_column_and_its_box():
    (line,) = re.findall(r"^\| `images` \| at most 50 of (.+) \|$", DOCUMENT.read_text(encoding="utf-8"), re.M)
    attributes = schema.attributes_of(schema.Image)
    assert set(NAMES.findall(line)) - {"true", "false"} == set(attributes)
    assert set(attributes.values()) <= {field.name for field in ArticleImage._meta.get_fields()}
    assert set(ImageForm.base_fields) == {*attributes.values(), "place"}


def test_columns_and_boxes_hold_as_much_as_the_schema():
    for name, most in schema.KEPT_TEXTS.items():
        model, form = (
            (Article, ArticleEditor(None, version=0).form) if name == "byline" else (ArticleImage, ImageForm())
        )
        assert model._meta.get_field(name).max_length == form.fields[name].max_length == most


OF_NO_KEY = {"came_back", "cause", "conflict"}
"""Filters by what the desk knows beside the content."""


def test_every_filter_is_named_and_every_name_is_a_filter():
    named = {name for row in rows() for name in NAMES.findall(row["filter"])}
    assert named == set(DeskFilterSet.base_filters) - OF_NO_KEY
