"""Broker, boxes, bridge and Home Assistant together."""

import announced
from ear import Ear
from home import HomeAssistant
from household import Household
from parts import Bridge, Broker, eventually


class World:
    """One of each, in one folder."""

    def __init__(self, program, cache, folder, release):
        self.folder = folder
        self.broker = Broker(folder)
        self.broker.start()
        self.ear = Ear(self.broker.port)
        self.household = Household(program, folder)
        self.home = HomeAssistant(cache, release, folder, self.broker)
        self.bridge = Bridge(program, folder, self.broker)

    def stop(self):
        for part in (self.bridge, self.home, self.household):
            part.stop()
        self.ear.close()
        self.broker.stop()

    def restart_bridge(self, **more):
        """The bridge begins anew, with another configuration."""
        self.bridge.stop()
        self.bridge.start(self.household.configuration(**more))

    def announced(self):
        return announced.entities(self.ear.held("homeassistant/"))

    def everything_is_there(self):
        """All boxes have told everything, and Home Assistant has all that is announced."""
        for box in self.household.boxes:
            self.ear.until(f"router2mqtt/{box}/availability", "online", 60)
        told = [None, None]

        def complete():
            told[:] = [told[1], self.announced().keys()]
            # A poll later there is nothing new.
            return told[0] == told[1] == self.home.entities().keys()

        eventually("all that is announced is registered", complete, 60, 3.5)

    def enabled(self, box=None):
        """The ids of what has a state: all, or what depends on a box."""
        depends = [f"router2mqtt/{box}/availability"] if box else []
        return [e.def_ent_id for e in self.announced().values() if e.enabled and set(depends) <= set(e.availability)]

    def away(self, box=None):
        """Whether everything, or all of a box, is unavailable."""
        states, ids = self.home.states(), self.enabled(box)
        return bool(ids) and all(states[id]["state"] == "unavailable" for id in ids)

    def back(self, box=None):
        """Whether everything, or all of a box, is available."""
        states, ids = self.home.states(), self.enabled(box)
        return bool(ids) and not any(states[id]["state"] == "unavailable" for id in ids)

    def ordered(self, box, action, since):
        """How the box fared with an order."""

        def ends(told):
            return told["action"] == action and told["state"] in ("done", "failed", "refused")

        told = self.ear.until_heard(f"{action} comes to an end", f"router2mqtt/{box}/result", ends, since, 90)
        assert told["state"] == "done", told
