"""The simulated Altibox portal, seen as its Prometheus exporter sees the real one: log in, read the devices.

    python3 tests/clients/altibox.py PROGRAM

What the exporter calls https://www.altibox.no and https://idconnect.cloud is the simulated portal and its `identity_url` here.
"""

import http.cookiejar
import json
import re
import time
import urllib.parse
import urllib.request

from box import Box, line, main, same, true

CLIENT = re.compile(
    r'\{baseUrl:"https://idconnect\.cloud",client_id:"([^"]+)",scope:"([^"]+)",client_secret:"([^"]+)"'
)
REDIRECT_URI = "https://www.altibox.no/auth/callback/"


class Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, and notes where each of them leads."""

    def __init__(self):
        self.locations = []

    def redirect_request(self, request, fp, code, message, headers, url):
        self.locations.append(headers["Location"])
        return super().redirect_request(request, fp, code, message, headers, url)


class Exporter:
    """One run of the exporter: one user agent, one cookie jar for both servers."""

    def __init__(self, portal, identity):
        self.portal, self.identity = portal, identity
        self.jar = http.cookiejar.CookieJar()
        self.redirects = Redirects()
        self.agent = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.jar), self.redirects
        )

    def ask(self, url, form=None, headers=None):
        data = None if form is None else urllib.parse.urlencode(form).encode()
        with self.agent.open(urllib.request.Request(url, data, headers or {}), timeout=20) as answer:
            true(f"{url} was found", 200 <= answer.status < 300)
            return answer.read().decode()

    def keep(self, name, value):
        host = urllib.parse.urlsplit(self.portal).hostname
        self.jar.set_cookie(
            http.cookiejar.Cookie(
                0, name, value, None, False, host, False, False, "/", True, False, None, True, None, None, {}
            )
        )

    def log_in(self, username, password):
        """Gives the site id; None when the page after the login does not say that we are logged in."""
        script = self.ask(f"{self.portal}/altibox/js/altibox.min.js")
        client_id, scope, secret = CLIENT.search(script).groups()

        query = urllib.parse.urlencode(
            {
                "client_id": client_id,
                "locale": "no",
                "redirect_uri": REDIRECT_URI,
                "response_type": "code",
                "scope": scope,
                "state": "/mine-sider/",
                "template": "altibox",
            }
        )
        self.ask(f"{self.identity}/uas/oauth2/authorization?{query}")
        entity = re.search(r"[?&]_id=([^&]+)", self.redirects.locations[-1]).group(1)

        query = urllib.parse.urlencode({"entityID": entity, "locale": "no"})
        page = self.ask(
            f"{self.identity}/uas/authn/{entity}/submit?{query}",
            {"username": username, "password": password, "method": "password.2"},
        )
        if "Du er logget inn" not in page:
            return None
        code = re.search(r'name="code" value="([^"]+)"', page).group(1)

        answer = self.ask(
            f"{self.identity}/uas/oauth2/token",
            {
                "client_id": client_id,
                "client_secret": secret,
                "code": code,
                "grant_type": "authorization_code",
                "redirect_uri": REDIRECT_URI,
            },
        )
        token = json.loads(answer)["access_token"]
        self.keep("sso_access_token", token)

        answer = self.ask(f"{self.portal}/api/authentication/token", {}, {"Authorization": f"Bearer {token}"})
        ticket = json.loads(answer)["data"]["sessionTicket"]["identifier"]
        self.keep("sessionTicketApi", ticket)

        answer = self.ask(f"{self.portal}/api/customer/servicelocations", headers={"SessionTicket": ticket})
        site = str(json.loads(answer)["value"][0]["siteId"])
        true("the site is a number", re.fullmatch("[0-9]+", site))
        return site

    def devices(self, site):
        """The answer to the list of devices, asked for with nothing but cookies."""
        query = urllib.parse.urlencode({"siteid": site, "_": f"{int(time.time())}000", "activeOnly": "false"})
        return json.loads(self.ask(f"{self.portal}/api/wifi/getlandevices?{query}"))


def labels(device):
    """What the exporter prints of a device, and whether it is connected."""
    connected = device["connectionType"] != "DISCONNECTED"
    return {
        "connected_to": device["connectedTo"] if connected else "",
        "connection": device["connectionType"],
        "ip": device["ipAddress"],
        "mac": device["macAddress"],
        "manufacturer": device["manufacturer"] or "",
        "name": device["hostname"] or "",
        "port": device["portName"] if connected else "",
    }, int(connected)


def check_devices(answer):
    """The list has what the exporter prints."""
    same("the status", answer["status"], "success")
    devices = {device["macAddress"]: device for device in answer["networkClients"]}
    same("the number of devices", len(devices), 9)
    gateway = "VMG8825-B50B (00:00:5e:00:53:01)"
    television = {
        "connected_to": gateway,
        "connection": "WIRED",
        "ip": "192.168.1.66",
        "mac": "00:00:5e:00:53:42",
        "manufacturer": "",
        "name": "television",
        "port": "LAN4",
    }
    same("the television", labels(devices["00:00:5e:00:53:42"]), (television, 1))
    speakers = {
        "connected_to": "",
        "connection": "DISCONNECTED",
        "ip": "192.168.1.64",
        "mac": "00:00:5e:00:53:40",
        "manufacturer": "Example Speakers Inc.",
        "name": "",
        "port": "",
    }
    same("the speakers", labels(devices["00:00:5e:00:53:40"]), (speakers, 0))
    charger = devices["00:00:5e:00:53:41"]
    same("the charger", (charger["connectionType"], charger["connectedTo"]), ("WIFI24GHZ", gateway))
    true("the charger has a signal", charger["wifi"] and 62 <= charger["wifiRssi"] <= 66)
    wired = [device["macAddress"] for device in devices.values() if not device["wifi"] and device["wifiRssi"]]
    same("signals of what is not on Wi-Fi", wired, [])


def check_names(box, answer):
    """Our program shows the list under the exporter's names, line by line; levels swing a little from one moment to the next."""
    page = box.probe("--format", "prometheus", "--compat", "altibox").splitlines()
    devices = [(device, *labels(device)) for device in answer["networkClients"]]
    expected = [line("altibox_network_client", words, value) for _, words, value in devices]
    same("the devices", [text for text in page if text.startswith("altibox_network_client{")], expected)

    name = "altibox_network_client_wifi_rssi"
    levels = [text.rsplit(" ", 1) for text in page if text.startswith(name + "{")]
    wireless = [(device, words) for device, words, _ in devices if device["wifi"]]
    for _, words in wireless:
        del words["port"]
    same("devices with a level", [series + " " for series, _ in levels], [line(name, words, "") for _, words in wireless])
    for (device, _), (_, level) in zip(wireless, levels, strict=True):
        true(f"{level} is like {device['wifiRssi']}", abs(float(level) - device["wifiRssi"]) <= 4)


def check(program):
    """Logs in, reads, and is thrown out by whoever logs in next."""
    with Box(program, "altibox") as box:
        portal, identity, user = box.url, box.identity_url, (box.username, box.password)
        same("a guess", Exporter(portal, identity).log_in(box.username, "guessed"), None)

        first = Exporter(portal, identity)
        site = first.log_in(*user)
        same("the site", site, "1234567")
        check_devices(first.devices(site))
        check_names(box, first.devices(site))

        same("the site", first.log_in(*user), site)
        second = Exporter(portal, identity)
        for latest, other in [(second, first), (first, second)]:
            same("the site", latest.log_in(*user), site)
            same("the session before", other.devices(site), {"status": "notAuthenticated"})
            same("the status", latest.devices(site)["status"], "success")


main(check)
