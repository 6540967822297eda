"""What a scrape costs: `/probe` beside what it succeeds, in one run, and `/metrics` of a full house.

    cargo build --release --no-default-features
    python3 benches/probe.py target/release/router2mqtt --python VENV/bin/python [--runs N]

VENV has flask, urllib3 and prometheus_client (benches/requirements.txt). Prints one table, like figures.py beside it, which says more.
"""

import argparse
import contextlib
import http.client
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

from figures import GUESTS, VILLAGE, Bridge, Broker, CannotMeasure, Crowd, Process, Table, eventually

# As short as it can be, so that each probe is a poll.
FRESH = 1.0
RATE, SECONDS = 100, 10
CLIENTS = 200


def get(port, path):
    """The answer, which has to be a good one, and how long it took, in milliseconds."""
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    took = (time.perf_counter() - began) * 1000
    connection.close()
    body = body.decode()
    if answer.status != 200:
        raise CannotMeasure(f"{path.split('?')[0]} answered {answer.status}: {body}")
    return body, took


def processor(pid):
    """The processor time of a process so far, in milliseconds, threads that have ended included."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        user, system = stat.read().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) * 1000 / os.sysconf("SC_CLK_TCK")


def scraped(process, port, path, runs):
    """Scrapes that are a poll each: how long they took, and the processor time of one."""
    walls, before = [], processor(process.child.pid)
    for _ in range(runs):
        # What follows from the answer, such as messages to the broker, belongs to its price.
        time.sleep(FRESH + 0.2)
        body, wall = get(port, path)
        walls.append(wall)
        if body.count("hitron_channel_downstream_snr{") != 24:
            raise CannotMeasure("the answer is not that of the modem")
    # The kernel counts in steps of 10 ms, so it is the sum that is right.
    return walls, [(processor(process.child.pid) - before) / runs]


class Costs:
    """What is measured."""

    def __init__(self, binary, python, runs, folder, stack):
        self.binary, self.python, self.runs, self.folder, self.stack = binary, python, runs, folder, stack
        self.table, self.broker = Table(), stack.enter_context(Broker(folder))

    def simulated(self, *words):
        box = self.stack.enter_context(Process([self.binary, "simulate", *words], stdout=subprocess.PIPE))
        return json.loads(box.child.stdout.readline())

    def bridge(self, name, boxes, **web):
        """A bridge that has read all of its boxes, and its port."""
        folder = os.path.join(self.folder, name)
        os.makedirs(folder)
        configuration = {
            "mqtt": {"url": f"mqtt://127.0.0.1:{self.broker.port}"},
            "routers": boxes,
            "web": {"listen": "127.0.0.1:0", **web},
            "metrics": {"compat": ["hitron"]},
        }
        bridge = self.stack.enter_context(Bridge(self.binary, configuration, folder))
        port = int(re.search(r"listening on http://[^ ]*:(\d+)", bridge.wait_for("listening on")[1])[1])

        def ready():
            with contextlib.suppress(CannotMeasure):
                return get(port, "/readyz")

        eventually("the bridge is ready", ready)
        return bridge, port

    def probes(self):
        """The same modem, read by both in turn."""
        modem = self.simulated("hitron", "--tls")
        # The exporter knew no pause between two requests; the real modem likes one.
        boxes = {"modem": modem | {"every": "1h", "gap": "0s"}}
        where = urllib.parse.urlsplit(modem["url"])
        allow = {"allow": ["127.0.0.1"]}
        bridge, port = self.bridge("probes", boxes, fresh_for=f"{FRESH:.0f}s", adhoc_probes=allow)
        exporter = Process([self.python, os.path.join(os.path.dirname(__file__), "exporter.py")], subprocess.PIPE)
        exporter = self.stack.enter_context(exporter)
        try:
            other = int(exporter.child.stdout.readline())
        except ValueError:
            raise CannotMeasure("the exporter does not start: see benches/requirements.txt") from None
        asked = urllib.parse.urlencode(
            {
                "target": where.hostname,
                "_port": where.port,
                "usr": modem["username"],
                "pwd": modem["password"],
                "fingerprint": modem["tls_pin"].replace(":", "").lower(),
            }
        )
        ways = {
            "configured": (bridge, port, "/probe?target=modem&compat=hitron"),
            "ad hoc": (bridge, port, f"/probe?{asked}"),
            "exporter": (exporter, other, f"/probe?{asked}"),
        }
        for way in ways.values():
            # What is loaded or found out once is not the price of a scrape.
            scraped(*way, 1)
        costs = {name: scraped(*way, self.runs) for name, way in ways.items()}
        for name, (walls, times) in costs.items():
            title = "Flask, urllib3 and prometheus_client" if name == "exporter" else f"/probe of a Hitron modem, {name}"
            self.table.add(f"{title}: until the answer", None, "ms", walls)
            self.table.add(f"{title}: processor time", None, "ms", times)
        for name in ("configured", "ad hoc"):
            for what, at in (("time until the answer", 0), ("processor time", 1)):
                ratio = statistics.median(costs[name][at]) / statistics.median(costs["exporter"][at])
                self.table.add(f"{what}, {name}, as a share of the exporter's", None, "", [ratio])

    def metrics(self):
        """Five boxes and two hundred clients, scraped a hundred times a second."""
        everybody = {"clients": {"track": "all", "randomised": True}}
        boxes = {family: self.simulated(family) | everybody for family in VILLAGE}
        crowd = self.stack.enter_context(Crowd(boxes["freebox"]["url"], GUESTS))
        boxes["freebox"]["url"] = crowd.url
        bridge, port = self.bridge("village", boxes)

        def clients():
            return get(port, "/metrics")[0].count("router2mqtt_client_info{") >= CLIENTS

        eventually("all clients are there", clients)
        took, lost, threads, began = [], [], [], time.perf_counter()

        def scrape():
            try:
                took.append(get(port, "/metrics")[1])
            except OSError as error:
                lost.append(error)

        used = processor(bridge.child.pid)
        for number in range(RATE * SECONDS):
            time.sleep(max(0.0, began + number / RATE - time.perf_counter()))
            thread = threading.Thread(target=scrape)
            thread.start()
            threads.append(thread)
        for thread in threads:
            thread.join()
        if lost:
            raise CannotMeasure(f"{len(lost)} scrapes were lost, such as to: {lost[0]}")
        used = (processor(bridge.child.pid) - used) / len(took)
        size = len(get(port, "/metrics")[0]) / 1000
        took.sort()
        title = f"/metrics of {len(boxes)} boxes and {CLIENTS} clients ({size:.0f} kB), {RATE} a second"
        self.table.add(f"{title}: median", None, "ms", [took[len(took) // 2]])
        self.table.add(f"{title}: 99th percentile", 2, "ms", [took[len(took) * 99 // 100]])
        self.table.add(f"{title}: processor time, all included", None, "ms", [used])


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("program", help="the router2mqtt to measure")
    arguments.add_argument("--python", default=sys.executable, help="a Python with what the exporter needs")
    arguments.add_argument("--runs", type=int, default=10, help="how often to repeat a probe")
    options = arguments.parse_args()
    # Whoever ends this script ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="probe-"))
        costs = Costs(os.path.abspath(options.program), options.python, max(1, options.runs), folder, stack)
        costs.probes()
        costs.metrics()
    costs.table.show()


if __name__ == "__main__":
    try:
        main()
    except (CannotMeasure, OSError, ValueError) as error:
        sys.exit(f"cannot measure: {error}")
