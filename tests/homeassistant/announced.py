"""What the bridge says there is: its discovery messages, whatever their layout, and its reference for people."""

import json
import re
from pathlib import Path

import jinja2

REFERENCE = Path(__file__).parents[2] / "docs" / "reference.md"
# What is no metric, and so not in the tables.
OTHERS = {"problem", "last_error", "event", "presence", "firmware_update", "history_problem", "history_size", "internet_access"}

templates = jinja2.Environment(autoescape=False)
templates.filters["to_json"] = json.dumps


class Entity:
    """One entity, as announced."""

    def __init__(self, key, fields, device, availability):
        self.key, self.fields, self.device = key, fields, device
        self.platform, self.unique_id = fields["p"], fields["uniq_id"]
        self.availability = [entry["t"] for entry in fields.get("avty", availability)]

    def __getattr__(self, name):
        """A field by its abbreviation; nothing where it is not sent."""
        return self.fields.get(name)

    @property
    def enabled(self):
        return self.fields.get("en", True)

    def state(self, retained):
        """What Home Assistant has to show, from what is retained; nothing where that is not a matter of one template."""
        if not all(retained.get(topic) == "online" for topic in self.availability):
            return "unavailable"
        payload = retained.get(self.stat_t)
        if payload is None or self.platform in ("event", "update", "button"):
            return None
        document = json.loads(payload) if payload.startswith("{") else None
        text = templates.from_string(self.val_tpl).render(value_json=document) if self.val_tpl else payload
        if text == "None":
            return "unknown"
        on, off = (self.stat_on, self.stat_off) if self.platform == "switch" else (self.pl_on, self.pl_off)
        return {on: "on", off: "off"}.get(text, text) if self.platform in ("switch", "binary_sensor") else text


def entities(retained, prefix="homeassistant/"):
    """All that is announced, by unique id."""
    found = []
    for topic, payload in retained.items():
        if not topic.startswith(prefix) or not topic.endswith("/config"):
            continue
        message = json.loads(payload)
        if "cmps" in message:
            for key, fields in message["cmps"].items():
                found.append(Entity(key, fields, message["dev"], message["avty"]))
        else:
            _, platform, _, key, _ = topic.split("/")
            found.append(Entity(key, {"p": platform, **message}, message["dev"], ()))
    ids = [entity.unique_id for entity in found]
    assert len(ids) == len(set(ids)), "two entities are announced with one unique id"
    return {entity.unique_id: entity for entity in found}


def reference():
    """The tables of the reference: key and title to name, unit, and what Home Assistant makes of it."""
    rows, title = {}, None
    for line in REFERENCE.read_text().splitlines():
        if line.startswith("### "):
            title = line[4:]
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if title and len(cells) == 6 and (key := re.fullmatch(r"`(\w+)`", cells[0])):
            rows.setdefault(key[1], {})[title] = {"name": cells[1], "unit": cells[2] or None, "shown": cells[4].split(", ")}
    return rows
