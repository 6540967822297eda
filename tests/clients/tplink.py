"""The simulated TP-Link boxes, seen by `tplinkrouterc6u`, the library behind a Home Assistant integration.

    python3 tests/clients/tplink.py PROGRAM

Uses each model the way the library's users do, and says all that is different from what the box has.
"""

import socket
import time
from contextlib import contextmanager
from urllib.parse import urlparse

import requests
from tplinkrouterc6u import Connection
from tplinkrouterc6u.client.c3200 import TplinkC3200Router
from tplinkrouterc6u.client.c50 import TPLinkC50Client
from tplinkrouterc6u.client.mr import TPLinkMRClient
from tplinkrouterc6u.client.mr200 import TPLinkMR200Client
from tplinkrouterc6u.client.vr import TPLinkVRClient
from tplinkrouterc6u.client.wr841 import TPLinkWR841NClient

from box import Box, Difference, main

PASSWORD = "not the usual one"
NAS, LAPTOP, VISITOR = "02-00-5E-20-00-01", "02-00-5E-20-00-02", "02-00-5E-20-00-07"
BOOT = 3.0

differences = []


def same(model, what, found, wanted):
    if found != wanted:
        differences.append(f"{model}: {what} is {found!r}, not {wanted!r}")


def holds(model, what, truth):
    same(model, what, bool(truth), True)


@contextmanager
def box(program, model, *more):
    """A simulated box, as long as it is needed."""
    words = ["--model", model, "--password", PASSWORD, "--reboot-takes", f"{BOOT:.0f}s", *more]
    with Box(program, "tplink", *words) as simulated:
        yield simulated.url


def is_open(url):
    place = urlparse(url)
    try:
        socket.create_connection((place.hostname, place.port), 1).close()
        return True
    except OSError:
        return False


def waits(model, what, happens):
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if happens():
            return
        time.sleep(0.05)
    differences.append(f"{model}: never happened: {what}")


def uptime(client):
    _, values = client.req_act([client.ActItem(client.ActItem.GET, "IGD_DEV_INFO", attrs=["upTime"])])
    return int(values["upTime"])


def traffic(client):
    """The counters of the statistics, by address."""
    _, values = client.req_act([client.ActItem(client.ActItem.GL, "STAT_ENTRY")])
    return {row["ipAddress"]: int(row["totalBytes"]) for row in client._to_list(values or None)}


def firmware(model, client, name, version, hardware):
    seen = client.get_firmware()
    same(model, "the model", seen.model, name)
    holds(model, f"the firmware {seen.firmware_version}", seen.firmware_version.startswith(version))
    holds(model, f"the hardware {seen.hardware_version}", seen.hardware_version.startswith(hardware))


def status(model, client, lan, wan, gateway, kind, radios):
    seen = client.get_status()
    same(model, "the LAN address", seen.lan_ipv4_addr, f"{lan}.1")
    same(model, "the MAC address", seen.lan_macaddr, "02-00-5E-10-00-6B")
    if wan:
        same(model, "the WAN address", seen.wan_ipv4_addr, wan)
        same(model, "the gateway", seen.wan_ipv4_gateway, gateway)
        same(model, "the connection", seen.conn_type, kind)
    same(model, "Wi-Fi at 2.4 GHz", seen.wifi_2g_enable, True)
    same(model, "Wi-Fi at 5 GHz", seen.wifi_5g_enable, True if radios > 1 else None)
    same(model, "guests at 2.4 GHz", seen.guest_2g_enable, True)
    devices = {device.macaddr: device for device in seen.devices}
    holds(model, "the NAS", NAS in devices)
    same(model, "the NAS's address", devices[NAS].ipaddr, f"{lan}.100")
    same(model, "the NAS's name", devices[NAS].hostname, "nas")
    same(model, "the NAS's link", devices[NAS].type, Connection.WIRED)
    same(model, "the visitor's link", devices[VISITOR].type, Connection.GUEST_2G)
    holds(model, "the visitor's packets", devices[VISITOR].packets_sent > 0)
    holds(model, "a name with a sign in it", any(d.hostname == "box=living room" for d in seen.devices))
    if radios > 1:
        same(model, "the laptop's link", devices[LAPTOP].type, Connection.HOST_5G)
    same(model, "the wired devices", seen.wired_total, 2)
    same(model, "the guests", seen.guest_clients_total, 1)
    same(model, "an absent device", [d for d in seen.devices if d.hostname == "camera"], [])
    return seen


def leases(model, client, lan):
    rows = {str(row.macaddr): row for row in client.get_ipv4_dhcp_leases()}
    same(model, "the NAS's lease", rows[NAS].lease_time, "Permanent")
    same(model, "the laptop's lease" if LAPTOP in rows else "the visitor's lease",
         rows.get(LAPTOP, rows[VISITOR]).lease_time, "1:43:51" if LAPTOP in rows else "0:10:00")
    same(model, "the NAS's address", rows[NAS].ipaddr, f"{lan}.100")
    held = {str(row.macaddr): row for row in client.get_ipv4_reservations()}
    same(model, "reservations", sorted(row.enabled for row in held.values()), [False, True])
    same(model, "the NAS's reservation", held[NAS].ipaddr, f"{lan}.100")


def wifi(model, client):
    client.set_wifi(Connection.HOST_2G, False)
    seen = client.get_status()
    same(model, "Wi-Fi that was switched off", seen.wifi_2g_enable, False)
    client.set_wifi(Connection.HOST_2G, True)
    same(model, "Wi-Fi that was switched on", client.get_status().wifi_2g_enable, True)
    client.set_wifi(Connection.GUEST_2G, False)


def counters(model, client, counting=True):
    if not counting:
        same(model, "statistics that are off", traffic(client), {})
        client.req_act([client.ActItem(client.ActItem.SET, "STAT_CFG", attrs=["enable=1"])])
    before = traffic(client)
    holds(model, "one device with two addresses", str(0x0A0D0005) in before)
    time.sleep(1.2)
    after = traffic(client)
    holds(model, f"a counter of 32 bits: {after}", all(0 <= total < 2**32 for total in after.values()))
    grown = [ip for ip, total in after.items() if total > before[ip]]
    holds(model, f"counters that grow, {before}, {after}", len(grown) >= 3)


def lte(model, client):
    seen = client.get_lte_status()
    same(model, "the mobile line", (seen.enable, seen.connect_status, seen.sim_status), (1, 4, 3))
    same(model, "the network", seen.network_type, 3)
    same(model, "the provider", seen.isp_name, "Example Mobile")
    holds(model, "the mobile traffic", seen.total_statistics > 10_000_000_000)
    same(model, "the signal level", seen.sig_level, 3)
    same(model, "messages not read", seen.sms_unread_count, 1)
    if model == "tl-mr6400":
        holds(model, f"RSRP {seen.rsrp}", -100 <= seen.rsrp <= -94)
        holds(model, f"RSRQ {seen.rsrq}", -10 <= seen.rsrq <= -8)
    messages = client.get_sms()
    same(model, "messages", [m.content for m in messages], ["Your bill is ready.\nThank you.", "50% = half of your data is used"])


def reboot(model, client, url):
    holds(model, "the uptime of days", uptime(client) > 277_000)
    client.reboot()
    waits(model, "the port closes", lambda: not is_open(url))
    waits(model, "the port opens", lambda: is_open(url))
    try:
        uptime(client)
        # Boxes that ask for name and password each time know nothing of sessions.
        same(model, "a session after the restart", model in ("archer-c20", "archer-c3200"), True)
    except Exception:
        pass
    if hasattr(client, "_token"):
        client._token = None
    client.authorize()
    holds(model, "the uptime after the restart", uptime(client) < 30)


def rejects(model, make, url):
    client = make(url, "wrong")
    try:
        client.authorize()
        uptime(client)
    except Exception as error:
        return str(error)
    differences.append(f"{model}: it takes a wrong password")


def logs_out(model, client):
    client.logout()
    if model in ("tl-mr6400", "archer-vr"):
        same(model, "the token after the logout", client._token, None)
    if model == "archer-mr200":
        same(model, "the token after the logout", client.req.headers.get("TokenID"), None)


def visit(program, model, make, about, wan, radios, more=(), counting=True, everything=True):
    name, version, hardware, lan = about
    with box(program, model) as url:
        client = make(url, PASSWORD)
        if model != "archer-c3200" and model != "archer-c20":
            holds(model, "being recognised", client.supports())
            client = make(url, PASSWORD)
        client.authorize()
        firmware(model, client, name, version, hardware)
        if everything:
            status(model, client, lan, *(wan or (None, None, None)), radios)
            wifi(model, client)
        leases(model, client, lan)
        counters(model, client, counting)
        addresses = client.get_ipv4_status()
        same(model, "the netmask", addresses.lan_ipv4_netmask, "255.255.255.0")
        same(model, "DHCP", addresses.lan_ipv4_dhcp_enable, True)
        for check in more:
            check(model, client)
        reboot(model, client, url)
        logs_out(model, client)
    with box(program, model) as url:
        said = rejects(model, make, url)
        if model == "tl-mr6400":
            holds(model, f"how often: {said}", "Auth times: 1/5" in said)


def provider(model, client):
    """What only the box with PPPoE tells, to whoever asks for everything."""
    _, values = client.req_act([client.ActItem(client.ActItem.GL, "WAN_PPP_CONN")])
    up = [row for row in values if row["enable"] == "1"]
    same(model, "the line", [(row["connectionStatus"], row["transportType"]) for row in up], [("Connected", "PPPoE")])
    same(model, "the provider's name", up[0]["username"], "subscriber@isp.example")
    holds(model, "a password in the answer", up[0]["password"])


def dsl(model, client):
    _, values = client.req_act([client.ActItem(client.ActItem.GET, "WAN_DSL_INTF_CFG", "1,0,0,0,0,0")])
    same(model, "the modulation", values["modulationType"], "VDSL2")
    same(model, "the downstream rate", values["downstreamCurrRate"], "102400")


def one_at_a_time(program):
    """A second login puts the first one out; on old boxes another address is turned away, which needs a second address."""
    with box(program, "tl-mr6400") as url:
        first, second = TPLinkMRClient(url, PASSWORD), TPLinkMRClient(url, PASSWORD)
        first.authorize()
        second.authorize()
        holds("tl-mr6400", "the second one's session", uptime(second) > 0)
        try:
            uptime(first)
            differences.append("tl-mr6400: two sessions at a time")
        except Exception:
            pass
        second.logout()


def manners(program):
    """What goes wrong without the manners of a browser."""
    with box(program, "archer-c20") as url:
        client = TplinkC3200Router(url, PASSWORD)
        client.authorize()
        body = "[IGD_DEV_INFO#0,0,0,0,0,0#0,0,0,0,0,0]0,1\r\nmodelName\r\n"
        good = client.SESSION.post(f"{url}/cgi?1", data=body)
        same("archer-c20", "an answer", good.text, "[0,0,0,0,0,0]0\nmodelName=Archer C20\n[error]0")
        same("archer-c20", "bare line feeds", client.SESSION.post(f"{url}/cgi?1", data=body.replace("\r", "")).text, "[error]71111")
        foreign = client.SESSION.post(f"{url}/cgi?1", data=body, headers={"Referer": "http://elsewhere.example/"})
        same("archer-c20", "a foreign page", foreign.status_code, 403)
        stranger = requests.post(f"{url}/cgi?1", data=body, headers={"Referer": f"{url}/"})
        same("archer-c20", "a request without a cookie", stranger.status_code, 500)
        holds("archer-c20", "the page for it", "<title>500 Internal Server Error</title>" in stranger.text)


def check(program):
    """All models, each with the client that its owners use."""
    ethernet = ("203.0.113.17", "203.0.113.1", "ewan_ipoe_d")
    mobile = ("100.64.13.5", "100.64.13.6", "LTE")
    c20 = ("Archer C20", "0.9.1 4.0", "Archer C20 v1", "192.168.0")
    c3200 = ("Archer C3200", "0.9.1 1.5", "Archer C3200 v1", "192.168.0")
    c20v5 = ("Archer C20", "0.9.1 4.17", "Archer C20 v5", "192.168.0")
    c50 = ("Archer C50", "0.9.1 0.2", "Archer C50 v4", "192.168.0")
    wr841 = ("TL-WR841N", "0.9.1 4.17", "TL-WR841N v14", "192.168.0")
    mr200 = ("Archer MR200", "1.2.0", "Archer MR200 v4", "192.168.1")
    mr6400 = ("TL-MR6400", "1.3.0", "TL-MR6400 v5", "192.168.1")
    vr = ("Archer VR300", "1.6.0", "Archer VR300 v1", "192.168.1")
    visit(program, "archer-c20", TplinkC3200Router, c20, None, 2, [provider], everything=False)
    visit(program, "archer-c3200", TplinkC3200Router, c3200, ethernet, 2)
    visit(program, "archer-c20-v5", TPLinkWR841NClient, c20v5, ethernet, 2)
    visit(program, "archer-c50-v4", TPLinkC50Client, c50, ethernet, 2)
    visit(program, "tl-wr841n-v14", TPLinkWR841NClient, wr841, ethernet, 1, counting=False)
    visit(program, "archer-mr200", TPLinkMR200Client, mr200, mobile, 2, [lte])
    visit(program, "tl-mr6400", TPLinkMRClient, mr6400, mobile, 1, [lte])
    visit(program, "archer-vr", TPLinkVRClient, vr, None, 2, [provider, dsl])
    one_at_a_time(program)
    manners(program)
    if differences:
        raise Difference("\n".join(differences))


main(check)
