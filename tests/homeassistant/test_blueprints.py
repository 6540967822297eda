"""Each blueprint, loaded as users load it, and set off by what the bridge really does."""

import json
import shutil
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from parts import eventually

BLUEPRINTS = Path(__file__).parents[2] / "ha" / "blueprints" / "automation" / "router2mqtt"
EVENTS = [f"event.{box}_event" for box in ("freebox", "modem", "lte", "archer")]
INPUTS = {
    "quota_warning": {"boxes": EVENTS, "percent": 80},
    "daily_summary": {"boxes": EVENTS},
    "new_device": {"boxes": EVENTS},
    "line_degraded": {"boxes": EVENTS},
    "reboot_on_dead_wan": {"wan": "binary_sensor.freebox_wan", "restart": "button.freebox_reboot", "minutes": 0.02},
}


@pytest.fixture(scope="module")
def automations(newest):
    """One automation of each blueprint, which says on the broker what it has to say."""
    shutil.copytree(BLUEPRINTS, newest.home.folder / "blueprints" / "automation" / "router2mqtt", dirs_exist_ok=True)
    automations = []
    for name, inputs in INPUTS.items():
        say = {"action": "mqtt.publish", "data": {"topic": f"test/{name}", "payload": "{{ title }}\n{{ message }}"}}
        use = {"path": f"router2mqtt/{name}.yaml", "input": {**inputs, "actions": [say]}}
        automations.append({"id": name, "alias": name, "use_blueprint": use})
    (newest.home.folder / "automations.yaml").write_text(json.dumps(automations))
    # The summary of the day comes with the next full minute that the bridge is awake for.
    summed_up = datetime.now(UTC) + timedelta(seconds=75)
    newest.restart_bridge(summary={"at": summed_up.strftime("%H:%M")})
    eventually("all is back", newest.back, 60)
    newest.home.do("automation.reload")
    eventually("all are loaded", lambda: all(newest.home.state(f"automation.{name}") == "on" for name in INPUTS))


def said(world, name, since, patience=30):
    """What an automation said."""

    def look():
        return [payload for topic, payload in world.ear.said[since:] if topic == f"test/{name}"]

    return eventually(f"{name} speaks", look, patience)


def test_every_blueprint_is_tried():
    assert {file.stem for file in BLUEPRINTS.glob("*.yaml")} == INPUTS.keys()


def test_home_assistant_loads_them(newest, automations):
    listed = newest.home.ask("blueprint/list", domain="automation")
    for name in INPUTS:
        found = listed[f"router2mqtt/{name}.yaml"]
        assert "error" not in found and found["metadata"]["name"].startswith("router2mqtt: "), found


def test_a_used_up_plan_is_told(newest, automations):
    since = newest.ear.now()
    newest.ear.say("router2mqtt/lte/command", {"action": "set_used", "amount": "33 GB"})
    (warning,) = said(newest, "quota_warning", since)
    assert warning.startswith("80 % of the quota of ") and " of 40.0 GB at LTE router." in warning, warning


def test_a_line_that_degrades_is_told_and_that_it_is_well_again(newest, automations):
    modem = newest.household.boxes["modem"]
    for words in (["--fault", "degraded-line"], []):
        since = newest.ear.now()
        modem.stop()
        modem.start(*words)
        newest.ear.say("router2mqtt/modem/command", "refresh")
        told = said(newest, "line_degraded", since, 60)[0]
        assert told.startswith("The line at Modem is "), told


def test_a_new_device_is_told(newest, automations):
    since = newest.ear.now()
    message = {"mac": "00005e005399", "name": "guest", "vendor": None, "ip": "192.168.1.99"}
    now = datetime.now(UTC).isoformat()
    newest.ear.say("router2mqtt/freebox/event", {"event_type": "new_client", "at": now, **message})
    assert said(newest, "new_device", since) == ["New device at Freebox\nguest, 00005e005399, 192.168.1.99"]


def test_a_dead_connection_restarts_the_box_once(newest, automations):
    state = json.loads(newest.ear.held()["router2mqtt/freebox/state"])
    assert state["wan"] is True
    for times in (1, 0):
        since = newest.ear.now()
        # A bridge that stands still does not contradict: the box says that its connection is down.
        newest.bridge.send(signal.SIGSTOP)
        for up in (True, False):
            newest.ear.say("router2mqtt/freebox/state", {**state, "wan": up}, retain=True)
            newest.home.until("binary_sensor.freebox_wan", "on" if up else "off")
        if times:
            assert said(newest, "reboot_on_dead_wan", since) == [
                "Freebox is restarted\nIts connection was down for 0.02 minutes."
            ]
        newest.bridge.send(signal.SIGCONT)
        newest.home.until("binary_sensor.freebox_wan", "on", 60)
        if times:
            newest.ordered("freebox", "reboot", since)
        pressed = [topic for topic, _ in newest.ear.said[since:] if topic == "router2mqtt/freebox/command/reboot"]
        assert len(pressed) == times, pressed


def test_the_summary_of_the_day_is_handed_on(newest, automations):
    summary = said(newest, "daily_summary", 0, 120)[0]
    assert ": the day\n" in summary and len(summary.splitlines()[1]) > 20, summary
