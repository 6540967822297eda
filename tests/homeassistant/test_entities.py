"""What there is: every entity as it was announced, with the states that the bridge publishes and the boxes tell."""

import json
import re
import signal
import time
from datetime import UTC, datetime, timedelta

import registry
from parts import eventually

before = {}


def test_one_message_for_each_entity_is_understood(newest):
    newest.restart_bridge(discovery="component")
    newest.everything_is_there()
    assert not registry.differences(newest.announced(), newest.home.entities())
    before.update(newest.home.entities())


def test_an_upgrade_to_one_message_for_each_device_keeps_every_entity_and_its_history(newest):
    upgraded = datetime.now(UTC)
    newest.restart_bridge()
    eventually("the old messages are gone", lambda: not newest.ear.held("homeassistant/sensor/"), 60)
    newest.everything_is_there()
    after = newest.home.entities()
    lost = [id for id, entry in before.items() if after.get(id, {}).get("id") != entry["id"]]
    assert not lost, f"not the same entities any more: {lost[:20]}"
    eventually("everything is available again", newest.back)
    since = (upgraded - timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M:%SZ")
    path = f"/api/history/period/{since}?filter_entity_id=sensor.freebox_received&minimal_response&no_attributes"
    (history,) = newest.home.get(path)
    numbers = [part for part in history if re.fullmatch(r"[\d.]+", part["state"] or "")]
    moments = [datetime.fromisoformat(part["last_changed"]) for part in numbers]
    assert moments and moments[0] < upgraded < moments[-1], f"no history from before and after {upgraded}: {history}"


def test_every_announced_entity_is_registered_as_announced(newest):
    assert not registry.differences(newest.announced(), newest.home.entities())
    assert not registry.units(newest.announced(), newest.home.states())


def test_what_is_announced_is_what_the_reference_says(newest):
    assert not registry.unlike_the_reference(newest.announced())


def test_the_registry_is_the_golden_one(newest, request):
    lines = registry.golden(newest.home.entities(), newest.home.devices())
    registry.compare_golden("newest.txt", lines, request.config.getoption("--golden"))


def test_every_state_is_what_the_bridge_publishes(newest):
    assert not otherwise(newest)


def test_states_are_what_the_boxes_say(newest):
    for box in ("freebox", "archer"):
        # Words, and what is the same twice: the rest may be another a moment later.
        first, again = (json.loads(newest.bridge.ask("probe", box, "--format", "json"))["router"] for _ in range(2))
        steady = {key: value for key, value in first.items() if isinstance(value, (str, bool)) and again.get(key) == value}
        states, compared = newest.home.states(), 0
        for entity in newest.announced().values():
            key = re.search(r"value_json\.(\w+)", entity.val_tpl or "")
            if entity.enabled and entity.stat_t == f"router2mqtt/{box}/state" and key and key[1] in steady:
                value = steady[key[1]]
                wanted = {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)
                found = states[entity.def_ent_id]["state"]
                assert registry.same(found, wanted), f"{entity.def_ent_id} is {found}, and the box says {wanted}"
                compared += 1
        assert compared >= 3, f"too little to compare at {box}: {steady}"


def test_every_total_has_valid_statistics(newest):
    states = newest.home.states()
    totals = [e.def_ent_id for e in newest.announced().values() if e.enabled and e.stat_cla in ("total", "total_increasing")]
    counted = [id for id in totals if states[id]["state"] not in ("unknown", "unavailable")]
    known = {kept["statistic_id"]: kept for kept in newest.home.ask("recorder/list_statistic_ids")}
    missing = [id for id in counted if not known.get(id, {}).get("has_sum")]
    assert len(counted) > 20 and not missing, f"no statistics of {missing}"
    assert newest.home.ask("recorder/validate_statistics") == {}


def otherwise(world):
    """What Home Assistant shows otherwise than the bridge has published, while the bridge stands still."""
    world.bridge.send(signal.SIGSTOP)
    try:
        time.sleep(1)
        return registry.other_states(world.announced(), world.ear.held(), world.home.states())
    finally:
        world.bridge.send(signal.SIGCONT)
