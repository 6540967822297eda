#!/usr/bin/env python3
"""The app's files against the published rules of the Supervisor and of the linter for apps.

`tests/addon/rules.py PROGRAM` prints what it looked at, and fails with everything that is wrong.
"""

import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "ha" / "addon"
ARCHITECTURES = {"aarch64", "amd64"}
# A key with the value that it has anyway is an error of the linter.
DEFAULTS = {
    "init": True, "startup": "application", "boot": "auto", "stage": "stable", "backup": "hot", "ingress_port": 8099,
    "panel_icon": "mdi:puzzle", "panel_admin": True, "apparmor": True, "timeout": 10, "hassio_role": "default",
    "options": {}, "schema": {}, "ingress": False, "ingress_stream": False, "ingress_entry": "/", "host_network": False,
    "hassio_api": False, "homeassistant_api": False, "auth_api": False, "tmpfs": False, "stdin": False,
}  # fmt: skip
WORDS = {
    "startup": {"initialize", "system", "services", "application", "once"},
    "boot": {"auto", "manual", "manual_only"},
    "stage": {"stable", "experimental", "deprecated"},
    "backup": {"hot", "cold"},
}
KNOWN = {
    *DEFAULTS, "name", "version", "slug", "description", "url", "arch", "image", "homeassistant", "services", "ports",
    "ports_description", "panel_title", "map", "environment", "backup_exclude", "backup_pre", "backup_post",
    "breaking_versions", "ulimits", "discovery", "webui",
}  # fmt: skip
# What a bridge has no need of, and what costs points of the security rating.
UNWANTED = {"host_network", "hassio_api", "homeassistant_api", "auth_api", "webui"}
FOLDERS = {"addon_config", "ssl", "share", "media"}
TYPE = re.compile(
    r"^(bool|email|url|port|device(\(.+\))?|(str|password|int|float)(\(-?[\d.]*,-?[\d.]*\))?|match\((?P<match>.+)\)|list\((?P<list>.+)\))\??$"
)

wrong = []


def expect(holds, what):
    if not holds:
        wrong.append(what)


def load(path):
    return yaml.safe_load(path.read_text())


def check_config(config):
    for key in ("name", "version", "slug", "description", "arch"):
        expect(config.get(key), f"config.yaml: {key} is missing")
    for key, value in config.items():
        expect(key in KNOWN, f"config.yaml: {key} is no key")
        expect(key not in DEFAULTS or value != DEFAULTS[key], f"config.yaml: {key} repeats its default")
        expect(key not in WORDS or value in WORDS[key], f"config.yaml: {key}: {value} is no word for it")
        expect(key not in UNWANTED, f"config.yaml: {key} is more than a bridge needs")
    expect(isinstance(config["version"], str), "config.yaml: the version must be quoted")
    expect(re.fullmatch(r"[-_.A-Za-z0-9]+", config["slug"]), "config.yaml: slug")
    expect(set(config["arch"]) == ARCHITECTURES, f"config.yaml: arch must be {ARCHITECTURES}")
    expect(re.fullmatch(r"[a-z0-9][a-z0-9./_-]*", config["image"]), "config.yaml: image: lower case, and no tag")
    expect(config["url"].startswith("https://"), "config.yaml: url")
    for service in config["services"]:
        expect(re.fullmatch(r"(mqtt|mysql):(provide|want|need)", service), f"config.yaml: services: {service}")
    for entry in config.get("map", []):
        expect(isinstance(entry, dict), "config.yaml: map: the long form is meant")
        expect(entry.get("type") in FOLDERS and set(entry) <= {"type", "path", "read_only"}, f"config.yaml: map: {entry}")
        expect(entry.get("read_only") is not True, "config.yaml: map: read_only repeats its default")
    for port, host in config.get("ports", {}).items():
        expect(isinstance(port, str) and re.fullmatch(r"\d+/(tcp|udp)", port), f"config.yaml: ports: {port}")
        expect(host is None or 1 <= host <= 65535, f"config.yaml: ports: {host}")
    for name, value in config.get("environment", {}).items():
        expect(isinstance(value, str), f"config.yaml: environment: {name} must be text")


def check_type(path, kind):
    found = TYPE.match(kind) if isinstance(kind, str) else None
    expect(found, f"schema: {path}: {kind} is no type")
    if found and found["match"]:
        expect(found["match"].startswith("^"), f"schema: {path}: the pattern must begin with ^")
        re.compile(found["match"])


def check_options(options, schema):
    """What has to be there is there, and nothing stands for what nobody can take away again."""
    for key, kind in schema.items():
        if isinstance(kind, list):
            expect(len(kind) == 1, f"schema: {key}: a list of exactly one element")
            expect(isinstance(options.get(key), list), f"options: {key} must have [] as its default, or it is required")
            for inner, inner_kind in kind[0].items():
                expect(not isinstance(inner_kind, (list, dict)), f"schema: {key}.{inner}: too deep for the form")
                check_type(f"{key}.{inner}", inner_kind)
        elif isinstance(kind, dict):
            expect(isinstance(options.get(key), dict), f"options: {key} must have {{}} as its default, or it is required")
            for inner, inner_kind in kind.items():
                check_type(f"{key}.{inner}", inner_kind)
                expect(str(inner_kind).endswith("?"), f"schema: {key}.{inner} would be required")
        else:
            check_type(key, kind)
            is_optional = str(kind).endswith("?")
            expect(is_optional != (key in options), f"options: {key}: a default for what is required, and for nothing else")
    expect(set(options) <= set(schema), "options: a default for what is no option")


def names(schema):
    """The tree of the options' names."""
    tree = {}
    for key, kind in schema.items():
        inner = kind[0] if isinstance(kind, list) else kind
        tree[key] = names(inner) if isinstance(inner, dict) else {}
    return tree


def check_translation(path, wanted):
    def tree(entries, where):
        found = {}
        for key, entry in entries.items():
            expect(entry.get("name"), f"{path.name}: {where}{key} has no name")
            expect(set(entry) <= {"name", "description", "fields"}, f"{path.name}: {where}{key}: an unknown key")
            found[key] = tree(entry.get("fields", {}), f"{where}{key}.")
        return found

    texts = load(path)
    expect(set(texts) <= {"configuration", "network"}, f"{path.name}: an unknown key at the top")
    expect(tree(texts["configuration"], "") == wanted, f"{path.name}: not the options that there are")


def check_documents(config, schema):
    docs = (APP / "DOCS.md").read_text()
    for key, inner in names(schema).items():
        prefix = f"{key}[]." if isinstance(schema[key], list) else f"{key}."
        for name in [prefix + name for name in inner] or [key]:
            expect(f"`{name}`" in docs, f"DOCS.md: {name} is not told of")
    heading = re.search(r"^## (\S+)", (APP / "CHANGELOG.md").read_text(), re.MULTILINE)
    expect(heading and heading[1] == config["version"], "CHANGELOG.md: the newest version is another one")
    crate = re.search(r'^version = "(.+)"', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)[1]
    expect(config["version"] == crate, "config.yaml: the version is not the program's")
    expect(f"ARG BUILD_VERSION={crate}" in (ROOT / "Dockerfile").read_text(), "Dockerfile: the version is not the program's")
    for name, size in (("icon.png", (128, 128)), ("logo.png", (250, 100))):
        head = (APP / name).read_bytes()[:24]
        expect(struct.unpack(">II", head[16:24]) == size, f"{name} is not {size}")


def check_repository():
    repository = load(ROOT / "repository.yaml")
    expect(set(repository) == {"name", "url", "maintainer"}, "repository.yaml: name, url and maintainer")
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    apps = [path for path in tracked if re.search(r"(^|/)config\.(ya?ml|json)$", path)]
    expect(apps == ["ha/addon/config.yaml"], f"the Supervisor would take all of these for apps: {apps}")


def check_families(schema, program):
    """The form offers the families that the program knows."""
    offered = set(TYPE.match(schema["routers"][0]["type"])["list"].split("|"))
    environment = {"ROUTER2MQTT__ROUTERS__ANY__TYPE": "none"}
    refusal = subprocess.run([program, "check"], env=environment, cwd="/", capture_output=True, text=True).stderr
    listed = re.search(r"routers\.any\.type: (.+) is expected", refusal)[1]
    known = set(listed.replace(" or ", ", ").split(", "))
    expect(offered == known, f"schema: type offers {offered}, and the program knows {known}")


def check_profile():
    text = (APP / "apparmor.txt").read_text()
    expect(len(re.findall(r"^profile ", text, re.MULTILINE)) == 1, "apparmor.txt: exactly one profile")
    parser = shutil.which("apparmor_parser", path="/usr/sbin:/sbin:/usr/bin")
    if parser is None:
        sys.exit("apparmor_parser has to be installed: apt-get install apparmor")
    compiled = subprocess.run([parser, "-Q", "--skip-kernel-load", APP / "apparmor.txt"], capture_output=True, text=True)
    expect(compiled.returncode == 0, f"apparmor.txt: {compiled.stderr}")


def main():
    config = load(APP / "config.yaml")
    schema = config["schema"]
    check_config(config)
    check_options(config["options"], schema)
    translations = sorted((APP / "translations").glob("*.yaml"))
    expect(len(translations) >= 2, "translations: two languages at least")
    for path in translations:
        check_translation(path, names(schema))
    check_documents(config, schema)
    check_repository()
    check_families(schema, sys.argv[1])
    check_profile()
    if wrong:
        sys.exit("\n".join(wrong))
    options = sum(len(inner) or 1 for inner in names(schema).values())
    print(f"the app: {options} options, {len(translations)} languages, profile compiled: as the rules want it")


main()
