"""What can be done from Home Assistant, and what is told as an event."""

import pytest


# The Freebox is restarted by a blueprint, and twice within ten minutes would be refused.
@pytest.mark.parametrize("box", ["modem", "lte", "b593", "archer"])
def test_a_restart_goes_through(newest, box):
    boot = newest.home.states().get(f"sensor.{box}_last_boot", {}).get("state")
    since = newest.ear.now()
    newest.home.do("button.press", entity_id=f"button.{box}_reboot")
    newest.ordered(box, "reboot", since)
    if boot not in (None, "unknown"):
        newest.ear.until_heard("it is told", f"router2mqtt/{box}/event", lambda told: told["event_type"] == "box_rebooted", since)
        after = newest.home.state(f"sensor.{box}_last_boot")
        assert after > boot, f"the last boot is {after}, and was {boot}"
        assert newest.home.states()[f"event.{box}_event"]["attributes"]["event_type"] == "box_rebooted"


def test_other_buttons_are_done(newest):
    for action in ("refresh", "pause", "resume"):
        since = newest.ear.now()
        newest.home.do("button.press", entity_id=f"button.freebox_{action}")
        newest.ordered("freebox", action, since)


def test_switches_move_with_the_box(newest):
    for state in ("off", "on"):
        newest.home.do(f"switch.turn_{state}", entity_id="switch.freebox_wifi")
        newest.home.until("switch.freebox_wifi", state)
    access = next(id for id, e in newest.home.entities().items() if id.endswith("_internet_access"))
    entity_id = newest.home.entities()[access]["entity_id"]
    for state in ("off", "on"):
        newest.home.do(f"switch.turn_{state}", entity_id=entity_id)
        newest.home.until(entity_id, state)
