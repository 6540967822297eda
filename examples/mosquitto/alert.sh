#!/usr/bin/env bash
# Runs a command for whatever the household wants to hear of, with a sentence as its last argument.
#
#   alert.sh COMMAND [ARGUMENT ...]
#   alert.sh notify-send Router
#   alert.sh logger --tag router2mqtt
#
# Where the broker is, and who we are to it: ~/.config/mosquitto_sub (README.md).
set -euo pipefail
: "${1:?"which command?"}"

mosquitto_sub -F '%r %t %p' -t 'router2mqtt/+/event' -t router2mqtt/bridge/availability |
    jq --unbuffered --raw-input --raw-output '
        def event: .event_type as $type
            | if $type == "box_down" then "cannot be reached: \(.reason)"
              elif $type == "box_up" then "is back"
              elif $type == "line_quality_changed" then "has a line that is \(.now): \(.reason // "all is well")"
              elif $type == "new_client" then "has a new device: \(.name // .vendor // .mac)"
              elif $type == "quota_threshold" then "has used \(.percent) % of the quota of \(.name)"
              elif $type == "quota_exhausted" then "has used up the quota of \(.name)"
              else empty end;
        capture("^(?<retained>[01]) [^/]+/(?<box>[^/]+)/(?<kind>[^ ]+) (?<payload>.*)$")
        | if .kind == "event" then "\(.box) \(.payload | fromjson? | event)"
          # What is retained was so before we came.
          elif .retained == "0" and .payload == "offline" then "The bridge has stopped"
          else empty end' |
    while read -r sentence; do
        # A command that fails, as without a network, must not silence what comes later.
        "$@" "$sentence" </dev/null || echo "could not tell: $sentence" >&2
    done
