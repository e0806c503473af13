"""Bylines, alt texts, captions and credits that came in as unknown keys move to their columns, in revisions and conflicts
as well, as the reader has them from now on: what is no text, or too long a one, stays an unknown key.

Taken back, each becomes an unknown key again, behind the others.
"""

import json
import re

from django.db import migrations
from django.db.models import Q

AT_ONCE = 500
BYLINE = {'byline': 500}
PICTURE = {'alt': 2000, 'caption': 2000, 'credit': 500}
NONE = ('', '~', 'null', 'Null', 'NULL')
LINE_BREAKS = re.compile(r'[\t\n\r\u2028\u2029]\s*')


def move(apps, schema_editor):
    _rewrite(apps, 'Article', _holding('extra', BYLINE), ['extra', 'byline'], _move_byline)
    _rewrite(apps, 'ArticleImage', _holding('extra', PICTURE), ['extra', *PICTURE], _move_picture_texts)
    _rewrite(apps, 'RelatedArticle', _holding_within('images', PICTURE), ['images'], _move_in_pictures)
    _rewrite(apps, 'Revision', _holding_within('changes', BYLINE | PICTURE), ['changes'], _move_in_revision)
    held = _holding_within('base', BYLINE | PICTURE) | _holding_within('incoming', BYLINE | PICTURE)
    held |= _holding_within('current', BYLINE | PICTURE)
    _rewrite(apps, 'Conflict', held, ['field', 'base', 'incoming', 'current'], _move_in_conflict)


def put_back(apps, schema_editor):
    _put_back_bylines_of_conflicts(apps)
    _put_back_bylines_of_revisions(apps)
    _rewrite(apps, 'Article', ~Q(byline=''), ['extra', 'byline'], _put_back_byline)
    _rewrite(apps, 'ArticleImage', ~Q(alt='', caption='', credit=''), ['extra', *PICTURE], _put_back_picture_texts)
    _rewrite(apps, 'RelatedArticle', _holding('images', PICTURE), ['images'], _put_back_in_pictures)
    _rewrite(apps, 'Revision', _holding('changes', PICTURE), ['changes'], _put_back_in_revision)
    held = _holding('base', PICTURE) | _holding('incoming', PICTURE) | _holding('current', PICTURE)
    _rewrite(apps, 'Conflict', held, ['base', 'incoming', 'current'], _put_back_in_conflict)


def _rewrite(apps, name, rows_that, columns, change):
    """`change` may return more rows, which are added."""
    rows = apps.get_model('articles', name).objects.filter(rows_that).order_by('pk')
    last = 0
    while some := list(rows.filter(pk__gt=last).only('pk', *columns)[:AT_ONCE]):
        last = some[-1].pk
        added = [more for row in some for more in change(row) or ()]
        rows.model.objects.bulk_update(some, columns)
        rows.model.objects.bulk_create(added)


def _holding(column, keys):
    return _any_of(column, (f'"{key}"' for key in keys))


def _holding_within(column, keys):
    """In JSON that is a text of JSON."""
    return _any_of(column, (f'\\"{key}\\"' for key in keys))


def _any_of(column, parts):
    found = Q()
    for part in parts:
        found |= Q(**{f'{column}__contains': part})
    return found


def _taken_out(extra, keys):
    """The unknown keys that are left, and the texts by key."""
    try:
        pairs = json.loads(extra or '{}')
    except ValueError:
        return extra, {}
    if not isinstance(pairs, dict):
        return extra, {}
    lines = {key: _line(pairs[key]) for key in keys if key in pairs}
    texts = {key: line for key, line in lines.items() if line is not None and len(line) <= keys[key]}
    return (_extra({key: value for key, value in pairs.items() if key not in texts}), texts) if texts else (extra, {})


def _line(value):
    """None for what is no text."""
    if value is not None and not isinstance(value, str):
        return None
    line = LINE_BREAKS.sub(' ', (value or '').strip())
    return '' if line in NONE else line


def _extra(pairs):
    return json.dumps(pairs, ensure_ascii=False, separators=(',', ':')) if pairs else ''


def _joined(extra, texts):
    """The reverse of `_taken_out`; an empty text is no key."""
    texts = {key: text for key, text in texts.items() if text}
    return _extra(json.loads(extra or '{}') | texts) if texts else extra


def _json(value):
    return json.dumps(value, ensure_ascii=False)


def _move_byline(article):
    article.extra, texts = _taken_out(article.extra, BYLINE)
    article.byline = texts.get('byline', '')


def _move_picture_texts(picture):
    picture.extra, texts = _taken_out(picture.extra, PICTURE)
    for key, text in texts.items():
        setattr(picture, key, text)


def _put_back_byline(article):
    article.extra, article.byline = _joined(article.extra, {'byline': article.byline}), ''


def _put_back_picture_texts(picture):
    picture.extra = _joined(picture.extra, {key: getattr(picture, key) for key in PICTURE})


def _move_in_pictures(entry):
    entry.images = _json([_with_texts(picture) for picture in json.loads(entry.images)])


def _put_back_in_pictures(entry):
    entry.images = _json([_without_texts(picture) for picture in json.loads(entry.images)])


def _with_texts(picture):
    extra, texts = _taken_out(picture.get('extra', ''), PICTURE)
    kept = {key: value for key, value in picture.items() if key != 'extra'}
    return kept | {key: text for key, text in texts.items() if text} | ({'extra': extra} if extra else {})


def _without_texts(picture):
    kept = {key: value for key, value in picture.items() if key not in PICTURE and key != 'extra'}
    extra = _joined(picture.get('extra', ''), {key: picture[key] for key in PICTURE if key in picture})
    return kept | ({'extra': extra} if extra else {})


def _in_value(name, value, change):
    """A field's value with its pictures changed."""
    if name == 'images':
        return [change(picture) for picture in value]
    if name == 'related':
        return [entry | ({'images': _in_value('images', entry['images'], change)} if 'images' in entry else {})
                for entry in value]
    return value


def _move_in_revision(revision):
    values = {}
    for name, sides in json.loads(revision.changes).items():
        if name == 'extra':
            parted = [_taken_out(side, BYLINE) for side in sides]
            values['byline'] = [texts.get('byline', '') for _, texts in parted]
            values['extra'] = [extra for extra, _ in parted]
        else:
            values[name] = [_in_value(name, side, _with_texts) for side in sides]
    revision.changes = _json({name: sides for name, sides in values.items() if sides[0] != sides[1]})


def _put_back_in_revision(revision):
    values = json.loads(revision.changes)
    revision.changes = _json({
        name: [_in_value(name, side, _without_texts) for side in sides] for name, sides in values.items()
    })


SIDES = ('base', 'incoming', 'current')


def _move_in_conflict(conflict):
    """One about unknown keys may be one about the byline, or about both."""
    sides = [json.loads(getattr(conflict, side)) for side in SIDES]
    if conflict.field != 'extra':
        return _set_sides(conflict, [_in_value(conflict.field, side, _with_texts) for side in sides])
    parted = [_taken_out(side, BYLINE) for side in sides]
    extras = [extra for extra, _ in parted]
    bylines = [texts.get('byline', '') for _, texts in parted]
    if not _clash(*bylines):
        return _set_sides(conflict, extras)
    if not _clash(*extras):
        conflict.field = 'byline'
        return _set_sides(conflict, bylines)
    _set_sides(conflict, extras)
    also = ('article_id', 'opened_in_id', 'opened_at', 'outcome', 'closed_in_id', 'closed_at')
    added = type(conflict)(field='byline', **{name: getattr(conflict, name) for name in also})
    _set_sides(added, bylines)
    return [added]


def _clash(base, incoming, current):
    return incoming != base and current not in (base, incoming)


def _set_sides(conflict, values):
    for side, value in zip(SIDES, values):
        setattr(conflict, side, _json(value))


def _put_back_in_conflict(conflict):
    sides = [json.loads(getattr(conflict, side)) for side in SIDES]
    _set_sides(conflict, [_in_value(conflict.field, side, _without_texts) for side in sides])


def _put_back_bylines_of_conflicts(apps):
    """Beside what the article's other keys are now, or in the open conflict about those."""
    conflicts = apps.get_model('articles', 'Conflict').objects
    for conflict in conflicts.filter(field='byline').select_related('article').order_by('pk'):
        bylines = [{'byline': json.loads(getattr(conflict, side))} for side in SIDES]
        others = conflicts.filter(article=conflict.article, field='extra', closed_at=None)
        other = None if conflict.closed_at else others.first()
        if other:
            extras = [json.loads(getattr(other, side)) for side in SIDES]
            conflict.delete()
            conflict = other
        else:
            extras = [conflict.article.extra] * 3
        conflict.field = 'extra'
        _set_sides(conflict, map(_joined, extras, bylines))
        conflict.save()


def _put_back_bylines_of_revisions(apps):
    """Newest first, as each value of `extra` is the whole of it. Of a purged article nobody knows the other keys."""
    articles, revisions = apps.get_model('articles', 'Article').objects, apps.get_model('articles', 'Revision').objects
    named = revisions.filter(changes__contains='"byline": [').order_by('article_id').values_list('article_id', flat=True)
    for pk in named.distinct():
        now = articles.filter(pk=pk).values_list('extra', 'byline').first() or ('', '')
        history = revisions.filter(Q(changes__contains='"byline": [') | Q(changes__contains='"extra": ['), article_id=pk)
        for revision in history.order_by('-number'):
            values = json.loads(revision.changes)
            then = [values.pop(name, [side])[0] for name, side in zip(('extra', 'byline'), now)]
            whole = [_joined(extra, {'byline': byline}) for extra, byline in (then, now)]
            revision.changes = _json(values | ({'extra': whole} if whole[0] != whole[1] else {}))
            revision.save(update_fields=['changes'])
            now = then


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0025_byline_and_picture_texts'),
    ]

    operations = [
        migrations.RunPython(move, put_back),
    ]
