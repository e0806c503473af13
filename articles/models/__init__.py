"""The models, one file per aggregate."""

from articles.models.article import Article, Cause
from articles.models.bulk import BulkAction, BulkEntry
from articles.models.conflict import Conflict, Reopening
from articles.models.history import ChangeSet, Look, Revision
from articles.models.importing import ImportOutcome, ImportRun, Root
from articles.models.parts import ArticleImage, ArticleTopic, RelatedArticle, SecuredPayload
from articles.models.source import EarlierSource, ExportedFile, Source, UndoneFile
from articles.models.taxonomy import Category, Provider, Topic
from articles.models.tombstone import Tombstone
from articles.models.user import Presence, User

__all__ = [
    "Article",
    "ArticleImage",
    "ArticleTopic",
    "BulkAction",
    "BulkEntry",
    "Category",
    "Cause",
    "ChangeSet",
    "Conflict",
    "EarlierSource",
    "ExportedFile",
    "ImportOutcome",
    "ImportRun",
    "Look",
    "Presence",
    "Provider",
    "RelatedArticle",
    "Reopening",
    "Revision",
    "Root",
    "SecuredPayload",
    "Source",
    "Tombstone",
    "Topic",
    "UndoneFile",
    "User",
]
