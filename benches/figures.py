"""The figures of a running bridge, measured from outside: against a private Mosquitto and simulated boxes.

    cargo build --release --no-default-features --target x86_64-unknown-linux-musl
    python3 benches/figures.py target/x86_64-unknown-linux-musl/release/router2mqtt [--runs N]

Prints one table. A figure beyond its target is printed, not a failure: how fast a machine is, is not for a test to say.
The exit code is 0 unless something could not be measured. What the figures mean is in docs/performance.md.
"""

import argparse
import contextlib
import http.client
import http.server
import json
import os
import queue
import re
import select
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

PATIENCE = 20.0
CONNECTED = "connected to the broker"
SETTLED = "the broker holds everything"
IDLE_SECONDS = 20
ROUNDS, COMMANDS = 3, 200
ENTITIES = 1000
DEVICES = 60
VILLAGE = ["freebox", "hitron", "huawei_b593", "huawei_hilink", "tplink"]
GUESTS = 160


class CannotMeasure(Exception):
    """Something is missing, or did not happen."""


class Process:
    """A process that ends with its `with`, by its own id and no other."""

    def __init__(self, command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        clean = {key: value for key, value in os.environ.items() if not key.startswith("ROUTER2MQTT")}
        self.began = time.monotonic()
        self.child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, env=clean, text=True
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end(signal.SIGTERM)

    def end(self, how):
        """Ends it; one that does not listen is killed."""
        if self.child.poll() is None:
            self.child.send_signal(how)
            try:
                self.child.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.child.kill()
        self.child.wait()


class Broker:
    """A Mosquitto that nobody else uses, and that keeps nothing: killed, it comes back empty."""

    def __init__(self, folder):
        self.program = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if not self.program:
            raise CannotMeasure("mosquitto is not installed")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            self.port = taken.getsockname()[1]
        self.file = os.path.join(folder, "mosquitto.conf")
        with open(self.file, "w", encoding="utf-8") as file:
            file.write(
                f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_dest none\n"
                "max_queued_messages 100000\n" + ("user root\n" if os.geteuid() == 0 else "")
            )
        self.process = None

    def __enter__(self):
        self.restart()
        return self

    def __exit__(self, *_):
        self.process.end(signal.SIGKILL)

    def restart(self):
        """Ends it as a power cut would, if it runs, and starts it with nothing in it."""
        if self.process:
            self.process.end(signal.SIGKILL)
        self.process = Process([self.program, "-c", self.file])
        eventually("mosquitto listens", self.listens)

    def listens(self):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    def retained(self):
        """Every message it holds, by topic."""
        with Client(self.port, "observer") as client:
            client.subscribe("#")
            # Retained messages come in order with what is published after the subscription.
            client.publish("figures/end", b"")
            held = {}
            while True:
                topic, payload = client.read(PATIENCE)
                if topic == "figures/end":
                    return held
                held[topic] = payload


class Bridge(Process):
    """`router2mqtt run`, and when it said what."""

    def __init__(self, binary, configuration, folder):
        file = os.path.join(folder, "router2mqtt.json")
        with open(file, "w", encoding="utf-8") as out:
            json.dump({**configuration, "data": os.path.join(folder, "data")}, out)
        super().__init__([binary, "run", "--config", file], stderr=subprocess.PIPE)
        self.lines = queue.Queue()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.child.stderr:
            self.lines.put((time.monotonic(), line.rstrip()))

    def wait_for(self, text):
        """The next line with this text in it, and when it came."""
        limit = time.monotonic() + PATIENCE
        said = []
        while True:
            try:
                moment, line = self.lines.get(timeout=max(0.0, limit - time.monotonic()))
            except queue.Empty:
                raise CannotMeasure(f"the bridge never said '{text}', but:\n" + "\n".join(said)) from None
            if text in line:
                return moment, line
            said.append(line)

    def settled(self):
        """Waits for the broker to be up to date: when, and by the bridge's own account, how long after the welcome."""
        moment, line = self.wait_for(SETTLED)
        return moment, float(re.search(r"after (\d+) ms", line)[1])

    def memory(self, field):
        """Megabytes."""
        with open(f"/proc/{self.child.pid}/status", encoding="ascii") as status:
            return int(re.search(rf"^{field}:\s+(\d+) kB", status.read(), re.M)[1]) * 1024 / 1e6


class Crowd(http.server.ThreadingHTTPServer):
    """Stands between the bridge and a simulated Freebox, and lets the box know so many more devices."""

    daemon_threads = True

    def __init__(self, url, guests):
        super().__init__(("127.0.0.1", 0), Visitor)
        self.box, self.guests = urllib.parse.urlsplit(url), guests
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def more(self, body):
        """The list of devices, with guests that are like the last one who is there."""
        answer = json.loads(body)
        known = [host for host in answer["result"] if host["active"] and host["l2ident"]["id"].startswith("00:")]
        text, mac = json.dumps(known[-1]), known[-1]["l2ident"]["id"]
        for number in range(self.guests):
            new = f"00:00:5E:00:{number >> 8:02X}:{number & 255:02X}"
            answer["result"].append(json.loads(text.replace(mac, new).replace(mac.lower(), new.lower())))
        return json.dumps(answer).encode()


class Visitor(http.server.BaseHTTPRequestHandler):
    """Passes a request on, and the answer back."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        length = int(self.headers.get("Content-Length", 0))
        box = http.client.HTTPConnection(self.server.box.hostname, self.server.box.port, PATIENCE)
        box.request(self.command, self.path, self.rfile.read(length), dict(self.headers))
        reply = box.getresponse()
        body = reply.read()
        if self.path.endswith("/lan/browser/pub/"):
            body = self.server.more(body)
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.headers["Content-Type"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        box.close()

    do_POST = do_GET

    def log_message(self, *_):
        """Nobody reads it."""


class Client:
    """As much of MQTT 3.1.1 as is needed here, all at QoS 0."""

    def __init__(self, port, name):
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = bytearray()
        self.send(0x10, self.text("MQTT") + b"\x04\x02\x00\x3c" + self.text(name))
        if self.packet(PATIENCE) != (0x20, b"\x00\x00"):
            raise CannotMeasure("the broker refuses the observer")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    @staticmethod
    def text(text):
        return len(text.encode()).to_bytes(2, "big") + text.encode()

    def send(self, kind, body):
        length, left = bytearray(), len(body)
        while True:
            left, digit = divmod(left, 128)
            length.append(digit | (0x80 if left else 0))
            if not left:
                break
        self.socket.sendall(bytes([kind]) + length + body)

    def subscribe(self, topic):
        """Subscribes. Messages may come before the confirmation, so nobody waits for it."""
        self.send(0x82, b"\x00\x01" + self.text(topic) + b"\x00")

    def publish(self, topic, payload):
        self.send(0x30, self.text(topic) + payload)

    def read(self, patience):
        """The next message: topic and payload."""
        limit = time.monotonic() + patience
        while True:
            kind, body = self.packet(limit - time.monotonic())
            if kind & 0xF0 == 0x30:
                end = 2 + int.from_bytes(body[:2], "big")
                return body[2:end].decode(), body[end + (2 if kind & 0x06 else 0) :]

    def packet(self, patience):
        limit = time.monotonic() + patience
        while not (packet := self.whole()):
            if not select.select([self.socket], [], [], max(0.0, limit - time.monotonic()))[0]:
                raise CannotMeasure("a message never came")
            received = self.socket.recv(65536)
            # Otherwise the broker may hold the next message back for 40 ms, until our kernel confirms this one.
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            if not received:
                raise CannotMeasure("the broker closed the connection")
            self.buffer += received
        return packet

    def whole(self):
        """Takes one packet off the buffer, if it is all there."""
        length = 0
        for position in range(1, min(5, len(self.buffer))):
            digit = self.buffer[position]
            length |= (digit & 0x7F) << 7 * (position - 1)
            if digit < 0x80:
                start, end = position + 1, position + 1 + length
                if len(self.buffer) < end:
                    return None
                packet = self.buffer[0], bytes(self.buffer[start:end])
                del self.buffer[:end]
                return packet
        return None


class Table:
    """What was measured."""

    def __init__(self):
        self.rows = []

    def add(self, figure, limit, unit, values):
        """A figure with its target, if it has one: the median of what was measured has to be within."""
        value = statistics.median(values)
        spread = f" [{min(values):.4g} {max(values):.4g}]" if len(values) > 1 else ""
        within = "" if limit is None else "yes" if value <= limit else "NO"
        target = "" if limit is None else f"<= {limit} {unit}"
        self.rows.append((figure, target, f"{value:.4g}{spread} {unit}", within))
        print(f"  {figure}: {value:.4g}{spread} {unit}", file=sys.stderr)

    def show(self):
        rows = [("figure", "target", "median [min max]", "within?"), *self.rows]
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        rows.insert(1, tuple("-" * width for width in widths))
        for row in rows:
            print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |")


class Figures:
    """A house with two simulated boxes and thirty devices, and what is measured in it."""

    def __init__(self, binary, runs, folder, stack):
        self.binary, self.runs, self.folder, self.table = binary, runs, folder, Table()
        self.broker = stack.enter_context(Broker(folder))
        # Devices with made-up addresses are counted, too: then it is thirty.
        everybody = {"clients": {"track": "all", "randomised": True}}
        freebox, modem = self.simulated(stack, "freebox"), self.simulated(stack, "hitron", "--tls")
        self.boxes = {"freebox": freebox | everybody, "modem": modem | everybody}

    def simulated(self, stack, *words):
        """Starts a simulated box; gives what belongs into the configuration for it."""
        box = stack.enter_context(Process([self.binary, "simulate", *words], stdout=subprocess.PIPE))
        return json.loads(box.child.stdout.readline())

    def bridge(self, name="house", boxes=None, **mqtt):
        """Starts a bridge with its own folder, which is kept from run to run."""
        folder = os.path.join(self.folder, name)
        os.makedirs(folder, exist_ok=True)
        mqtt["url"] = f"mqtt://127.0.0.1:{self.broker.port}"
        return Bridge(self.binary, {"mqtt": mqtt, "routers": boxes or self.boxes}, folder)

    def size(self):
        self.table.add("size of the program", 14, "MB", [os.path.getsize(self.binary) / 1e6])

    def idle(self):
        """Memory of a bridge that has been running for a while, and what it has brought to the broker by then."""
        self.memory("house", self.boxes, 20)

    def village(self, stack):
        """The same with five boxes of five families, one of which knows two hundred devices."""
        everybody = {"clients": {"track": "all", "randomised": True}}
        boxes = {family: self.simulated(stack, family) | everybody for family in VILLAGE}
        crowd = stack.enter_context(Crowd(boxes["freebox"]["url"], GUESTS))
        boxes["freebox"]["url"] = crowd.url
        self.broker.restart()
        self.memory("village", boxes, 25)

    def memory(self, name, boxes, limit):
        """Memory of a bridge with these boxes."""
        with self.bridge(name, boxes) as bridge:
            bridge.settled()
            samples = []
            while time.monotonic() < bridge.began + IDLE_SECONDS:
                time.sleep(0.5)
                samples.append(bridge.memory("VmRSS"))
            topics = self.broker.retained()
            clients = sum(topic.endswith("/presence") for topic in topics)
            title = f"resident memory, {len(boxes)} boxes and {clients} clients"
            self.table.add(title, limit, "MB", samples[-10:])
            self.table.add("  its highest since the start", None, "MB", [bridge.memory("VmHWM")])

    def start(self):
        """A start with everything remembered, but nothing on the broker."""
        times, own = [], []
        for _ in range(self.runs):
            self.broker.restart()
            with self.bridge() as bridge:
                moment, reported = bridge.settled()
                times.append((moment - bridge.began) * 1000)
                own.append(reported)
                bridge.wait_for("first answer")
        entities = count_entities(self.broker.retained())
        title = f"start to birth and discovery acknowledged ({entities} entities)"
        self.table.add(title, 100, "ms", times)
        self.table.add("  of that since the broker's welcome, as the bridge says", None, "ms", own)

    def many(self, layout, message):
        """A start at which a thousand entities are announced to an empty broker."""
        name = f"many-{layout}"
        boxes = {"freebox": self.boxes["freebox"]}
        self.crowd(os.path.join(self.folder, name, "data"))
        times = []
        for run in range(self.runs + 1):
            self.broker.restart()
            with self.bridge(name, boxes, discovery=layout) as bridge:
                connected = bridge.wait_for(CONNECTED)[0]
                moment, _ = bridge.settled()
                # The first run writes the list of topics; those after it are as every start will be.
                if run:
                    times.append((moment - connected) * 1000)
        entities = count_entities(self.broker.retained())
        if entities < ENTITIES:
            raise CannotMeasure(f"only {entities} entities were announced")
        title = f"{entities:,} entities announced and acknowledged, {message}"
        self.table.add(title, 100, "ms", times)

    def crowd(self, data):
        """Remembers a household large enough for a thousand entities."""
        with contextlib.closing(sqlite3.connect(os.path.join(self.folder, "house", "data", "history.db"))) as history:
            documents = history.execute("SELECT name, text FROM document WHERE name LIKE 'memory%'").fetchall()
        known = {name: json.loads(text) for name, text in documents}
        memory = known.pop("memory")
        # As earlier versions wrote it: the bridge takes it over.
        memory["boxes"] = {name.removeprefix("memory/"): remembered for name, remembered in known.items()}
        shape = memory["boxes"]["freebox"]["shape"]
        clients = [subject for subject in shape if subject.startswith("client_")]
        fullest = shape[max(clients, key=lambda client: len(shape[client]["metrics"]))]
        for number in range(DEVICES):
            shape[f"client_00005e0053{number:02x}"] = {**fullest, "label": f"Device {number}"}
        os.makedirs(data)
        with open(os.path.join(data, "memory.json"), "w", encoding="utf-8") as file:
            json.dump(memory, file)

    def broker_back(self):
        """The broker is killed, and comes back with nothing."""
        self.broker.restart()
        with self.bridge() as bridge:
            bridge.settled()
            for _ in self.boxes:
                bridge.wait_for("first answer")
            held, lasted = None, []
            for _ in range(min(self.runs, 3)):
                held = held or self.all_held()
                self.broker.restart()
                connected = bridge.wait_for(CONNECTED)[0]
                lasted.append((bridge.settled()[0] - connected) * 1000)
                again = set(self.broker.retained())
                if missing := set(held) - again:
                    raise CannotMeasure(f"{len(missing)} topics were not published again, such as {min(missing)}")
            title = f"broker back empty to {len(held)} messages published again"
            self.table.add(title, 3000, "ms", lasted)

    def all_held(self):
        """What the broker holds once it no longer grows."""
        held = None
        while held != (held := sorted(self.broker.retained())):
            time.sleep(0.3)
        return held

    def commands(self):
        """Commands that need nothing of the box, one after the other, from publishing to the result 'done'.

        Only pauses: a resume polls the box at once, and the next command would wait for that.
        """
        with self.bridge() as bridge, Client(self.broker.port, "household") as client:
            bridge.settled()
            for _ in self.boxes:
                bridge.wait_for("first answer")
            client.subscribe("router2mqtt/freebox/result")
            names = [[f"{turn}-{number}" for number in range(COMMANDS)] for turn in range(ROUNDS)]
            rounds = [[self.command(client, name) for name in turn] for turn in names]
        title = f"command to result, {ROUNDS} rounds of {COMMANDS}"
        self.table.add(f"{title}, median of each", None, "ms", [statistics.median(times) for times in rounds])
        self.table.add(f"{title}, 99th percentile of each", 5, "ms", [percentile_99(times) for times in rounds])

    def command(self, client, name):
        """Sends one command; gives the milliseconds until its result."""
        time.sleep(0.003)
        began = time.monotonic()
        client.publish("router2mqtt/freebox/command", json.dumps({"action": "pause", "id": name}).encode())
        while True:
            _, payload = client.read(PATIENCE)
            result = json.loads(payload)
            if result["id"] == name and result["state"] == "done":
                return (time.monotonic() - began) * 1000


def percentile_99(values):
    return sorted(values)[max(0, -(-len(values) * 99 // 100) - 1)]


def count_entities(held):
    """How many entities the discovery messages announce, in either layout."""
    count = 0
    for topic, payload in held.items():
        if topic.startswith("homeassistant/") and topic.endswith("/config"):
            count += len(json.loads(payload).get("cmps", "1"))
    return count


def eventually(what, look):
    limit = time.monotonic() + PATIENCE
    while not look():
        if time.monotonic() > limit:
            raise CannotMeasure(f"never happened: {what}")
        time.sleep(0.005)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("program", help="the router2mqtt to measure")
    arguments.add_argument("--runs", type=int, default=10, help="how often to repeat what can be repeated")
    options = arguments.parse_args()
    # Whoever ends this script ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="figures-"))
        figures = Figures(os.path.abspath(options.program), max(1, options.runs), folder, stack)
        figures.size()
        figures.idle()
        figures.start()
        figures.many("device", "a message each device")
        figures.many("component", "a message each entity")
        figures.broker_back()
        figures.commands()
        figures.village(stack)
    figures.table.show()


if __name__ == "__main__":
    try:
        main()
    except (CannotMeasure, OSError, ValueError) as error:
        sys.exit(f"cannot measure: {error}")
