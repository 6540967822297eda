"""What the client scripts share: a simulated box as a process, and an end that says in words what is wrong."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse

PATIENCE = 20.0


class Difference(Exception):
    """The box did not say what it should have said."""


def same(what, seen, expected):
    """Two values have to be equal."""
    if seen != expected:
        raise Difference(f"{what}: {seen!r} instead of {expected!r}")


def true(what, holds):
    """Something has to hold."""
    if not holds:
        raise Difference(f"not so: {what}")


def eventually(what, look):
    """Something has to become true; a box that does not answer meanwhile is asked again."""
    limit = time.monotonic() + PATIENCE
    while True:
        with contextlib.suppress(OSError):
            if found := look():
                return found
        if time.monotonic() > limit:
            raise Difference(f"never happened: {what}")
        time.sleep(0.1)


def line(name, labels, value):
    """A line of a page for Prometheus, with its labels in the order of the alphabet."""
    inside = ",".join(f'{label}="{labels[label]}"' for label in sorted(labels))
    return f"{name}{{{inside}}} {value}"


class Box:
    """`router2mqtt simulate FAMILY …`: its configuration keys are its attributes; it ends with its `with`."""

    def __init__(self, program, family, *words):
        self.program = program
        clean = {key: value for key, value in os.environ.items() if not key.startswith("ROUTER2MQTT")}
        command = [program, "simulate", family, *words]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=clean, text=True
        )
        line = self.process.stdout.readline()
        if not line:
            raise Difference(f"{' '.join(command)} did not start")
        self.keys = json.loads(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __getattr__(self, key):
        return self.keys[key]

    def probe(self, *words):
        """What `router2mqtt probe box …` prints about it."""
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "router2mqtt.json")
            with open(file, "w", encoding="utf-8") as out:
                json.dump({"mqtt": {"url": "mqtt://127.0.0.1"}, "routers": {"box": self.keys}}, out)
            command = [self.program, "--config", file, "probe", "box", *words]
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        same(f"the end of {' '.join(words)}: {done.stderr}", done.returncode, 0)
        return done.stdout

    @property
    def host(self):
        """Where it listens, without the port."""
        return urllib.parse.urlsplit(self.url).hostname

    @property
    def port(self):
        """The port it listens on."""
        return urllib.parse.urlsplit(self.url).port


def main(check):
    """Runs `check(program)`, where the program is the only argument of the script."""
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} PROGRAM")
    try:
        check(sys.argv[1])
    except Difference as difference:
        sys.exit(str(difference))
