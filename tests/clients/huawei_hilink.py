"""The simulated Huawei HiLink boxes, seen by `huawei-lte-api`, the library that Home Assistant uses: log in, read, turn
mobile data off and on, restart, log out.

    python3 tests/clients/huawei_hilink.py PROGRAM

It knows the older logins only. Where a box takes nothing but a challenge, `hilinkapi` logs in, and the first goes on in the
same session.
"""

import requests
from HiLinkAPI import WebUI10Implementation
from huawei_lte_api.Client import Client
from huawei_lte_api.Connection import Connection
from huawei_lte_api.Session import Session
from huawei_lte_api.enums.device import ControlModeEnum
from huawei_lte_api.exceptions import (
    LoginErrorUsernamePasswordOverrunException,
    LoginErrorUsernamePasswordWrongException,
    ResponseErrorLoginRequiredException,
    ResponseErrorNotSupportedException,
)

from box import Box, Difference, eventually, main, same, true

TOKEN = "__RequestVerificationToken"
PASSWORD = "not the <usual> one & ünlike it"
TAKES = ["--password", PASSWORD, "--reboot-takes", "2s"]


def refused(what, error, call):
    """A call that the box has to refuse in these words."""
    try:
        call()
    except error:
        return
    raise Difference(f"{what} was not refused")


class ByChallenge(WebUI10Implementation):
    """The login of `hilinkapi`, with the cookies and the newest token of a session, which it does not keep itself."""

    def __init__(self, session):
        self.session = session
        self.token = None

    def _http_request(self, method, url, headers=None, data=None, timeout=10, **_):
        headers = dict(headers or {})
        if method == "POST" and self.token:
            headers[TOKEN] = self.token
        answer = self.session.requests_session.request(method, url, headers=headers, data=data, timeout=timeout)
        self.token = answer.headers.get(TOKEN)
        return answer


def by_challenge(session):
    """The login that the library lacks, made by another one in the library's session."""
    login = ByChallenge(session)
    true("the login by challenge", login.login(session.url.rstrip("/"), "admin", PASSWORD, None, None))
    session.request_verification_tokens = login.token.split("#")
    same("the pool of tokens", len(set(session.request_verification_tokens)), 32)
    return session


def opened(url, model):
    """A session of the library, logged in."""
    if model == "b618":
        return by_challenge(Session(url, timeout=5))
    return Connection(url, username="admin", password=PASSWORD, timeout=5)


def number(said, name):
    """A field that has to be a whole number."""
    true(f"{name} is a number: {said.get(name)!r}", str(said.get(name)).lstrip("-").isdigit())
    return int(said[name])


def reads(client, model):
    """Everything that the bridge reads."""
    information = client.device.information()
    same("the serial number", information["SerialNumber"], "SIMULATED0000001")
    true("it has a name", information["DeviceName"].lower().startswith(model[:4]))
    if model in ("b525s-65a", "b618", "h122-373"):
        true("it has been up for a while", number(information, "uptime") > 200_000)
        same("its address", information["WanIPAddress"], "198.51.100.113")
    else:
        true("this firmware tells no uptime", "uptime" not in information)
    levels(client.device.signal(), model)
    status = client.monitoring.status()
    same("the connection", status["ConnectionStatus"], "901")
    same("the bars", (status["SignalIcon"], status["maxsignal"]), ("3", "5"))
    traffic = client.monitoring.traffic_statistics()
    true("totals go beyond 32 bits", number(traffic, "TotalDownload") > 2**32)
    true("it has been connected for hours", number(traffic, "CurrentConnectTime") > 70_000)
    true("it carries something", number(traffic, "CurrentDownload") > 0)
    month = client.monitoring.month_statistics()
    true("the month is part of it", 0 < number(month, "CurrentMonthDownload") < number(traffic, "TotalDownload"))
    same("the plan", client.monitoring.start_date()["DataLimit"], "40GB")
    same("unread messages", client.sms.sms_count()["LocalUnread"], "5")
    true("it speaks of updates", number(client.monitoring.check_notifications(), "OnlineUpdateStatus") in (12, 14))
    same("the operator", client.net.current_plmn()["FullName"], "Example Mobile")
    if model == "e8372":
        same("one device on Wi-Fi", len(client.wlan.host_list()["Hosts"]["Host"]), 1)
        refused("the list of all devices", ResponseErrorNotSupportedException, client.lan.host_info)
    else:
        hosts = client.lan.host_info()["Hosts"]["Host"]
        true("some are here, and some are not", {host["Active"] for host in hosts} >= {"1"} and len(hosts) == 6)


def levels(signal, model):
    """What the modem hears."""
    if model == "e8372":
        same("levels that are not told", signal["rsrp"], None)
        return
    true("a level", signal["rsrp"].endswith("dBm") and -110 < int(signal["rsrp"][:-3]) < -90)
    if model == "h122-373":
        same("the end of the scale", signal["rssi"], ">=-51dBm")
        true("5G besides", signal["nrrsrp"].endswith("dBm"))


def switches(client):
    """Mobile data, off and on."""
    for on in (False, True):
        same("the switch", client.dial_up.set_mobile_dataswitch(int(on)), "OK")
        same("how it stands", client.dial_up.mobile_dataswitch()["dataswitch"], str(int(on)))
        expected = "901" if on else "902"
        same("the connection", client.monitoring.status()["ConnectionStatus"], expected)


def restarts(url, client, model):
    """A restart: the box goes away, and is back as a box that has just been switched on."""
    before = client.monitoring.traffic_statistics()
    try:
        same("the order", client.device.set_control(ControlModeEnum.REBOOT), "OK")
        true("this model answers before it goes", model != "h122-373")
    except requests.exceptions.ConnectionError:
        true("this model goes without a word", model == "h122-373")

    def is_away():
        try:
            requests.get(url, timeout=1)
        except requests.exceptions.ConnectionError:
            return True
        return False

    eventually("it goes away", is_away)
    back = eventually("it comes back", lambda: opened(url, model))
    client = Client(back)
    if model != "e8372":
        true("its uptime begins again", number(client.device.information(), "uptime") < 30)
    after = client.monitoring.traffic_statistics()
    true("its totals stay", number(after, "TotalDownload") >= number(before, "TotalDownload"))
    true("the connection is new", number(after, "CurrentConnectTime") < 30)
    same("the logout", client.user.logout(), "OK")
    refused("reading after the logout", ResponseErrorLoginRequiredException, client.device.information)


def whole_life(program, model):
    """Log in, read, order, restart, log out."""
    with Box(program, "huawei_hilink", "--model", model, *TAKES) as box:
        client = Client(opened(box.url, model))
        same("the state", client.user.state_login()["State"], "0")
        reads(client, model)
        switches(client)
        restarts(box.url, client, model)


def strangers(program):
    """What is told without a login, by boxes that have one and boxes that have none."""
    with Box(program, "huawei_hilink", "--model", "b310s-22", *TAKES) as box:
        client = Client(Session(box.url, timeout=5))
        levels(client.device.signal(), "b310s-22")
        refused("the serial number", ResponseErrorLoginRequiredException, client.device.information)
    with Box(program, "huawei_hilink", "--model", "e3372", *TAKES) as box:
        client = Client(Connection(box.url, username="admin", password=PASSWORD, timeout=5))
        same("the battery", client.monitoring.status()["BatteryPercent"], "87")
        same("nobody on Wi-Fi", client.wlan.host_list()["Hosts"]["Host"], [])


def locks(program):
    """Three wrong passwords, and not even the right one is taken."""
    with Box(program, "huawei_hilink", "--model", "e8372", *TAKES) as box:
        def wrong():
            return Connection(box.url, username="admin", password="wrong", timeout=5)

        for _ in range(3):
            refused("a wrong password", LoginErrorUsernamePasswordWrongException, wrong)
        refused("the right one", LoginErrorUsernamePasswordOverrunException, lambda: opened(box.url, "e8372"))
    with Box(program, "huawei_hilink", "--model", "b618", *TAKES) as box:
        known = Session(box.url, timeout=5)
        true("a wrong answer is refused", not ByChallenge(known).login(box.url, "admin", "wrong", None, None))
        refused(
            "the old login, which this model has given up,",
            LoginErrorUsernamePasswordWrongException,
            lambda: Connection(box.url, username="admin", password=PASSWORD, timeout=5),
        )


def check(program):
    for model in ("b525s-65a", "b618", "e8372", "h122-373"):
        whole_life(program, model)
    strangers(program)
    locks(program)


main(check)
