"""The programs that take part, each as a process of ours on the loopback interface."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time

PATIENCE = 30.0


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def eventually(what, look, patience=PATIENCE, every=0.1):
    """What `look` finds, as soon as it finds something; what is not there yet may raise."""
    limit, last = time.monotonic() + patience, None
    while True:
        try:
            if found := look():
                return found
        except (OSError, KeyError, TypeError, ValueError) as error:
            last = error
        if time.monotonic() > limit:
            raise AssertionError(f"within {patience:g} s it never was so: {what}" + (f" ({last})" if last else ""))
        time.sleep(every)


class Process:
    """A process that ends with us, and writes into a log."""

    def __init__(self, log):
        self.log, self.process = log, None

    def run(self, command, **more):
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("ROUTER2MQTT", "PYTHON"))}
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stderr=log,
                env=clean,
                start_new_session=True,
                **{"stdout": log, **more},
            )

    def send(self, number):
        self.process.send_signal(number)

    def stop(self, number=signal.SIGTERM):
        if self.process is None:
            return
        if self.process.poll() is None:
            self.send(number)
            self.send(signal.SIGCONT)
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def kill(self):
        self.stop(signal.SIGKILL)


class Broker(Process):
    """A Mosquitto that remembers what is retained."""

    def __init__(self, folder):
        super().__init__(folder / "broker.log")
        self.port = free_port()
        self.conf = folder / "mosquitto.conf"
        user = "user root\n" if os.geteuid() == 0 else ""
        self.conf.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence true\n"
            f"persistence_location {folder}/\nmax_queued_messages 100000\n{user}"
        )

    def start(self):
        self.run([shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin"), "-c", self.conf])
        eventually("the broker listens", lambda: socket.create_connection(("127.0.0.1", self.port), 1).close() or True)


class Box(Process):
    """A simulated box; whatever happens to it, it stays at its port."""

    def __init__(self, program, folder, family, *words):
        super().__init__(folder / f"{family}.log")
        self.command = [program, "simulate", family, "--listen", f"127.0.0.1:{free_port()}", "--reboot-takes", "4s", *words]
        self.keys = None

    def start(self, *words):
        self.run([*self.command, *words], stdout=subprocess.PIPE)
        line = self.process.stdout.readline()
        assert line, f"the simulated box did not start, see {self.log}"
        self.keys = json.loads(line)


class Bridge(Process):
    """The bridge, as its users run it."""

    def __init__(self, program, folder, broker):
        super().__init__(folder / "bridge.log")
        self.program, self.file, self.broker = program, folder / "router2mqtt.json", broker

    def start(self, document):
        mqtt = {"url": f"mqtt://127.0.0.1:{self.broker.port}", "discovery": document.pop("discovery", "device")}
        self.file.write_text(json.dumps({"mqtt": mqtt, **document}, indent=1))
        self.run([self.program, "run", "--config", self.file])

    def ask(self, *words):
        """What another command of the program says, beside the running bridge."""
        done = subprocess.run(
            [str(self.program), *words, "--config", str(self.file)], capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, f"router2mqtt {' '.join(words)} ended with {done.returncode}: {done.stderr}"
        return done.stdout
