"""The simulated Archer C20, seen by a program that counts the traffic of each device: a poll is a question and a logout.

    python3 tests/clients/dalla.py PROGRAM

It reads as strictly as such programs do: within a second, an answer that ends with `[error]0`, and rows of exactly twelve
fields, so that the row of the settings drops out by itself.
"""

import base64
import time

import requests

from box import Box, eventually, main, same, true

NOWHERE = "0,0,0,0,0,0"
STATISTICS = f"[STAT_CFG#{NOWHERE}#{NOWHERE}]0,0\r\n[STAT_ENTRY#{NOWHERE}#{NOWHERE}]1,0\r\n"
LOGOUT = f"[/cgi/logout#{NOWHERE}#{NOWHERE}]0,0\r\n"

FIELDS = [
    "ipAddress",
    "macAddress",
    "totalPkts",
    "totalBytes",
    "currPkts",
    "currBytes",
    "currIcmp",
    "currUdp",
    "currSyn",
    "currIcmpMax",
    "currUdpMax",
    "currSynMax",
]


class Poller:
    """What such a program sends: name and password in a cookie, and a page of the box as the referer."""

    def __init__(self, box, password):
        self.box = box
        self.word = base64.b64encode(f"{box.username}:{password}".encode()).decode()

    def post(self, kinds, body, page):
        headers = {
            "Cookie": f"Authorization=Basic {self.word}",
            "Referer": f"{self.box.url}/{page}",
            "Content-Type": "text/plain",
        }
        return requests.post(f"{self.box.url}/cgi?{kinds}", data=body, headers=headers, timeout=1)

    def poll(self):
        """The rows; none when the box refuses. A program that leaves without logging out locks everybody out."""
        answer = self.post("1&5", STATISTICS, "mainFrame.htm")
        same("the answer to the logout", self.post("8", LOGOUT, "MenuRpm.htm").text, "[cgi]0\n[error]0")
        lines = answer.text.split("\n")
        return rows(lines[:-1]) if lines[-1] == "[error]0" else None


def rows(lines):
    """By device and address: the total of both directions, in bytes."""
    sections = []
    for line in lines:
        if line.startswith("["):
            sections.append([])
        else:
            sections[-1].append(line.split("=", 1))
    full = [dict(section) for section in sections if len(section) == len(FIELDS)]
    for section in full:
        same("the fields of a row", list(section), FIELDS)
    found = {(row["macAddress"], dotted(row["ipAddress"])): int(row["totalBytes"]) for row in full}
    same("one row for each device and address", len(found), len(full))
    same("what is no row of a device", len(sections) - len(full), 1)
    return found


def dotted(number):
    return ".".join(str(int(number) >> shift & 255) for shift in (24, 16, 8, 0))


def counts(poller):
    """Counters grow from poll to poll, and have 32 bits."""
    before = poller.poll()
    time.sleep(1.2)
    after = poller.poll()
    same("who is there", set(after), set(before))
    true("a device with two addresses", ("02:00:5E:20:00:01", "10.13.0.5") in after)
    true("counters have 32 bits", all(0 <= total < 2**32 for total in after.values()))
    # The second device is a moment before its counter starts again at zero.
    grown = {pair for pair, total in after.items() if total != before[pair]}
    true(f"most of them grow: {len(grown)} of {len(after)}", len(grown) >= 5)


def resets(poller):
    """All totals begin again, and the rows stay; then the rows go, and come back."""
    before = poller.poll()
    config = f"[STAT_CFG#{NOWHERE}#{NOWHERE}]0,1\r\n"
    same("a reset", poller.post("2", f"{config}action=1\r\n", "mainFrame.htm").text, "[error]0")
    after = poller.poll()
    same("the rows after a reset", set(after), set(before))
    true("totals that began again", all(total < 2_000_000 for total in after.values()))
    same("rows that are deleted", poller.post("2", f"{config}action=2\r\n", "mainFrame.htm").text, "[error]0")
    same("no rows", poller.poll(), {})
    same("a shorter interval", poller.post("2", f"{config}interval=5\r\n", "mainFrame.htm").text, "[error]0")
    eventually("the rows are back", poller.poll)


def check(program):
    with Box(program, "tplink", "--model", "archer-c20") as box:
        poller = Poller(box, box.password)
        counts(poller)
        stranger = Poller(box, "wrong")
        refused = stranger.post("1&5", STATISTICS, "mainFrame.htm")
        same("the status of a refusal", refused.status_code, 500)
        true("a refusal is no answer", not refused.text.endswith("[error]0"))
        resets(poller)


main(check)
