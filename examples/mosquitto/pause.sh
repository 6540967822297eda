#!/usr/bin/env bash
# Leaves a box alone while a command runs, such as an update of its firmware, a backup, or a look at its own web page.
#
#   pause.sh BOX MINUTES COMMAND [ARGUMENT ...]
#
# Should we die meanwhile, the bridge goes on by itself after so many minutes. Exits as the command does.
set -euo pipefail
box=${1:?"which box?"}
minutes=${2:?"for how many minutes at most?"}
shift 2
here=$(dirname "$0")

"$here/command.sh" "$box" pause minutes="$minutes" >/dev/null
trap '"$here/command.sh" "$box" resume >/dev/null' EXIT
"$@"
