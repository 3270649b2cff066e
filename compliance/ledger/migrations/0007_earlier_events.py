"""Gives what was recorded before its place in the tree.

It's as good as the database was until today, and provable from the first checkpoint on.
"""

from django.db import migrations

from compliance.ledger.domain.canonical import EventFacts, content_compose, header_compose
from compliance.ledger.domain.events import Actor, ActorKind
from compliance.ledger.domain.merkle import leaf_hash
from compliance.ledger.domain.tiles import TILE_WIDTH, tile_root
from releaseconsole.kernel import randomness

_BATCH = 1000


def earlier_events_take(apps, schema_editor):
    alias = schema_editor.connection.alias
    events = apps.get_model("ledger", "AuditEvent").objects.using(alias).order_by("number")
    contents = apps.get_model("ledger", "AuditContent").objects.using(alias)
    disclosures = apps.get_model("ledger", "AuditDisclosure").objects.using(alias)
    leaves = apps.get_model("ledger", "AuditLeaf").objects.using(alias)
    hashes, last = [], 0
    while batch := list(events.filter(number__gt=last)[:_BATCH]):
        for event in batch:
            content, committed = content_compose(event.detail, salt=lambda: randomness.token_urlsafe(16))
            actor = Actor(ActorKind(event.actor_kind), event.actor_id)
            subject = (event.object_type, event.object_id)
            said = EventFacts(event.at, event.action, event.outcome, actor, event.app_id, subject)
            event.header = header_compose(said, content, event_id=randomness.token_id())
            event.leaf_hash = leaf_hash(event.header)
            contents.create(event_id=event.pk, content=content)
            for each in committed:
                disclosures.create(event_id=event.pk, name=each.name, salt=each.salt, value=each.value)
            leaves.create(sequence=len(hashes), number=event.pk, leaf_hash=event.leaf_hash)
            hashes.append(event.leaf_hash)
        events.model.objects.using(alias).bulk_update(batch, ["header", "leaf_hash"])
        last = batch[-1].pk
    tiles, level = apps.get_model("ledger", "AuditTile").objects.using(alias), 0
    while len(hashes) >= TILE_WIDTH:
        full = range(0, len(hashes) - TILE_WIDTH + 1, TILE_WIDTH)
        roots = [tile_root(b"".join(hashes[at : at + TILE_WIDTH])) for at in full]
        for index, (at, root) in enumerate(zip(full, roots, strict=True)):
            data = b"".join(hashes[at : at + TILE_WIDTH])
            tiles.create(level=level, index=index, data=data, root=root)
        hashes, level = roots, level + 1


class Migration(migrations.Migration):

    dependencies = [("ledger", "0006_tree")]

    operations = [migrations.RunPython(earlier_events_take, migrations.RunPython.noop, elidable=False)]
