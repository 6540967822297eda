"""The simulated Huawei B593, seen by a collector written for the real one: log in, cut out five values, restart it.

    python3 tests/clients/b593.py PROGRAM

It speaks as collectors of that time do: fixed headers, a cookie jar, values found by an exact search. Only the key is
taken from the box, since the private half of the real one is not known to anybody.
"""

import base64
import hashlib
import http.cookiejar
import re
import urllib.parse
import urllib.request

from Crypto.Cipher import PKCS1_v1_5
from Crypto.PublicKey import RSA

from box import Box, eventually, main, same, true

HEADERS = [
    ("User-Agent", "Mozilla/5.0 (X11; Linux) Gecko/20100101 Firefox/19.0"),
    ("Accept-Encoding", "gzip, deflate"),
    ("Cookie", "Language=en; SessionID_R3=0; FirstMenu=Admin_0; SecondMenu=Admin_0_0; ThirdMenu=Admin_0_0_0"),
    ("Connection", "keep-alive"),
]

# What is searched for, with exactly these blanks.
SEARCHED = {
    "uplink": "'upvolume' : '",
    "downlink": "'downvolume' : '",
    "uplink rate": "'uprate' : '",
    "downlink rate": "'downrate' : '",
    "IP address": "'dataip' : '",
}


def cut(page, searched):
    """What follows a text up to the next quote; the text must not be the beginning of the page."""
    at = page.find(searched)
    true(f"{searched} is on the page", at > 0)
    begin = at + len(searched)
    return page[begin : page.index("'", begin)]


class Collector:
    """A client with the session of one administrator."""

    def __init__(self, box):
        self.url = box.url
        self.jar = http.cookiejar.LWPCookieJar()
        # In this order the cookies of the jar come before the fixed one.
        handlers = urllib.request.HTTPCookieProcessor(self.jar), urllib.request.HTTPHandler()
        self.opener = urllib.request.build_opener(*handlers)
        self.opener.addheaders = HEADERS

    def ask(self, path, fields=None):
        """A page; with fields, the answer to a form."""
        data = None if fields is None else urllib.parse.urlencode(fields).encode()
        with self.opener.open(self.url + path, data, timeout=10) as answer:
            same(f"the status of {path}", answer.status, 200)
            return answer.read().decode("iso-8859-1")

    def encrypted(self, text):
        """The text under the key of the box."""
        pieces = re.search(r"modulus\s*=\s*([^;]+);", self.ask("/js/rsa.js")).group(1)
        modulus = int("".join(re.findall(r'"([0-9A-Fa-f]+)"', pieces)), 16)
        cipher = PKCS1_v1_5.new(RSA.construct((modulus, 0x10001)))
        return base64.b64encode(cipher.encrypt(text.encode())).decode()

    def pair(self, path):
        """The two values that a form of this page has to send back."""
        page = self.ask(path)
        return {name: re.search(rf'var {name} = "(\w+)";', page).group(1) for name in ("csrf_param", "csrf_token")}

    def log_in(self, wrapped, path="/index/login.cgi", **more):
        """Whether the box lets us in."""
        self.jar.clear()
        page = self.ask(path, {"Username": "admin", "Password": wrapped, **more})
        true("a login is answered with the page that leads elsewhere", "<title>replace</title>" in page)
        return self.session() is not None

    def session(self):
        """The number of the session, as the cookie has it."""
        numbers = [int(cookie.value) for cookie in self.jar if cookie.name == "SessionID_R3"]
        return numbers[0] if numbers else None

    def read(self):
        """The five values."""
        page = self.ask("/html/status/waninfo.asp")
        true("there is a session", "<title>replace</title>" not in page)
        values = {name: cut(page, searched) for name, searched in SEARCHED.items()}
        return {name: value if name == "IP address" else float(value) for name, value in values.items()}


def are_real(values):
    """The values are those of a box in use, in kilobytes and kbit/s."""
    same("the address", values["IP address"], "198.51.100.49")
    true("it has sent gigabytes, in kB", 1e8 < values["uplink"] < 1e9)
    true("it has received a terabyte, in kB", 1e9 < values["downlink"] < 1e10)
    true("the uplink rate is one of LTE, in kbit/s", 0 < values["uplink rate"] < 50_000)
    true("the downlink rate is one of LTE, in kbit/s", 0 < values["downlink rate"] < 150_000)


def goes_away_and_comes_back(collector, look):
    """A box that was told to restart is gone for a while; then `look` finds what it has forgotten."""

    def is_gone():
        try:
            collector.ask("/")
        except OSError:
            return True
        return False

    eventually("the box is gone", is_gone)
    eventually("the box is back", look)


def rsa(program):
    """The firmware that the collector was written for; it logs in every few seconds and never out."""
    with Box(program, "huawei_b593", "--model", "b593-sp102", "--reboot-takes", "1s") as box:
        collector = Collector(box)
        true("without a login there is nothing", "'upvolume'" not in collector.ask("/html/status/waninfo.asp"))
        true("a wrong password is rejected", not collector.log_in(collector.encrypted("guess")))
        true("base64 is rejected", not collector.log_in(base64.b64encode(b"admin").decode()))
        for _ in range(3):
            true("the password is accepted", collector.log_in(collector.encrypted("admin")))
            true("the number of the session has 32 bits", 0 < collector.session() < 2**32)
            before = collector.read()
            are_real(before)
        collector.ask("/html/management/reboot.cgi?RequestFile=/html/management/reset.asp", {})
        goes_away_and_comes_back(collector, lambda: collector.log_in(collector.encrypted("admin")))
        after = collector.read()
        are_real(after)
        lost = before["downlink"] - after["downlink"]
        true("it went back to its last saved copy", 0 < lost < before["downlink"] / 100)


def plain(program):
    """The firmware before that."""
    with Box(program, "huawei_b593", "--model", "b593u-12") as box:
        collector = Collector(box)
        true("the password is accepted in base64", collector.log_in(base64.b64encode(b"admin").decode()))
        are_real(collector.read())


def token(program):
    """The Speedport: a value from a page of its own goes into the path."""
    with Box(program, "huawei_b593", "--model", "speedport-lte-ii") as box:
        collector = Collector(box)
        wrapped = collector.encrypted("admin")
        true("without the value there is no login", not collector.log_in(wrapped))
        value = collector.ask("/html/status/tokenselete.asp").strip()
        true("the value is ten digits and a semicolon", re.fullmatch(r"\d{10};", value))
        true("with it there is", collector.log_in(wrapped, f"/index/login.cgi&token={value}"))
        are_real(collector.read())


def hashed(program):
    """The B593s-22: open pages, a hashed password, and a restart with the values of its page."""
    with Box(program, "huawei_b593", "--model", "b593s-22", "--reboot-takes", "1s") as box:
        collector = Collector(box)

        def statistics():
            page = collector.ask("/html/status/waninforefresh.asp")
            line = re.search(r"^WanStatistics = \{(.+)\};", page).group(1)
            return {key: int(value) for key, value in re.findall(r"'(\w+)' : '(\d+)'", line)}

        before = statistics()
        true("it has received a terabyte, in bytes", 1e12 < before["downvolume"] < 1e13)
        pair = collector.pair("/")
        own = base64.b64encode(b"admin").decode()
        salted = f"admin{own}{pair['csrf_param']}{pair['csrf_token']}"
        wrapped = collector.encrypted(hashlib.sha256(salted.encode()).hexdigest())
        true("the password is accepted", collector.log_in(wrapped, **pair))
        modem = collector.ask("/index/getmodemsts.cgi?rid=0.5", {}).split(",")
        true("the modem tells its network", re.fullmatch(r"\d{5}", modem[1]))
        maintenance = "/html/management/maintenance.asp"
        collector.ask(f"/html/management/reboot.cgi?RequestFile={maintenance}", collector.pair(maintenance))
        goes_away_and_comes_back(collector, lambda: statistics()["liveTime"] < before["liveTime"])


def check(program):
    """All of it."""
    for part in (rsa, plain, token, hashed):
        part(program)


main(check)
