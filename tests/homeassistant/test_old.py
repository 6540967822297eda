"""A Home Assistant that has to be told of each entity by itself."""

import registry
from test_entities import otherwise


def test_everything_is_announced_to_an_old_release(old):
    old.restart_bridge(discovery="component")
    old.everything_is_there()
    # It takes any word for a state.
    assert not registry.differences(old.announced(), old.home.entities(), unknown=["options"])
    assert not registry.units(old.announced(), old.home.states())


def test_an_old_release_shows_what_the_bridge_publishes(old):
    # It takes the word for an unknown text as the text itself.
    wrong = [line for line in otherwise(old) if not line.endswith(" is 'None' instead of 'unknown'")]
    assert not wrong
    assert old.home.ask("recorder/validate_statistics") == {}


def test_a_restart_goes_through_from_an_old_release(old):
    since = old.ear.now()
    old.home.do("button.press", entity_id="button.archer_reboot")
    old.ordered("archer", "reboot", since)
