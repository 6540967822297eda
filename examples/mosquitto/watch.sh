#!/usr/bin/env bash
# Shows how a box is doing, one line at each reading, until it is stopped.
#
#   watch.sh BOX
#
# Where the broker is, and who we are to it: ~/.config/mosquitto_sub (README.md).
set -euo pipefail
box=${1:?"which box?"}

# The last state is there at once, as it is retained. What the box does not tell is null, and is left out here.
mosquitto_sub -t "router2mqtt/$box/state" | jq --unbuffered --raw-output '
    def rounded: . * 10 | round / 10;
    [ (if .wan == null then empty elif .wan then "online" else "offline" end),
      (.download_rate | values | "down \(rounded) Mbit/s"),
      (.upload_rate | values | "up \(rounded) Mbit/s"),
      (.quota_percent | values | "quota \(rounded) %"),
      (.line_quality | values | "line \(.)")
    ] | join(", ")'
