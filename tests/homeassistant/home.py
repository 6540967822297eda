"""A real Home Assistant: started, set up as a user would by its own dialogues, and asked over its own interfaces."""

import contextlib
import json
import re
import secrets

import requests
import websocket
from parts import Process, eventually, free_port

CONFIGURATION = """
homeassistant:
  name: Test
  unit_system: metric
  time_zone: UTC
  country: 'NO'
  latitude: 59.9
  longitude: 10.7
  elevation: 10
http:
  server_host: 127.0.0.1
  server_port: {port}
logger:
  default: warning
  logs:
    homeassistant.components.mqtt: info
recorder:
  commit_interval: 1
frontend:
history:
logbook:
automation: !include automations.yaml
"""

# Who speaks up when a message does not suit: MQTT itself, the platforms, and what evaluates templates.
COMPLAINS = re.compile(
    r" (WARNING|ERROR|CRITICAL) .*\[homeassistant\.(components\.(mqtt|sensor|binary_sensor|button|device_tracker|event|"
    r"switch|update|recorder|automation|blueprint)|helpers\.(entity|template|script|event))"
)

# What it says of a broker that we have stopped.
LOST = re.compile(r"mqtt\.client\] .*(The connection was lost|Connection refused|not connected|Disconnected)")


class Refused(ValueError):
    """Home Assistant answered, and said no."""


class HomeAssistant(Process):
    """One release, with one folder."""

    def __init__(self, cache, release, folder, broker):
        super().__init__(folder / "homeassistant.log")
        self.hass, self.folder, self.broker = cache / release / "bin" / "hass", folder / "config", broker
        self.port, self.token = free_port(), None
        self.web = requests.Session()
        self.web.trust_env = False
        self.folder.mkdir()
        (self.folder / "configuration.yaml").write_text(CONFIGURATION.format(port=self.port))
        (self.folder / "automations.yaml").write_text("[]\n")
        # Searching the network for devices is not what is tested.
        self.store("core.network", 1, {"configured_adapters": ["lo"]})
        # Nor what else a house is offered that is moved into.
        self.store("onboarding", 4, {"done": ["core_config", "analytics", "integration"]})

    def store(self, key, version, data):
        """What it is to find in its own storage at its first start."""
        place = self.folder / ".storage"
        place.mkdir(exist_ok=True)
        document = {"version": version, "minor_version": 1, "key": key, "data": data}
        (place / key).write_text(json.dumps(document))

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    # Its life.

    def start(self):
        self.begin()
        self.settle()

    def begin(self):
        """Starts it; without a broker it does not come far."""
        self.run([self.hass, "-c", self.folder, "--skip-pip"])

    def settle(self):
        eventually("Home Assistant answers", self.answers, 120)
        if self.token is None:
            self.move_in()
        eventually("Home Assistant has started", lambda: self.get("/api/config")["state"] == "RUNNING", 120)
        with contextlib.suppress(Refused):
            # Newer releases have an address on trial.
            self.ask("http/config/promote")
        if not self.get("/api/config/config_entries/entry?domain=mqtt"):
            self.connect_mqtt()

    def answers(self):
        assert self.process.poll() is None, f"Home Assistant ended by itself, see {self.log}"
        return self.web.get(f"{self.url}/api/", timeout=5).status_code in (200, 401)

    def move_in(self):
        """The first user, and a token that stays valid."""
        client = f"{self.url}/"
        user = {"client_id": client, "name": "Test", "username": "test", "password": secrets.token_hex(), "language": "en"}
        code = self.post("/api/onboarding/users", user)["auth_code"]
        grant = {"grant_type": "authorization_code", "code": code, "client_id": client}
        self.token = self.web.post(f"{self.url}/auth/token", data=grant, timeout=30).json()["access_token"]
        self.token = self.ask("auth/long_lived_access_token", client_name="test", lifespan=30)

    def connect_mqtt(self):
        """The dialogue of the MQTT integration, whose fields differ between releases."""
        known = {
            "broker": "127.0.0.1",
            "port": self.broker.port,
            "set_client_cert": False,
            "set_ca_cert": "off",
            "transport": "tcp",
        }

        def filled(fields):
            form = {}
            for field in fields:
                name = field["name"]
                if "schema" in field:
                    form[name] = filled(field["schema"])
                elif name in known or (field.get("required") and "default" in field):
                    form[name] = known.get(name, field.get("default"))
            return form

        flow = self.post("/api/config/config_entries/flow", {"handler": "mqtt"})
        done = self.post(f"/api/config/config_entries/flow/{flow['flow_id']}", filled(flow["data_schema"]))
        assert done["type"] == "create_entry", done

    # Its interfaces.

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body):
        return self.call("POST", path, json=body)

    def call(self, method, path, **more):
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        answer = self.web.request(method, self.url + path, headers=headers, timeout=30, **more)
        if not answer.ok:
            raise Refused(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer.json()

    def ask(self, kind, **more):
        """One command over the websocket."""
        try:
            return self.over_the_websocket(kind, more)
        except websocket.WebSocketException as error:
            raise Refused(f"{kind}: {error}") from error

    def over_the_websocket(self, kind, more):
        line = websocket.create_connection(f"ws://127.0.0.1:{self.port}/api/websocket", timeout=30, http_no_proxy=["*"])
        with contextlib.closing(line):
            line.recv()
            line.send(json.dumps({"type": "auth", "access_token": self.token}))
            greeting = json.loads(line.recv())
            if greeting["type"] != "auth_ok":
                raise Refused(str(greeting))
            line.send(json.dumps({"id": 1, "type": kind, **more}))
            answer = json.loads(line.recv())
        if not answer["success"]:
            raise Refused(f"{kind}: {answer['error']}")
        return answer["result"]

    def do(self, service, **data):
        domain, name = service.split(".")
        return self.post(f"/api/services/{domain}/{name}", data)

    def states(self):
        return {state["entity_id"]: state for state in self.get("/api/states")}

    def state(self, entity_id):
        return self.get(f"/api/states/{entity_id}")["state"]

    def until(self, entity_id, state, patience=30):
        eventually(f"{entity_id} is {state}", lambda: self.state(entity_id) == state, patience)

    def entities(self):
        """The registry's entries of MQTT, by unique id, with everything that is known of them."""
        listed = self.ask("config/entity_registry/list")
        ids = [entry["entity_id"] for entry in listed if entry["platform"] == "mqtt"]
        full = self.ask("config/entity_registry/get_entries", entity_ids=ids)
        return {entry["unique_id"]: entry for entry in full.values()}

    def devices(self):
        """The registry's devices that MQTT knows, by each of their identifiers."""
        listed = self.ask("config/device_registry/list")
        return {name: device for device in listed for domain, name in device["identifiers"] if domain == "mqtt"}

    # Its log.

    def complaints(self, since=0):
        """What it did not like."""
        text = self.log.read_text(errors="replace")[since:]
        return [line for line in text.splitlines() if COMPLAINS.search(line) and not LOST.search(line)]

    def mark(self):
        return len(self.log.read_text(errors="replace"))
