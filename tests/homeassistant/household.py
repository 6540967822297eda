"""The household of the tests: a simulated box of each family, and what its owner has written down."""

from parts import Box

# Configured id: family, what it is started with, and what it may be made to do.
BOXES = {
    "freebox": ("freebox", [], ["reboot", "wifi"]),
    "modem": ("hitron", [], ["reboot"]),
    "lte": ("huawei_hilink", [], ["reboot", "mobile_data"]),
    "b593": ("huawei_b593", [], ["reboot"]),
    "archer": ("tplink", [], ["reboot", "block"]),
    "portal": ("altibox", [], []),
}
NAMES = {
    "freebox": "Freebox",
    "modem": "Modem",
    "lte": "LTE router",
    "b593": "Cottage",
    "archer": "Archer",
    "portal": "Altibox",
}
# Devices that come and go with the time of day: what is known of them depends on it.
RESTLESS = {
    *(f"02005e1000{digits}" for digits in (43, 44, 46)),
    *(f"00005e0053{digits}" for digits in ("06", 43, 44, 45, 46, 48)),
    "02005e200003",
}
PEOPLE = {
    "alice": {
        "name": "Alice",
        "quota": "20 GB",
        "devices": ["02:00:5e:20:00:02", "02:00:5e:20:00:03", "00:00:5e:00:53:04", "00:00:5e:00:53:05"],
    },
    "bob": {"name": "Bob", "devices": ["02:00:5e:20:00:01", "02:5e:10:00:53:07"]},
}


class Household:
    """The boxes, and the configuration that goes with them."""

    def __init__(self, program, folder):
        self.boxes = {id: Box(program, folder, family, *words) for id, (family, words, _) in BOXES.items()}
        for box in self.boxes.values():
            box.start()

    def configuration(self, discovery="device", without=(), clients=None, **more):
        """What the owner has written down; `clients` are the devices of the Freebox that are tracked, all unless said."""
        routers = {id: self.router(id) for id in self.boxes if id not in without}
        if clients is not None:
            routers["freebox"]["clients"]["track"] = clients
        return {"timezone": "UTC", "people": PEOPLE, "routers": routers, "discovery": discovery, **more}

    def router(self, id):
        keys = {**self.boxes[id].keys, "name": NAMES[id], "every": "3s", "clients": {"randomised": True}}
        # What only an owner knows, and the time a verdict needs.
        keys["line"] = {"worse_after": 2, "better_after": 2}
        if allowed := BOXES[id][2]:
            keys["allow"] = allowed
        if id == "b593":
            keys["units"] = "kilobytes"
        if id == "lte":
            keys["quota"] = {"limit": "40 GB", "cycle": {"day": 1}, "thresholds": [80, 100]}
        return keys

    def stop(self):
        for box in self.boxes.values():
            box.stop()
