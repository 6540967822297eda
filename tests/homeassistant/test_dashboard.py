"""The dashboard for these boxes, in Home Assistant and in a browser; and what its pages look like."""

import re
from pathlib import Path

import pytest
import yaml
from browser import Browser
from parts import eventually

PATH = "router-boxes"
# A picture of the README stays small.
LIMIT = 300_000


@pytest.fixture(scope="module")
def dashboard(newest):
    made = yaml.safe_load(newest.bridge.ask("ha", "dashboard"))
    about = {"url_path": PATH, "title": "Routers", "icon": "mdi:router-network", "mode": "storage", "require_admin": False}
    newest.home.ask("lovelace/dashboards/create", **about, show_in_sidebar=True)
    newest.home.ask("lovelace/config/save", url_path=PATH, config=made)
    return made


@pytest.fixture(scope="module")
def browser(newest, dashboard):
    browser = Browser(newest.folder, newest.home)
    try:
        yield browser
    finally:
        browser.stop()


def entities(part):
    """Every entity id in a document."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key in ("entity", "entity_id") and isinstance(value, str):
                yield value
            else:
                yield from entities(value)
    elif isinstance(part, list):
        for value in part:
            if isinstance(value, str) and re.fullmatch(r"[a-z_]+\.[a-z0-9_]+", value):
                yield value
            else:
                yield from entities(value)


def test_every_entity_on_the_dashboard_exists(newest, dashboard):
    assert newest.home.ask("lovelace/config", url_path=PATH) == dashboard
    assert len(dashboard["views"]) == len(newest.household.boxes)
    states = newest.home.states()
    for view in dashboard["views"]:
        shown = set(entities(view))
        missing = sorted(id for id in shown if id not in states)
        assert len(shown) > 10 and not missing, f"{view['title']}: there is no {missing}"


def test_every_card_is_drawn(browser, dashboard):
    for view in dashboard["views"]:
        drawn(browser, view)


def drawn(browser, view, **size):
    """Opens a view, and waits for all of its cards; none of them may be a complaint."""
    browser.open(f"/{PATH}/{view['path']}", **size)
    cards = ", ".join(sorted({f"hui-{card['type']}-card" for card in view["cards"]}))
    eventually(f"{view['title']} is drawn", lambda: len(browser.all(cards)) >= len(view["cards"]), 60, 0.5)
    wrong = browser.all("hui-error-card, hui-warning, hui-warning-element")
    assert not wrong, f"{view['title']}: {wrong}"


def test_pictures_are_taken(newest, browser, dashboard, request, tmp_path):
    folder = Path(request.config.getoption("--images") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    device = newest.home.devices()["router2mqtt_freebox"]["id"]
    browser.open(f"/config/devices/device/{device}", height=1500)
    eventually("the page of the device is drawn", lambda: browser.all("ha-device-entities-card"), 60, 0.5)
    keep(browser, folder / "home-assistant-device.png")
    drawn(browser, next(view for view in dashboard["views"] if view["path"].endswith("freebox")), height=1500)
    keep(browser, folder / "home-assistant-dashboard.png")


def keep(browser, file):
    """Takes the picture once nothing moves any more."""
    last = []

    def still():
        last.append(browser.picture())
        return len(last) > 2 and abs(len(last[-1]) - len(last[-2])) < 2000 and last[-1]

    picture = eventually("the page stands still", still, 30, 1)
    assert 20_000 < len(picture) < LIMIT, f"{file.name} has {len(picture)} bytes"
    file.write_bytes(picture)
