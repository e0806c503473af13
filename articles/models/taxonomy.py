"""Categories, topics and providers: the files' exact names, and how readers see them."""

from __future__ import annotations

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models

from articles.seedfile import limits


class Term(models.Model):
    """A name used by files. It never changes; readers see `label`, or the term that this one is shown as."""

    name = models.CharField(max_length=limits.TOPIC, editable=False)
    slug = models.SlugField(max_length=80, unique=True, editable=False, allow_unicode=True)
    label = models.CharField(max_length=200, blank=True, help_text="What readers see. Leave empty to show the name.")
    shown_as = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="shown_for",
        help_text="Readers see that name instead, as “AI” for “ai”.",
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def target(self) -> Self:
        """The term that readers see instead of this one."""
        target: Self | None = self.shown_as  # type: ignore[assignment]  # the stubs forget that "self" is the subclass
        return target or self

    @property
    def shown(self) -> str:
        """The name shown to readers."""
        return self.target.label or self.target.name

    def clean(self) -> None:
        super().clean()
        if self.shown_as is None:
            return
        if self.shown_as.pk == self.pk:
            raise ValidationError({"shown_as": "A name cannot be displayed as itself; leave this empty."})
        if self.shown_as.shown_as is not None:
            raise ValidationError({"shown_as": f"{self.shown_as} is displayed as another name; choose that one."})
        siblings: Any = type(self)._default_manager
        if self.pk and siblings.filter(shown_as=self.pk).exists():
            raise ValidationError({"shown_as": "Other names are displayed as this one; change those first."})


class Category(Term):
    class Meta:
        ordering = ["name"]
        verbose_name_plural = "categories"
        constraints = [models.UniqueConstraint(fields=["name"], name="category_name_unique")]


class Topic(Term):
    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["name"], name="topic_name_unique")]


class Provider(Term):
    domain = models.CharField(max_length=limits.PROVIDER_DOMAIN, blank=True, editable=False)

    class Meta:
        ordering = ["name", "domain"]
        constraints = [models.UniqueConstraint(fields=["name", "domain"], name="provider_name_domain_unique")]
