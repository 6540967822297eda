#!/usr/bin/env bash
# Sends a command to a box, and waits until it is done. Prints each step.
#
#   command.sh BOX ACTION [KEY=VALUE ...]
#   command.sh modem reboot
#   command.sh modem pause minutes=30
#   command.sh router block client=02:00:5e:10:00:01
#
# Exits with 0 when it is done, with 1 when it has failed or was refused, and with 2 when nobody answers.
# Where the broker is, and who we are to it: ~/.config/mosquitto_sub and ~/.config/mosquitto_pub (README.md).
set -euo pipefail
box=${1:?"which box?"}
action=${2:?"what to do?"}
shift 2

# The id comes back with each result, and tells ours from those of others.
id="$$-$RANDOM-$(date +%s)"
command=$(jq --null-input --compact-output --arg action "$action" --arg id "$id" '
    reduce $ARGS.positional[] as $pair ({$action, $id};
        ($pair | index("=")) as $at
        | $pair[:$at] as $key
        | .[$key] = ($pair[$at + 1:] | if $key == "minutes" then tonumber else . end))' --args "$@")

# A broker does not say that a command was not allowed, nor a bridge that it has no such box. But what is taken is
# answered at once; how long it then takes, only a box knows.
patience=10
outcome=2
while read -r -t "$patience" topic payload; do
    # Who sends before listening may miss the answer. The bridge's availability is retained: when it comes, the broker
    # has our subscriptions.
    if [[ $topic == */availability ]]; then
        [ "$payload" = online ] || break
        mosquitto_pub -q 1 -t "router2mqtt/$box/command" -m "$command"
        continue
    fi
    step=$(jq --raw-output --arg id "$id" 'select(.id == $id) | "\(.state) \(.reason // "")"' <<<"$payload")
    [ -n "$step" ] || continue
    echo "${step% }"
    patience=900
    case $step in
        done*) outcome=0 && break ;;
        failed* | refused*) outcome=1 && break ;;
    esac
done < <(exec mosquitto_sub -q 1 -F '%t %p' -t "router2mqtt/$box/result" -t router2mqtt/bridge/availability)
kill $! 2>/dev/null || true

[ "$outcome" -ne 2 ] || echo "no answer: does the bridge run, is there a box '$box', and may we command it?" >&2
exit "$outcome"
