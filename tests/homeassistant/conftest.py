"""Options, the parts that the tests share, and the order of the tests: they are a story of one household."""

import shutil
from pathlib import Path

import pytest
from install import NEWEST, OLD
from world import World

ORDER = ["test_entities", "test_commands", "test_dashboard", "test_blueprints", "test_comings", "test_leaving", "test_old"]


def pytest_addoption(parser):
    parser.addoption("--program", required=True, help="the router2mqtt to test")
    parser.addoption("--cache", required=True, help="the folder that install.py has filled")
    parser.addoption("--golden", action="store_true", help="write the golden registry instead of comparing with it")
    parser.addoption("--images", help="write the screenshots into this folder, too")
    parser.addoption("--keep", help="keep logs, configuration and database in this folder")


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: ORDER.index(item.module.__name__))


@pytest.fixture(scope="session")
def folder(request, tmp_path_factory):
    """Where everything is."""
    keep = request.config.getoption("--keep")
    if not keep:
        return tmp_path_factory.mktemp("homeassistant")
    folder = Path(keep).absolute()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def lived_in(request, folder, release):
    """A world with this Home Assistant, until it is no longer needed."""
    program, cache = (Path(request.config.getoption(name)).absolute() for name in ("--program", "--cache"))
    place = folder / release
    place.mkdir()
    world = World(program, cache, place, release)
    try:
        world.home.start()
        yield world
    finally:
        world.stop()


@pytest.fixture(scope="package")
def newest(request, folder):
    """The newest Home Assistant."""
    yield from lived_in(request, folder, NEWEST)


@pytest.fixture(scope="module")
def old(request, folder):
    """One that does not know messages that announce a whole device."""
    yield from lived_in(request, folder, OLD)


@pytest.fixture(autouse=True)
def nobody_complains(request):
    """Whatever a test does, Home Assistant has nothing to say against it."""
    world = request.getfixturevalue("old" if "old" in request.fixturenames else "newest")
    mark = world.home.mark()
    yield
    complaints = world.home.complaints(mark)
    assert not complaints, "Home Assistant complains:\n" + "\n".join(complaints[:20])
