"""How hitron-exporter answered a scrape, as small as it can fairly be written: Flask, urllib3 and prometheus_client; a login, five
pages and a logout each time. `probe.py` beside it compares the bridge with this; prints the port it listens on.

    python3 benches/exporter.py
"""

import re
import ssl

import flask
import urllib3
from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from werkzeug.serving import make_server

UPTIME = re.compile(r"(\d+) Days,(\d+) Hours,(\d+) Minutes,(\d+) Seconds")
FACTORS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9}


class Box:
    """One login."""

    def __init__(self, host, port, fingerprint):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.pool = urllib3.HTTPSConnectionPool(
            host, port, assert_fingerprint=fingerprint, assert_hostname=False, ssl_context=context, retries=False
        )
        self.cookies = {}

    def ask(self, method, path, fields=None):
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        more = {"fields": fields} if fields else {}
        answer = self.pool.request(method, path, headers=headers, redirect=False, **more)
        for line in answer.headers.getlist("Set-Cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def log_in(self, username, password):
        self.ask("GET", "/")
        fields = {"usr": username, "pwd": password, "forcelogoff": "0", "preSession": self.cookies["preSession"]}
        if self.ask("POST", "/goform/login", fields).data != b"success":
            raise RuntimeError("no login")

    def page(self, name):
        return self.ask("GET", f"/data/{name}.asp").json()

    def log_out(self):
        self.ask("POST", "/goform/logout", {"data": "byebye"})


class Pages:
    """What was read, as families."""

    def __init__(self, pages):
        self.up, self.down, system, model, init = pages
        self.system, self.model, self.init = system[0], model, init[0]

    def collect(self):
        labels = ["port", "channel", "frequency"]

        def channels(name, rows, field):
            family = GaugeMetricFamily(f"hitron_channel_{name}", "", labels=labels)
            for row in rows:
                family.add_metric([row["portId"], row["channelId"], row["frequency"]], float(row[field]))
            return family

        yield channels("upstream_signal_strength_dbmv", self.up, "signalStrength")
        yield channels("upstream_bandwidth", self.up, "bandwidth")
        yield channels("downstream_signal_strength_dbmv", self.down, "signalStrength")
        yield channels("downstream_snr", self.down, "snr")
        days, hours, minutes, seconds = map(int, UPTIME.search(self.system["systemUptime"]).groups())
        yield CounterMetricFamily(
            "hitron_system_uptime_seconds", "", value=((days * 24 + hours) * 60 + minutes) * 60 + seconds
        )
        for name, fields in (("transmit", ("LSendPkt", "WSendPkt")), ("receive", ("LRecPkt", "WRecPkt"))):
            family = CounterMetricFamily(f"hitron_network_{name}_bytes", "", labels=["device"])
            for device, field in zip(("lan", "wan"), fields):
                number, factor = re.match(r"([\d.]+)([KMG]?)", self.system[field]).groups()
                family.add_metric([device], float(number) * FACTORS[factor])
            yield family
        yield InfoMetricFamily(
            "hitron_system",
            "",
            value={
                "serial_number": self.system["serialNumber"],
                "software_version": self.system["swVersion"],
                "hardware_version": self.system["hwVersion"],
                "model_name": self.model["modelName"],
            },
        )
        pairs = (pair.split(":") for pair in self.init["bpiStatus"].split(","))
        yield InfoMetricFamily("hitron_cm_bpi", "", value={key.strip().lower(): word.lower() for key, word in pairs})


app = flask.Flask(__name__)


@app.route("/probe")
def probe():
    asked = flask.request.args
    box = Box(asked["target"], int(asked.get("_port", 443)), asked.get("fingerprint"))
    box.log_in(asked["usr"], asked["pwd"])
    try:
        names = ("usinfo", "dsinfo", "getSysInfo", "system_model", "getCMInit")
        pages = Pages([box.page(name) for name in names])
    finally:
        box.log_out()
    registry = CollectorRegistry()
    registry.register(pages)
    return make_wsgi_app(registry)


if __name__ == "__main__":
    server = make_server("127.0.0.1", 0, app, threaded=True)
    print(server.server_port, flush=True)
    server.serve_forever()
