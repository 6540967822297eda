"""Installs Home Assistant below a folder, each release with the Python that it asks for. What is there is kept.

    install.py FOLDER

Only the package index and Debian's mirror are asked. Home Assistant installs packages while it starts; they are
installed here, so that it starts without a network.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

# The newest release, and one that does not know messages that announce a whole device.
NEWEST = "2026.11.0"
OLD = "2024.3.3"
PYTHON = {NEWEST: (3, 14, 2), OLD: (3, 11, 0)}
# The suite of Debian that has it, for machines that do not.
SUITE = {NEWEST: "forky", OLD: "bookworm"}
# Left open by an old release, and different since.
CAPPED = {OLD: ["josepy<2", "setuptools<81"]}

BIN = Path(sys.executable).parent
# What is loaded by a start, and by what the tests set up.
LOADED = {
    "api", "automation", "blueprint", "config", "counter", "frontend", "history", "http", "logbook", "lovelace", "mqtt", "notify",
    "persistent_notification", "recorder", "system_log", "websocket_api",
}  # fmt: skip


def run(*command: object, **more: object) -> str:
    """The output of a command that has to succeed."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True, check=False, **more)
    if done.returncode:
        raise SystemExit(f"{command[0]} failed with {done.returncode}: {' '.join(map(str, command))}\n{done.stdout}")
    return done.stdout


def fits(python: str | Path | None, need: tuple[int, int, int]) -> bool:
    """Whether this is an interpreter of the series, new enough, and complete."""
    if not python or not Path(python).exists():
        return False
    probe = "import sys, ssl, sqlite3, ctypes, zlib, lzma, bz2; print(*sys.version_info[:3])"
    found = subprocess.run([str(python), "-c", probe], capture_output=True, text=True, check=False)
    version = tuple(int(part) for part in found.stdout.split())
    return found.returncode == 0 and version[:2] == need[:2] and version >= need


def python_for(release: str, folder: Path) -> Path:
    """An interpreter: of this machine, or unpacked from Debian without touching the machine's packages."""
    need, suite = PYTHON[release], SUITE[release]
    name = f"python{need[0]}.{need[1]}"
    for found in (sys.executable, shutil.which(name), f"/usr/bin/{name}", f"/usr/local/bin/{name}"):
        if fits(found, need):
            return Path(run(found, "-c", "import sys; print(getattr(sys, '_base_executable', sys.executable))").strip())
    root = folder / "python" / f"{name}-{suite}"
    python = root / "usr" / "bin" / name
    if not fits(python, need):
        unpack(suite, name, root, folder / "apt" / suite)
    if not fits(python, need):
        raise SystemExit(f"Debian {suite} has no Python {need} that runs here")
    return python


def mirror() -> str:
    """Where this machine gets its packages."""
    places = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    text = "\n".join(place.read_text() for place in places if place.is_file())
    found = re.search(r"^[^#\n]*?(https?://\S+/debian)(?=[/\s])", text, re.MULTILINE)
    return found[1] if found else "http://deb.debian.org/debian"


def unpack(suite: str, name: str, root: Path, state: Path) -> None:
    """Unpacks a Python and its libraries from a suite, to run with its own C library."""
    for part in ("lists/partial", "archives/partial", "log"):
        (state / part).mkdir(parents=True, exist_ok=True)
    (state / "status").write_text("")
    keys = "/usr/share/keyrings/debian-archive-keyring.gpg"
    (state / "sources.list").write_text(f"deb [signed-by={keys}] {mirror()} {suite} main\n")
    settings = {
        "Dir::Etc::sourcelist": state / "sources.list", "Dir::Etc::sourceparts": "/dev/null",
        "Dir::Etc::preferences": "/dev/null", "Dir::Etc::preferencesparts": "/dev/null",
        "Dir::State": state, "Dir::State::lists": state / "lists", "Dir::State::status": state / "status",
        "Dir::Cache": state, "Dir::Cache::archives": state / "archives", "Dir::Log": state / "log",
        "Debug::NoLocking": 1, "APT::Sandbox::User": "", "Acquire::Languages": "none",
        "Acquire::Check-Valid-Until": "false",
    }  # fmt: skip
    options = ["-qq", *(f"-o{key}={value}" for key, value in settings.items())]
    run("apt-get", *options, "update")
    print(f"Python from Debian {suite}", flush=True)
    run("apt-get", *options, "install", "-y", "--no-install-recommends", "--download-only", name)
    # Headers, for the few packages that are there as source only.
    run("apt-get", *options, "download", f"lib{name}-dev", cwd=state / "archives")
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    for package in sorted((state / "archives").glob("*.deb")):
        run("dpkg-deb", "-x", package, root)
    loader = next(path for path in sorted(root.rglob("ld-linux*.so*")) if "linux-gnu" in str(path))
    libraries = f"{loader.parent}:{root}/usr/lib/{loader.parent.name}"
    binary = root / "usr" / "bin" / name
    run(BIN / "patchelf", "--set-interpreter", loader, "--force-rpath", "--set-rpath", libraries, binary)
    shutil.rmtree(state / "archives")


def packages(python: Path) -> list[str]:
    """What Home Assistant would install while it starts, from the manifests of its integrations."""
    ask = (
        "import homeassistant, json; from homeassistant import bootstrap as b;"
        "names = [n for c in ('CORE_INTEGRATIONS', 'DEFAULT_INTEGRATIONS') for n in getattr(b, c, ())];"
        "print(json.dumps([homeassistant.__path__[0], names]))"
    )
    home, names = json.loads(run(python, "-c", ask))
    todo, seen, found = LOADED | set(names) | {"hassio"}, set(), set()
    while todo:
        name = todo.pop()
        manifest = Path(home) / "components" / name / "manifest.json"
        if name not in seen and manifest.is_file():
            seen.add(name)
            about = json.loads(manifest.read_text())
            found |= set(about.get("requirements", ()))
            todo |= set(about.get("dependencies", ()))
    return sorted(found)


def install(release: str, folder: Path) -> None:
    """Makes a virtual environment of a release, if there is none that is complete."""
    venv = folder / release
    done = venv / "complete"
    if done.exists():
        return
    python = python_for(release, folder)
    print(f"Home Assistant {release} with {python}", flush=True)
    shutil.rmtree(venv, ignore_errors=True)
    environment = {**os.environ, "UV_CACHE_DIR": str(folder / "uv"), "UV_PYTHON_DOWNLOADS": "never"}
    if "PIP_INDEX_URL" in os.environ:
        environment.setdefault("UV_DEFAULT_INDEX", os.environ["PIP_INDEX_URL"])
    if folder in python.parents:
        environment["CPATH"] = str(python.parent.parent / "include")
    uv = BIN / "uv"
    run(uv, "venv", "-q", "--python", python, venv, env=environment)
    into = [uv, "pip", "install", "-q", "--python", venv / "bin" / "python"]
    run(*into, f"homeassistant=={release}", *CAPPED.get(release, []), env=environment)
    constraints = next(venv.glob("lib/python*/site-packages/homeassistant/package_constraints.txt"))
    wanted = packages(venv / "bin" / "python")

    def get(packages: list[str]) -> bool:
        command = [str(part) for part in (*into, *packages, "-c", constraints)]
        return subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 0

    if not get(wanted):
        # Some want a compiler and serve what no test looks at; what is needed is asked for below.
        left_out = [package for package in wanted if not get([package])]
        print(f"left out: {', '.join(left_out)}", flush=True)
    run(venv / "bin" / "python", "-c", "import paho.mqtt.client, sqlalchemy, hass_frontend")
    done.write_text(f"{python}\n")


if __name__ == "__main__":
    for wanted in (NEWEST, OLD):
        install(wanted, Path(sys.argv[1]).absolute())
