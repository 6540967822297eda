"""The simulated CGNV4, seen by an exporter that logs in, reads five pages, and logs out, over TLS with a pinned certificate.

    python3 tests/clients/hitron.py PROGRAM

It is as strict as the exporters that we know: exact status codes, exact types, no redirects, no retries, one administrator.
"""

import datetime
import hashlib
import re
import ssl
from http.cookies import SimpleCookie

import urllib3

from box import Box, line, main, same, true

UPTIME = re.compile(r"(\d{1,2}) Days,(\d{1,2}) Hours,(\d{1,2}) Minutes,(\d{1,2}) Seconds")
TOTAL = re.compile(r"[\d.]+[KMG]? Bytes")


class Exporter:
    """A client with the cookies of one administrator."""

    def __init__(self, box, fingerprint):
        context = ssl.create_default_context()
        # The key of the real one is too short for anything above.
        context.set_ciphers("DEFAULT:@SECLEVEL=1")
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.pool = urllib3.HTTPSConnectionPool(
            box.host,
            box.port,
            assert_fingerprint=fingerprint,
            assert_hostname=False,
            ssl_context=context,
            timeout=urllib3.Timeout(connect=5, read=5),
            retries=False,
        )
        self.cookies = {}

    def ask(self, method, path, fields=None, multipart=True):
        """One request, with the cookies so far."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        more = {} if fields is None else {"fields": fields, "encode_multipart": multipart}
        answer = self.pool.request(method, path, headers=headers, redirect=False, **more)
        for line in answer.headers.getlist("Set-Cookie"):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
                if morsel.value == "deleted":
                    del self.cookies[name]
        return answer

    def ticket(self):
        """The value that has to come back with a login."""
        front = self.ask("GET", "/")
        same("the front page", (front.status, front.headers["Location"]), (302, "/login.html"))
        return self.cookies["preSession"]

    def log_in(self, box, password=None, force=0, multipart=True):
        """What the box says to a login."""
        fields = {
            "usr": box.username,
            "pwd": password or box.password,
            "forcelogoff": str(force),
            "preSession": self.ticket(),
        }
        answer = self.ask("POST", "/goform/login", fields, multipart)
        same("the status of a login", answer.status, 200)
        return answer.data.decode()

    def read(self, name):
        """A page of data."""
        answer = self.ask("GET", f"/data/{name}.asp")
        same(f"the status of {name}", answer.status, 200)
        same(f"the type of {name}", answer.headers["Content-Type"], "application/json")
        return answer.json()

    def log_out(self):
        before = self.cookies["preSession"]
        answer = self.ask("POST", "/goform/logout", {"data": "byebye"})
        same("the logout", (answer.status, answer.headers["Location"]), (302, "/login.html"))
        same("what is left of the session", set(self.cookies), {"preSession"})
        true("another one-time value", self.cookies["preSession"] != before)


def fingerprints(box):
    """The certificate is pinned by what it is; another one is refused before anything is said."""
    shown = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate((box.host, box.port)))
    digest = hashlib.sha256(shown).hexdigest()
    same("what belongs into the configuration", box.tls_pin.replace(":", "").lower(), digest)
    try:
        Exporter(box, "00" * 32).ask("GET", "/")
        true("a wrong fingerprint is refused", False)
    except urllib3.exceptions.SSLError as error:
        true(f"Fingerprints did not match in {error}", "ingerprints did not match" in str(error))
    return ":".join(digest[at : at + 2] for at in range(0, 64, 2))


def channels(rows, more):
    """All of them have numbers where numbers belong."""
    fields = {"portId", "channelId", "frequency", "signalStrength", *more}
    for row in rows:
        same("the fields of a channel", set(row), fields)
        true(f"a level, in {row}", -20 < float(row["signalStrength"]) < 60)
        true(f"a frequency in Hz, in {row}", 5e6 < int(row["frequency"]) < 1e9)
    return len({row["channelId"] for row in rows})


def scrape(box, exporter, **how):
    """All that is exported, in the order in which it is read."""
    same("the login", exporter.log_in(box, **how), "success")
    same("upstream channels", channels(exporter.read("usinfo"), {"bandwidth", "scdmaMode"}), 4)
    same("downstream channels", channels(exporter.read("dsinfo"), {"modulation", "snr"}), 24)
    [info] = exporter.read("getSysInfo")
    true(f"an uptime, not {info['systemUptime']}", UPTIME.fullmatch(info["systemUptime"]))
    datetime.datetime.strptime(info["systemTime"], "%a %b %d, %Y, %H:%M:%S")
    for total in ("LSendPkt", "WSendPkt", "LRecPkt", "WRecPkt"):
        true(f"a total, not {info[total]}", TOTAL.fullmatch(info[total]))
    true("a serial number and versions", all(info[key] for key in ("serialNumber", "swVersion", "hwVersion")))
    same("the model", exporter.read("system_model")["modelName"], "CGNV4-FX4")
    [init] = exporter.read("getCMInit")
    privacy = dict(part.strip().split(":", 1) for part in init["bpiStatus"].lower().split(","))
    same("the privacy of the line", privacy, {"auth": "authorized", "tek": "operational"})
    exporter.log_out()
    same("a page without a session", exporter.ask("GET", "/data/dsinfo.asp").status, 302)


def names(box, exporter):
    """Our program shows the modem under the exporter's names: the same series in the same order, and what stands still the same."""
    same("the login", exporter.log_in(box), "success")
    upstream, downstream = exporter.read("usinfo"), exporter.read("dsinfo")
    [info], model = exporter.read("getSysInfo"), exporter.read("system_model")
    exporter.log_out()

    def series(name, rows):
        keys = {"port": "portId", "channel": "channelId", "frequency": "frequency"}
        return [line(name, {label: row[key] for label, key in keys.items()}, "").rstrip() for row in rows]

    words = {
        "serial_number": info["serialNumber"],
        "software_version": info["swVersion"],
        "hardware_version": info["hwVersion"],
        "model_name": model["modelName"],
    }
    totals = [
        f'hitron_network_{way}_bytes_total{{device="{side}"}}' for way in ("transmit", "receive") for side in ("lan", "wan")
    ]
    expected = [
        *series("hitron_channel_upstream_signal_strength_dbmv", upstream),
        *series("hitron_channel_upstream_bandwidth", upstream),
        *series("hitron_channel_downstream_signal_strength_dbmv", downstream),
        *series("hitron_channel_downstream_snr", downstream),
        "hitron_system_uptime_seconds_total",
        "hitron_system_clock_timestamp_seconds",
        *totals,
        line("hitron_system_info", words, "").rstrip(),
        'hitron_cm_bpi_info{auth="authorized",tek="operational"}',
    ]
    page = box.probe("--format", "prometheus", "--compat", "hitron").splitlines()
    shown = dict(text.rsplit(" ", 1) for text in page if not text.startswith("#"))
    same("the series", list(shown), expected)
    for row, at in zip(upstream, series("hitron_channel_upstream_bandwidth", upstream), strict=True):
        same(at, float(shown[at]), float(row["bandwidth"]))
    clock = datetime.datetime.strptime(info["systemTime"], "%a %b %d, %Y, %H:%M:%S").replace(tzinfo=datetime.timezone.utc)
    later = float(shown["hitron_system_clock_timestamp_seconds"]) - clock.timestamp()
    true(f"the clock went on, by {later} s", 0 <= later < 60)


def one_at_a_time(box, fingerprint):
    """Whoever is in stays in, unless the next one insists."""
    first, second = Exporter(box, fingerprint), Exporter(box, fingerprint)
    same("the first", first.log_in(box), "success")
    same("the second", second.log_in(box), "Repeat Login")
    same("the second, insisting", second.log_in(box, force=1), "success")
    same("the first, from then on", first.ask("GET", "/data/dsinfo.asp").status, 302)
    second.log_out()


def check(program):
    with Box(program, "hitron", "--tls") as box:
        fingerprint = fingerprints(box)
        exporter = Exporter(box, fingerprint)
        for multipart in (True, False):
            scrape(box, exporter, multipart=multipart)
        names(box, exporter)
        same("a wrong password", exporter.log_in(box, "wrong"), "Wrong Credentials.")
        one_at_a_time(box, fingerprint)


main(check)
