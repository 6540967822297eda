#!/usr/bin/env python3
"""The Debian package and the systemd unit in it.

`tests/packaging/package.py PROGRAM`: packs the program, lets lintian look at the package, then installs, upgrades, removes and
purges it with dpkg in a copy of this system that is thrown away (an overlay in a mount namespace of its own).
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UNIT = ROOT / "examples" / "systemd" / "router2mqtt.service"
# What `systemd-analyze security` says of the unit, 0 (best) to 10; a bridge needs the network, and sockets. Tighten it when it falls.
EXPOSURE = 1.1


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{shlex.join(map(str, command))}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def check_unit():
    told = run("systemd-analyze", "security", "--offline=true", "--no-pager", UNIT)
    exposure = float(re.search(r"Overall exposure level .*: ([\d.]+)", told)[1])
    if exposure > EXPOSURE:
        sys.exit(f"the unit is less confined than before: {exposure} instead of {EXPOSURE}\n{told}")
    print(f"unit: exposure {exposure}")


def pack(program, folder):
    target = folder / "target"
    (target / "release").mkdir(parents=True)
    shutil.copy(program, target / "release" / "router2mqtt")
    package = folder / "router2mqtt.deb"
    words = ["cargo", "deb", "--no-build", "--no-strip", "--fast", "--output", package]
    told = run(*words, cwd=ROOT, env=dict(os.environ, CARGO_TARGET_DIR=str(target)))
    if "warning" in told:
        sys.exit(told)
    return package


def check_contents(package):
    listed = run("dpkg-deb", "--contents", package)
    for mode, path in [
        ("-rwxr-xr-x", "./usr/bin/router2mqtt"),
        ("-rw-r-----", "./etc/router2mqtt/router2mqtt.yaml"),
        ("-rw-r--r--", "./usr/lib/systemd/system/router2mqtt.service"),
        ("-rw-r--r--", "./usr/lib/sysusers.d/router2mqtt.conf"),
        ("-rw-r--r--", "./usr/share/man/man1/router2mqtt.1.gz"),
    ]:
        if not re.search(rf"^{mode} 0/0 .* {re.escape(path)}$", listed, re.MULTILINE):
            sys.exit(f"{mode} {path} is not in the package:\n{listed}")
    complaints = run("lintian", "--fail-on", "error,warning", "--allow-root", package)
    print(f"package: lintian is content{': ' + complaints.strip() if complaints.strip() else ''}")


INSTALLED = """
set -e
expect() { if [ "$1" != "$2" ]; then echo "$3: '$1' instead of '$2'"; exit 1; fi; }
rights() { stat -c '%a %U:%G' /etc/router2mqtt/router2mqtt.yaml; }
export DEBIAN_FRONTEND=noninteractive
dpkg --install --force-depends PACKAGE
expect "$(getent passwd router2mqtt | cut -d: -f6,7)" /var/lib/router2mqtt:/usr/sbin/nologin user
expect "$(rights)" '640 root:router2mqtt' 'the configuration'
systemd-analyze verify /usr/lib/systemd/system/router2mqtt.service 2>&1 | grep router2mqtt && exit 1
setpriv --reuid=router2mqtt --regid=router2mqtt --clear-groups router2mqtt check && exit 1 || expect $? 78 'nothing is configured'
cat > /etc/router2mqtt/router2mqtt.yaml <<'END'
routers: {modem: {type: hitron, url: http://192.168.100.1, username: admin, password: secret}}
END
setpriv --reuid=router2mqtt --regid=router2mqtt --clear-groups router2mqtt check
setpriv --reuid=nobody --regid=nogroup --clear-groups router2mqtt check && exit 1 || true
mkdir -p /var/lib/router2mqtt
dpkg --install --force-depends --force-confold PACKAGE
grep -q secret /etc/router2mqtt/router2mqtt.yaml
expect "$(rights)" '640 root:router2mqtt' 'the configuration after an upgrade'
man -l /usr/share/man/man1/router2mqtt.1.gz >/dev/null 2>&1 || [ ! -x /usr/bin/man ]
dpkg --remove router2mqtt
grep -q secret /etc/router2mqtt/router2mqtt.yaml
[ ! -e /usr/bin/router2mqtt ]
dpkg --purge router2mqtt
[ ! -e /etc/router2mqtt ] && [ ! -e /var/lib/router2mqtt ]
"""


def install(package, folder):
    script = folder / "installed.sh"
    script.write_text(INSTALLED.replace("PACKAGE", "/tmp/router2mqtt.deb"))
    enter = f"""
        set -e
        mount -t tmpfs tmpfs {folder}/over
        mkdir {folder}/over/upper {folder}/over/work {folder}/over/root
        mount -t overlay overlay -o lowerdir=/,upperdir={folder}/over/upper,workdir={folder}/over/work {folder}/over/root
        mount -t tmpfs tmpfs {folder}/over/root/tmp
        mount -t tmpfs tmpfs {folder}/over/root/run
        mount --bind /dev {folder}/over/root/dev
        mount -t proc proc {folder}/over/root/proc
        cp {package} {script} {folder}/over/root/tmp/
        exec chroot {folder}/over/root sh /tmp/installed.sh
    """
    (folder / "over").mkdir()
    told = run("unshare", "--mount", "sh", "-c", enter, env=dict(os.environ, PATH="/usr/sbin:/usr/bin:/sbin:/bin"))
    print("package: installed, upgraded, removed, purged")
    return told


def main():
    check_unit()
    folder = Path(tempfile.mkdtemp(prefix="router2mqtt-package-"))
    try:
        package = pack(Path(sys.argv[1]).resolve(), folder)
        check_contents(package)
        install(package, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
