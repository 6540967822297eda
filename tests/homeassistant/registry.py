"""Home Assistant's registries beside what was announced."""

import difflib
import re
from datetime import datetime
from pathlib import Path

from announced import OTHERS, reference
from household import RESTLESS

GOLDEN = Path(__file__).parent / "golden"
# Which table of the reference a state topic belongs to.
TABLES = {
    "state": "Router", "channel/down": "Downstream", "channel/up": "Upstream", "port": "Port", "radio": "Wi-Fi",
    "sensor": "Sensor", "fan": "Fan", "disk": "Disk", "client": "Client", "person": "Person",
}  # fmt: skip
# Addresses that are nobody's: locally administered, or set aside for documentation.
MADE_UP = re.compile(r"^(.[26ae]|00005e0053)", re.IGNORECASE)


def differences(announced, registered, unknown=()):
    """What Home Assistant has registered otherwise than announced; nothing, if all is well. What a release does not know, it
    cannot register."""
    wrong = [f"{id}: announced, but not registered" for id in announced.keys() - registered.keys()]
    wrong += [f"{id}: registered, but not announced" for id in registered.keys() - announced.keys()]
    for id in announced.keys() & registered.keys():
        entity, entry = announced[id], registered[id]
        capabilities = entry["capabilities"] or {}
        pairs = {
            "entity id": (entity.def_ent_id, entry["entity_id"]),
            "name": (entity.name, entry["original_name"]),
            "device class": (entity.dev_cla, entry["original_device_class"]),
            "category": (entity.ent_cat, entry["entity_category"]),
            "icon": (entity.ic, entry["original_icon"]),
            "enabled": (entity.enabled, entry["disabled_by"] is None),
            "state class": (entity.stat_cla, capabilities.get("state_class")),
            "options": (entity.ops, capabilities.get("options")),
            "events": (entity.evt_typ, capabilities.get("event_types")),
        }
        wrong += [
            f"{id}: {what} {found!r} instead of {wanted!r}"
            for what, (wanted, found) in pairs.items()
            if wanted != found and what not in unknown
        ]
    return sorted(wrong)


def unlike_the_reference(announced):
    """What is announced otherwise than the reference says."""
    rows, wrong = reference(), []
    for id, entity in announced.items():
        if entity.platform not in ("sensor", "binary_sensor") or entity.key in OTHERS:
            continue
        below = entity.stat_t.split("/", 2)[2]
        table = TABLES[below if below == "state" else below.rsplit("/", 2)[0]]
        key = re.search(r"value_json\.(\w+)", entity.val_tpl)[1]
        if key == "firmware":
            # The box of the tables tells the newest one, too, and then an update entity takes the place of this one.
            continue
        row = rows.get(key, {}).get(table)
        if row is None:
            wrong.append(f"{id}: {key} is not in the table {table}")
            continue
        shown = [entity.platform, entity.dev_cla, entity.stat_cla, entity.ent_cat, None if entity.enabled else "off by default"]
        if [word for word in shown if word] != row["shown"] or entity.unit_of_meas != row["unit"]:
            wrong.append(f"{id}: {shown}, {entity.unit_of_meas} instead of {row}")
        if table in ("Router", "Client", "Person") and entity.name != row["name"]:
            wrong.append(f"{id}: called {entity.name} instead of {row['name']}")
    return sorted(wrong)


def units(announced, states):
    """What has another unit, or another class, in its state than announced."""
    wrong = []
    for entity in announced.values():
        state = states.get(entity.def_ent_id)
        if entity.enabled and state is None:
            wrong.append(f"{entity.def_ent_id}: has no state")
        if state is None or state["state"] in ("unavailable",):
            continue
        found = state["attributes"]
        pairs = {"unit_of_measurement": entity.unit_of_meas, "device_class": entity.dev_cla, "state_class": entity.stat_cla}
        wrong += [
            f"{entity.def_ent_id}: {key} {found.get(key)!r} instead of {wanted!r}"
            for key, wanted in pairs.items()
            if found.get(key) != wanted
        ]
    return sorted(wrong)


def other_states(announced, retained, states):
    """What shows another state than was published."""
    wrong = []
    for entity in announced.values():
        wanted = entity.state(retained)
        if entity.enabled and wanted is not None:
            found = states[entity.def_ent_id]["state"]
            if not same(found, wanted):
                wrong.append(f"{entity.def_ent_id} is {found!r} instead of {wanted!r}")
    return sorted(wrong)


def same(found, wanted):
    """Whether two states are the same; numbers and moments can be written in several ways."""
    for meaning in (str, float, lambda text: datetime.fromisoformat(text).replace(microsecond=0)):
        try:
            if meaning(found) == meaning(wanted):
                return True
        except ValueError:
            pass
    return False


def golden(registered, devices):
    """The stable fields of the registries, one line each, without the devices that come and go."""
    by_id = {device["id"]: device for device in devices.values()}
    identity = {id: sorted(name for _, name in device["identifiers"])[0] for id, device in by_id.items()}
    lines = []
    for device in by_id.values():
        macs = sorted(mac for kind, mac in device["connections"] if kind == "mac")
        assert all(MADE_UP.match(mac.replace(":", "")) for mac in macs), f"a real address: {macs}"
        ids = sorted(name for _, name in device["identifiers"])
        told = [
            device["name"],
            device["manufacturer"],
            device["model"],
            device["sw_version"],
            identity.get(device["via_device_id"]),
        ]
        if len(ids) > 1:
            # What two boxes see is one device, and has the words of whoever spoke last.
            told = ["as seen by several"]
        words = ["+".join(ids), *told, "+".join(macs)]
        lines.append("device | " + " | ".join(word or "-" for word in words))
    for id, entry in registered.items():
        capabilities = entry["capabilities"] or {}
        words = [
            entry["entity_id"], id, identity[entry["device_id"]], entry["original_name"], entry["original_device_class"],
            capabilities.get("state_class"), entry.get("unit_of_measurement"), entry["entity_category"],
            entry["disabled_by"] and "disabled",
        ]  # fmt: skip
        lines.append(" | ".join(word or "-" for word in words))
    return sorted(line for line in lines if not any(mac in line for mac in RESTLESS))


def compare_golden(name, lines, write):
    """Compares with the file, or writes it."""
    file = GOLDEN / name
    if write:
        file.parent.mkdir(exist_ok=True)
        file.write_text("\n".join(lines) + "\n")
    known = file.read_text().splitlines()
    change = list(difflib.unified_diff(known, lines, str(file), "registered", lineterm="", n=0))
    assert not change, "the registry is not what it was (pytest --golden writes it anew):\n" + "\n".join(change[:60])
