"""Storing sightings: the state of the device, and a count."""

from collections.abc import Sequence

import msgspec

from updates.domain.device_state import state_after_sighting
from updates.domain.phi_marks import REFUSALS, PHIMark, phi_key
from updates.domain.rollups import CHECKED, Place, Rollups, rollup_key
from updates.domain.telemetry import Sighting, sighting_resolved
from updates.services.telemetry.catalogue import Keeping, catalogue_read
from updates.services.telemetry.counters import rollups_add
from updates.services.telemetry.devices import DeviceKey, DeviceStates
from updates.services.telemetry.suppressed import sightings_kept


def sightings_store(sightings: Sequence[Sighting]) -> int:
    """Store a batch inside the drain's transaction; returns how many were of apps that exist."""
    sightings = sightings_kept(sightings)
    states = DeviceStates({DeviceKey(sighting.app_id, sighting.device_id) for sighting in sightings})
    catalogue = catalogue_read(
        (sighting.app_id for sighting in sightings),
        {name for sighting in sightings for name in (sighting.version, sighting.native_version)}
        | states.versions_before(),
    )
    rollups = Rollups()
    stored = 0
    for told in sorted(sightings, key=lambda sighting: sighting.seen_at_ms):
        if told.app_id not in catalogue.apps:
            continue
        stored += 1
        kept = _kept(told, catalogue.apps[told.app_id])
        if kept.phi_mark:
            rollups[phi_key(kept.app_id, kept.seen_at_ms, kept.phi_mark)] += 1
        if kept.phi_mark in REFUSALS:
            continue
        sighting = sighting_resolved(kept, catalogue.versions[told.app_id])
        device = DeviceKey(sighting.app_id, sighting.device_id)
        states.put(device, state_after_sighting(states.of(device), sighting))
        if catalogue.counts(sighting.app_id, sighting.version):
            place = Place(sighting.channel, sighting.version)
            rollups[rollup_key(sighting.app_id, sighting.seen_at_ms, place, CHECKED)] += 1
    states.write(catalogue, rollups)
    rollups_add(rollups)
    return stored


def _kept(told: Sighting, keeping: Keeping) -> Sighting:
    """Drop what the app doesn't let us keep; it may have stopped letting us since the device asked."""
    if not told.custom_id and not told.attributes:
        return told
    return msgspec.structs.replace(
        told,
        phi_mark=PHIMark.CUSTOM_ID.value if keeping.handles_phi and told.custom_id else told.phi_mark,
        custom_id=keeping.custom_id_of(told.custom_id),
        attributes=keeping.attributes_of(told.attributes),
    )
