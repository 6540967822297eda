#!/usr/bin/env bash
# Shows what happens, one line for each event, until it is stopped: when, at which box, what, and its details.
#
#   events.sh [BOX]
#
# docs/events.md says what can happen. Where the broker is, and who we are to it: ~/.config/mosquitto_sub (README.md).
set -euo pipefail

# Events are not retained: what happened before we were there is not told again.
mosquitto_sub -v -t "router2mqtt/${1:-+}/event" | jq --unbuffered --raw-input --raw-output '
    capture("^[^/]+/(?<box>[^/]+)/event (?<payload>.*)$")
    | .box as $box
    | .payload
    | fromjson?
    | "\(.at)  \($box)  \(.event_type)  \(del(.at, .event_type) | tojson)"'
