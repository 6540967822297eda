"""The simulated Freebox, seen by `freebox-api`, the library that Home Assistant uses: pair, log in, read, reboot.

    python3 tests/clients/freebox.py PROGRAM
"""

import asyncio
import contextlib
import json
import os
import ssl
import tempfile

import aiohttp
from freebox_api import Freepybox
from freebox_api.exceptions import AuthorizationError, InsufficientPermissionsError

from box import Box, Difference, main, same, true

DESCRIPTION = {"app_id": "clients.test", "app_name": "Clients", "app_version": "1", "device_name": "here"}


class Client(Freepybox):
    """The library as it is, except that it trusts the simulated box, which no authority has signed."""

    @staticmethod
    def _create_ssl_context(cafile):
        context = ssl.create_default_context(cafile=cafile)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context


@contextlib.asynccontextmanager
async def opened(box, token_file):
    """A client with a session, which it ends properly."""
    client = Client(DESCRIPTION, token_file, api_version="v8")
    await client.open(box.host, box.port)
    try:
        yield client
        await client.close()
    finally:
        await client._session.close()


async def reads(client):
    """Everything that Home Assistant's integration asks for."""
    system = await client.system.get_config()
    true("it has been up for a while", system["uptime_val"] > 0)
    true("it has a MAC", len(system["mac"].split(":")) == 6)
    true("it has sensors", all(sensor["value"] > 0 for sensor in system["sensors"]))
    connection = await client.connection.get_status()
    same("the connection", connection["state"], "up")
    true("it has received something", connection["bytes_down"] > connection["rate_down"] >= 0)
    hosts = await client.lan.get_hosts_list()
    true("somebody is at home", any(host["active"] for host in hosts))
    disks = await client.storage.get_disks()
    true("it has a disk", disks[0]["partitions"][0]["total_bytes"] > 0)
    true("Wi-Fi is on", (await client.wifi.get_global_config())["enabled"])
    true("it has ports", len(await client.switch.get_status()) > 0)


async def pairing(box, folder):
    """A new application is accepted at the box, and may read, but not restart it."""
    async with opened(box, os.path.join(folder, "paired")) as client:
        await reads(client)
        true("nobody ticked the right yet", not (await client.get_permissions())["settings"])
        try:
            await client.system.reboot()
        except InsufficientPermissionsError:
            return
        raise Difference("an application without the right may restart the box")


def with_token(folder, token):
    """A token file as the library writes it."""
    file = os.path.join(folder, "token")
    with open(file, "w", encoding="utf-8") as out:
        json.dump({**DESCRIPTION, "app_token": token, "track_id": 1}, out)
    return file


async def wrong_token(box, folder):
    """A token that the box does not know opens nothing."""
    with contextlib.suppress(AuthorizationError):
        async with opened(box, with_token(folder, "wrong")) as client:
            await client.system.get_config()
            raise Difference("a wrong token opens the box")


async def reboot(box, folder):
    """A trusted application restarts the box, which goes away, comes back, and has been up for a moment."""
    token_file = with_token(folder, box.app_token)
    async with opened(box, token_file) as client:
        await reads(client)
        before = (await client.system.get_config())["uptime_val"]
        await client.system.reboot()

    async def uptime():
        try:
            async with opened(box, token_file) as client:
                return (await client.system.get_config())["uptime_val"]
        except (aiohttp.ClientError, TimeoutError, AuthorizationError):
            return before

    while await uptime() >= before:
        await asyncio.sleep(0.2)


def check(program):
    """All of it, against a Freebox with TLS."""
    with tempfile.TemporaryDirectory() as folder, Box(program, "freebox", "--tls", "--reboot-takes", "1s") as box:
        for part in (pairing, wrong_token, reboot):
            asyncio.run(asyncio.wait_for(part(box, folder), 60))


main(check)
