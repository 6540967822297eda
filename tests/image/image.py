#!/usr/bin/env python3
"""The runtime stages of the Dockerfile, built around a program that exists already, and run as a container would run them.

No registry and no daemon is needed: buildah makes the images, with a folder in the place of the build stage; the container is a
read-only root with a folder for /data, entered by chroot as the image's own user.

`tests/image/image.py PROGRAM [MOST_BYTES]`: the program must be static; the compressed layers must not be larger.
"""

import gzip
import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(sys.argv[1]).resolve()
MOST_BYTES = int(sys.argv[2]) if len(sys.argv) > 2 else None
ENVIRONMENT = dict(os.environ, STORAGE_DRIVER="vfs", BUILDAH_ISOLATION="chroot")
PATIENCE = 60


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, env=ENVIRONMENT, **options).stdout.strip()


def eventually(what, look):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.1)
    sys.exit(f"never happened: {what}")


class Image:
    """One stage of the Dockerfile, unpacked."""

    def __init__(self, target, folder):
        built = folder / "build"
        shutil.copytree(folder / "out", built / "out", dirs_exist_ok=True)
        self.name = f"router2mqtt-test-{target}"
        run("buildah", "bud", "--quiet", "--format", "docker", "--target", target, "--tag", self.name,
            "--build-context", f"build={built}", "--ignorefile", "/dev/null", "--file", ROOT / "Dockerfile", built)  # fmt: skip
        self.container = run("buildah", "from", self.name)
        self.root = Path(run("buildah", "mount", self.container))
        inspected = json.loads(run("buildah", "inspect", "--type", "image", self.name))
        self.config = inspected["Docker"]["config"]

    def remove(self):
        run("buildah", "rm", self.container)
        run("buildah", "rmi", self.name)

    def files(self):
        return sorted(str(path.relative_to(self.root)) for path in self.root.rglob("*") if not path.is_dir())

    def command(self, words, data, mounts, environment):
        """The words, run in the image: its user, its environment, a root that cannot be written to."""
        root, view = shlex.quote(str(self.root)), shlex.quote(str(data.parent / "view"))
        script = [f"mkdir -p {view}", f"mount --bind {root} {view}"]
        script += [f"mount --bind {shlex.quote(str(data))} {view}/data"]
        script += [f"mount --bind {shlex.quote(str(file))} {view}{place}" for place, file in mounts.items()]
        script += [f"mount -o remount,bind,ro {view}"]
        variables = dict(entry.split("=", 1) for entry in self.config.get("Env") or []) | environment
        settings = " ".join(shlex.quote(f"{name}={value}") for name, value in variables.items())
        user = self.config.get("User") or "0:0"
        words = " ".join(shlex.quote(word) for word in words)
        script += [f"exec env -i {settings} /usr/sbin/chroot --userspec={user} --groups= {view} {words}"]
        return ["unshare", "--mount", "sh", "-ec", "; ".join(script)]


def check_image(image, user):
    expected = ["usr/bin/router2mqtt"]
    assert image.files() == expected, f"more than the program in the image: {image.files()}"
    assert (image.config.get("User") or "") == user, image.config.get("User")
    health = image.config["Healthcheck"]["Test"]
    assert health == ["CMD", "/usr/bin/router2mqtt", "health", "--data", "/data"], health
    linking = run("readelf", "--wide", "--program-headers", "--dynamic", image.root / "usr/bin/router2mqtt")
    assert "INTERP" not in linking and "(NEEDED)" not in linking, f"not static: {linking}"


def compressed(image):
    """What has to be fetched: all that is in the image, as one layer."""
    archive = subprocess.run(["tar", "-C", image.root, "-c", "."], check=True, capture_output=True).stdout
    return len(gzip.compress(archive, 9))


def simulated(folder):
    """A box, and what belongs into the configuration for it."""
    words = [PROGRAM, "simulate", "freebox", "--listen", "127.0.0.1:0"]
    box = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=folder)
    return box, json.loads(box.stdout.readline())


def broker(folder, port):
    configuration = folder / "mosquitto.conf"
    configuration.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nlog_dest none\nuser root\n")
    program = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin")
    return subprocess.Popen([program, "-c", configuration], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def retained(port):
    seen = subprocess.run(
        ["mosquitto_sub", "-h", "127.0.0.1", "-p", str(port), "-t", "router2mqtt/box/availability", "-C", "1", "-W", "2"],
        capture_output=True, text=True,
    )  # fmt: skip
    return seen.stdout.strip()


def live(image, folder, port, words, mounts, environment):
    """Runs the image until the box is online in the broker, asks for its health, and stops it."""
    data = folder / "data"
    health = image.config["Healthcheck"]["Test"][1:]
    ask = image.command(health, data, mounts, environment)
    assert subprocess.run(ask, capture_output=True).returncode == 1, "healthy before it runs"
    log = open(folder / "log", "w")
    bridge = subprocess.Popen(image.command(words, data, mounts, environment), stdout=log, stderr=log)
    try:
        eventually(f"the box is online; see {(folder / 'log')}", lambda: retained(port) == "online" or bridge.poll())
        assert bridge.poll() is None, (folder / "log").read_text()
        passed = subprocess.run(ask, capture_output=True, text=True)
        assert passed.returncode == 0, f"the health check does not pass: {passed.stderr}"
        owner = (data / "history.db").stat().st_uid
        assert str(owner) == (image.config.get("User") or "0").split(":")[0], f"the data belongs to {owner}"
    finally:
        bridge.send_signal(signal.SIGTERM)
        code = bridge.wait(PATIENCE)
    assert code == 0, f"it ended with {code}: {(folder / 'log').read_text()}"
    assert retained(port) == "offline"


def main():
    if os.geteuid() != 0:
        sys.exit("root is needed to enter a container by hand")
    folder = Path(tempfile.mkdtemp(prefix="router2mqtt-image-"))
    ENVIRONMENT["CONTAINERS_STORAGE_CONF"] = str(folder / "storage.conf")
    (folder / "storage.conf").write_text(f'[storage]\ndriver = "vfs"\nrunroot = "{folder}/run"\ngraphroot = "{folder}/storage"\n')
    (folder / "out" / "data").mkdir(parents=True)
    shutil.copy(PROGRAM, folder / "out" / "router2mqtt")
    port = free_port()
    processes = [broker(folder, port)]
    try:
        box, keys = simulated(folder)
        processes.append(box)
        mqtt = {"url": f"mqtt://127.0.0.1:{port}"}
        for target, user in (("container", "65532:65532"), ("addon", "")):
            image = Image(target, folder)
            check_image(image, user)
            size = compressed(image)
            place = folder / target
            (place / "data").mkdir(parents=True)
            if target == "container":
                os.chown(place / "data", 65532, 65532)
                os.chmod(place / "data", 0o700)
                configuration = place / "router2mqtt.yaml"
                configuration.write_text(json.dumps({"mqtt": mqtt, "routers": {"box": keys | {"every": "5s"}}}))
                mounted = image.root / "etc/router2mqtt/router2mqtt.yaml"
                mounted.parent.mkdir(parents=True)
                mounted.touch()
                mounts = {"/etc/router2mqtt/router2mqtt.yaml": configuration}
                environment = {}
            else:
                (image.root / "data").mkdir(exist_ok=True)
                options = {"log": "info", "routers": [{"id": "box", **keys}], "mqtt": mqtt}
                (place / "data" / "options.json").write_text(json.dumps(options))
                os.chmod(place / "data" / "options.json", 0o600)
                mounts, environment = {}, {"SUPERVISOR_TOKEN": "any", "TZ": "Europe/Oslo"}
            words = image.config["Entrypoint"] + image.config["Cmd"]
            if target == "addon":
                # Its usual port may be taken here.
                words += ["--ingress", "127.0.0.1:0"]
            live(image, place, port, words, mounts, environment)
            print(f"{target}: static, {size / 1e6:.2f} MB compressed, runs read-only, is healthy, stops with 0")
            if MOST_BYTES and size > MOST_BYTES:
                sys.exit(f"{target}: {size} bytes are more than {MOST_BYTES}")
            image.remove()
    finally:
        for process in processes:
            process.terminate()
            process.wait(PATIENCE)
        shutil.rmtree(folder, ignore_errors=True)


main()
