"""The article schema: `ArticleContent` and its parts, as values without a database.

Attribute names are column names; each alias is the seed's key. `extra` keeps a part's unknown keys as ordered JSON text
("" for none), so that nothing in a file is lost.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Self, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

from articles.seedfile import limits, scalars
from articles.seedfile.addresses import optional_web_address, web_address


def _entries(value: object) -> object:
    return () if scalars.is_null(value) else value


def _none(value: object) -> object:
    return None if scalars.is_null(value) else value


def _kept_line(value: object) -> str:
    """YAML's null words don't count as text even in quotes: kept among unknown keys, the two look the same."""
    text = scalars.line(value)
    return "" if text in scalars.NULLS else text


def _without_repeats(topics: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(topics))


def _optional_whole_number(value: object) -> int | None:
    return None if scalars.is_null(value) else scalars.whole_number(value)


def _within_a_file(body: str) -> str:
    size = len(body) if body.isascii() else len(body.encode())
    if size > limits.BODY_BYTES:
        raise ValueError(f"is {size:,} bytes long; shorten it to {limits.BODY_BYTES:,}")
    return body


_line = BeforeValidator(scalars.line)
_filled_line = BeforeValidator(scalars.filled_line)
_text = BeforeValidator(scalars.text)
_list = BeforeValidator(_entries)
_whole_number = BeforeValidator(scalars.whole_number)
_kept_text = BeforeValidator(_kept_line)

Title = Annotated[str, Field(min_length=1, max_length=limits.TITLE), _filled_line]
Excerpt = Annotated[str, Field(max_length=limits.EXCERPT), _text]
Byline = Annotated[str, Field(max_length=limits.BYLINE), _kept_text]
Body = Annotated[str, Field(max_length=limits.BODY), _text, AfterValidator(_within_a_file)]
Secured = Annotated[str, Field(max_length=limits.SECURED), _text]
CategoryName = Annotated[str, Field(max_length=limits.CATEGORY), _line]
TopicName = Annotated[str, Field(min_length=1, max_length=limits.TOPIC), _filled_line]
ProviderName = Annotated[str, Field(min_length=1, max_length=limits.PROVIDER_NAME), _filled_line]
ProviderDomain = Annotated[str, Field(max_length=limits.PROVIDER_DOMAIN), _line]
TypeName = Annotated[str, Field(min_length=1, max_length=limits.TYPE), _filled_line]
OptionalTypeName = Annotated[str, Field(max_length=limits.TYPE), _line]
Address = Annotated[str, Field(max_length=limits.ADDRESS), BeforeValidator(web_address)]
OptionalAddress = Annotated[str, Field(max_length=limits.ADDRESS), BeforeValidator(optional_web_address)]
Alt = Annotated[str, Field(max_length=limits.ALT), _kept_text]
Caption = Annotated[str, Field(max_length=limits.CAPTION), _kept_text]
Credit = Annotated[str, Field(max_length=limits.CREDIT), _kept_text]
Moment = Annotated[datetime, BeforeValidator(scalars.moment)]
OptionalMoment = Annotated[datetime | None, BeforeValidator(scalars.optional_moment)]
Flag = Annotated[bool, BeforeValidator(scalars.flag)]
Quality = Annotated[int, Field(ge=limits.QUALITY[0], le=limits.QUALITY[1]), _whole_number]
Heat = Annotated[int, Field(ge=limits.HEAT[0], le=limits.HEAT[1]), _whole_number]
Pixels = Annotated[
    Annotated[int, Field(ge=limits.PIXELS[0], le=limits.PIXELS[1])] | None, BeforeValidator(_optional_whole_number)
]


PartT = TypeVar("PartT", bound="Part")


class Part(BaseModel):
    """Base of a seed's parts: immutable, built from attribute names or seed keys, keeps `extra`."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, extra="forbid")

    extra: str = ""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Builds without validation, from complete values that were validated before (from a row or another
        process)."""
        return _rebuilt(cls, {name: values[name] for name in cls.model_fields})

    def __reduce__(self) -> tuple[Any, ...]:
        """Unpickles a third faster than pydantic's own state."""
        return _rebuilt, (type(self), self.__dict__)


def _rebuilt(part: type[PartT], values: dict[str, Any]) -> PartT:
    made = part.__new__(part)
    object.__setattr__(made, "__dict__", values)
    object.__setattr__(made, "__pydantic_fields_set__", set(values))
    object.__setattr__(made, "__pydantic_extra__", None)
    object.__setattr__(made, "__pydantic_private__", None)
    return made


class Provider(Part):
    name: ProviderName
    domain: ProviderDomain = ""


class Image(Part):
    url: Address
    width: Pixels = None
    height: Pixels = None
    is_cached: Flag = Field(default=False, alias="isCached")
    alt: Alt = ""
    caption: Caption = ""
    credit: Credit = ""


Images = Annotated[tuple[Image, ...], Field(max_length=limits.IMAGES), _list]


class Related(Part):
    """One entry of an article's coverage: the same story at another provider."""

    title: Title
    excerpt: Excerpt = ""
    published_at: OptionalMoment = Field(default=None, alias="publishedDateTime")
    web_url: Address = Field(alias="webUrl")
    type: OptionalTypeName = ""
    provider: Annotated[Provider | None, BeforeValidator(_none)] = None
    quality: Quality = 0
    images: Images = ()


Topics = Annotated[tuple[TopicName, ...], Field(max_length=limits.TOPICS), _list, AfterValidator(_without_repeats)]
Coverage = Annotated[tuple[Related, ...], Field(max_length=limits.RELATED), _list]


class ArticleContent(Part):
    """An article's fields as one value, free of the database; the only thing a file holds."""

    category: CategoryName = ""
    title: Title
    excerpt: Excerpt = ""
    byline: Byline = ""
    published_at: Moment = Field(alias="publishedDateTime")
    original_url: OptionalAddress = Field(default="", alias="originalUrl")
    web_url: Address = Field(alias="webUrl")
    type: TypeName
    quality: Quality = 0
    heat: Heat = -1
    published: Flag = False
    provider: Provider
    topics: Topics = ()
    images: Images = ()
    related: Coverage = ()
    secured: Secured = ""
    body: Body = ""


FIELDS: tuple[str, ...] = tuple(sorted(ArticleContent.model_fields, key="extra".__eq__))
"""The content's fields in the order of the seed's keys, `extra` last."""


KEPT_TEXTS = {"byline": limits.BYLINE, "alt": limits.ALT, "caption": limits.CAPTION, "credit": limits.CREDIT}
"""Texts that older readers kept among the unknown keys, with their maximum lengths. An invalid value stays there and
does not reject the file; an empty text is not written."""


def misfit(attribute: str, value: object) -> str:
    """Why a value of KEPT_TEXTS stays an unknown key; "" for a valid one, and for other attributes."""
    if attribute not in KEPT_TEXTS:
        return ""
    plain = _json_scalar(value) if type(value) is scalars.Plain else value
    if plain is not None and not isinstance(plain, str):
        return "is not text; put it in double quotes if it should be"
    length, most = len(_kept_line(value)), KEPT_TEXTS[attribute]
    return f"is {length:,} characters long; shorten it to {most:,}" if length > most else ""


def settled(part: PartT) -> PartT:
    """The part without the unknown keys that a known text has replaced."""
    lists = {name: tuple(map(settled, getattr(part, name))) for name in ("images", "related") if hasattr(part, name)}
    changes = {"extra": _without_replaced(part), **lists}
    changes = {name: value for name, value in changes.items() if value != getattr(part, name)}
    return part.model_copy(update=changes) if changes else part


def _without_replaced(part: Part) -> str:
    replaced = [key for key in KEPT_TEXTS if f'"{key}"' in part.extra and getattr(part, key, None)]
    if not replaced:
        return part.extra
    try:
        kept = {key: value for key, value in json.loads(part.extra).items() if key not in replaced}
    except (ValueError, AttributeError):  # a damaged row, which an export reports
        return part.extra
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")) if kept else ""


@cache
def attributes_of(part: type[Part]) -> dict[str, str]:
    """Seed keys of `part`, mapped to attributes."""
    names = (name for name in part.model_fields if name not in ("body", "extra"))
    return {seed_key(name, part): name for name in names}


def seed_key(attribute: str, part: type[Part] = ArticleContent) -> str:
    """The seed key of an attribute: `published_at` is `publishedDateTime`."""
    return part.model_fields[attribute].alias or attribute


def dump_field(field: str, value: Any) -> Any:
    """One field's value as JSON, in the seed's own keys, defaults left out (for revisions and receipts)."""
    return _adapter(field).dump_python(value, mode="json", by_alias=True, exclude_defaults=True)


def load_field(field: str, value: Any) -> Any:
    """The reverse of `dump_field`. Raises pydantic.ValidationError."""
    return _adapter(field).validate_python(value)


def extra_text(pairs: dict[str, Any]) -> str:
    """Unknown keys as ordered JSON text; "" when there are none."""
    return json.dumps(_json_value(pairs), ensure_ascii=False, separators=(",", ":")) if pairs else ""


def _json_value(value: Any) -> Any:
    if isinstance(value, dict):
        return {scalars.text(str(key)): _json_value(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_json_value(entry) for entry in value]
    return _json_scalar(value) if type(value) is scalars.Plain else scalars.text(value)


def _json_scalar(value: scalars.Plain) -> Any:
    """A plain scalar as a JSON number or flag if that round-trips, else as text."""
    if value in ("true", "false", "null"):
        return {"true": True, "false": False, "null": None}[value]
    try:
        return scalars.whole_number(value)
    except ValueError:
        return scalars.text(str(value))


@cache
def _adapter(field: str) -> TypeAdapter[Any]:
    info = ArticleContent.model_fields[field]
    annotated: Any = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
    return TypeAdapter(annotated)
