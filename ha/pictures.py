#!/usr/bin/env python3
"""Draws the app's icon and logo: a router with two aerials, from which three waves go out.

`ha/pictures.py` writes them; `ha/pictures.py --check` fails when the committed ones are others.
"""

import math
import struct
import sys
import zlib
from pathlib import Path

FOLDER = Path(__file__).parent / "addon"
BLUE, WHITE = (3, 104, 166), (255, 255, 255)
SAMPLES = 4  # in each direction, for edges without steps


def inside_rounded(x, y, left, top, right, bottom, radius):
    """Whether a point is in a rectangle with round corners."""
    if not (left <= x <= right and top <= y <= bottom):
        return False
    dx = max(left + radius - x, x - right + radius, 0)
    dy = max(top + radius - y, y - bottom + radius, 0)
    return math.hypot(dx, dy) <= radius


def is_drawn(x, y):
    """Whether a point of the unit square is part of the router."""
    if inside_rounded(x, y, 0.18, 0.60, 0.82, 0.80, 0.05):
        lamps = any(math.hypot(x - at, y - 0.70) < 0.028 for at in (0.30, 0.41, 0.52))
        return not lamps
    if 0.40 < y < 0.61 and (abs(x - 0.30) < 0.022 or abs(x - 0.70) < 0.022):
        return True
    distance, angle = math.hypot(x - 0.5, y - 0.52), math.atan2(0.52 - y, x - 0.5)
    return abs(angle - math.pi / 2) < 0.75 and any(abs(distance - r) < 0.022 for r in (0.12, 0.22, 0.32))


def colour(x, y, width, height):
    """The colour of a point, with its opacity; the router stands in the middle."""
    if not inside_rounded(x, y, 0, 0, width, height, height * 0.18):
        return (0, 0, 0, 0)
    shade = WHITE if is_drawn((x - (width - height) / 2) / height, y / height) else BLUE
    return (*shade, 255)


def png(width, height):
    """The picture as a file."""
    rows = bytearray()
    for row in range(height):
        rows.append(0)
        for column in range(width):
            points = [
                colour(column + (i + 0.5) / SAMPLES, row + (j + 0.5) / SAMPLES, width, height)
                for i in range(SAMPLES)
                for j in range(SAMPLES)
            ]
            opaque = [point for point in points if point[3]] or [(0, 0, 0, 0)]
            rows += bytes(sum(point[k] for point in opaque) // len(opaque) for k in range(3))
            rows.append(sum(point[3] for point in points) // len(points))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(rows), 9)) + chunk(b"IEND", b"")
    )


def pixels(file):
    """What is in a picture, however it was compressed."""
    header, data, rest = b"", b"", file[8:]
    while rest:
        length, kind = struct.unpack(">I4s", rest[:8])
        body, rest = rest[8 : 8 + length], rest[12 + length :]
        header, data = header + body * (kind == b"IHDR"), data + body * (kind == b"IDAT")
    return header, zlib.decompress(data)


for name, size in (("icon.png", (128, 128)), ("logo.png", (250, 100))):
    drawn = png(*size)
    if "--check" not in sys.argv:
        (FOLDER / name).write_bytes(drawn)
    elif pixels((FOLDER / name).read_bytes()) != pixels(drawn):
        sys.exit(f"{name} is not what ha/pictures.py draws")
