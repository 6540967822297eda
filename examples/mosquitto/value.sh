#!/usr/bin/env bash
# Prints one value of a box, such as 'value.sh modem received'. docs/reference.md has the keys and their units.
#
#   value.sh BOX KEY
#
# Exits with 1 when the value is unknown, and with 27 when there is no such box or we may not read it.
# Where the broker is, and who we are to it: ~/.config/mosquitto_sub (README.md).
set -euo pipefail
box=${1:?"which box?"}
key=${2:?"which value?"}

# A value is only as good as the box behind it: while the box is away, the topic still has what was read last.
availability=$(mosquitto_sub -C 1 -W 5 -t "router2mqtt/$box/availability")
if [ "$availability" != online ]; then
    echo "$box is $availability" >&2
    exit 1
fi
state=$(mosquitto_sub -C 1 -W 5 -t "router2mqtt/$box/state")
# 'false' is a value, too.
jq --raw-output --arg key "$key" \
    'if .[$key] == null then "unknown\n" | halt_error(1) else .[$key] end' <<<"$state"
