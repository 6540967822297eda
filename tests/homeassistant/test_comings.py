"""Unavailable when something is gone, and back when it is back."""

import pytest
import registry
from parts import eventually
from test_entities import otherwise


def test_a_lost_box_is_unavailable_and_its_problem_is_not(newest):
    newest.household.boxes["lte"].kill()
    eventually("the box is unavailable", lambda: newest.away("lte"), 60)
    assert newest.home.state("binary_sensor.lte_problem") == "on"
    assert newest.home.state("sensor.lte_last_error") not in ("none", "unavailable", "unknown")
    assert newest.home.state("button.lte_refresh") != "unavailable"
    assert newest.back("freebox"), "another box has nothing to do with it"
    newest.household.boxes["lte"].start()
    newest.home.do("button.press", entity_id="button.lte_refresh")
    eventually("the box is back", lambda: newest.back("lte"), 60)
    newest.home.until("binary_sensor.lte_problem", "off")


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_everything_is_unavailable_without_the_bridge(newest, end):
    getattr(newest.bridge, end)()
    eventually(f"all is unavailable after {end}", newest.away)
    if end == "kill":
        # The LTE router has room for one, and keeps the place of the dead for minutes; restarted, it has forgotten them.
        newest.household.boxes["lte"].stop()
        newest.household.boxes["lte"].start()
    newest.restart_bridge()
    eventually("all is back", newest.back, 60)


# The bridge alone is restarted all the time. Of all three, each two come back in both orders.
ORDERS = [["broker"], ["home"], ["broker", "home", "bridge"], ["bridge", "broker", "home"], ["home", "bridge", "broker"]]


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_all_is_back_after_restarts_in_any_order(newest, order):
    start = {"broker": newest.broker.start, "home": newest.home.begin, "bridge": newest.restart_bridge}
    for name in reversed(order):
        getattr(newest, name).stop()
    for name in order:
        start[name]()
    newest.home.settle()
    eventually("all is back", newest.back, 60)


def test_nothing_has_changed_by_all_that(newest):
    newest.everything_is_there()
    assert not registry.differences(newest.announced(), newest.home.entities())
    assert not otherwise(newest)
