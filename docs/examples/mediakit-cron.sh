#!/bin/sh
# Run a command of mediakit from cron, in the folder of a site:
#
#   mediakit-cron.sh SITE COMMAND [OPTION]...
#
# One run at a time: a second one waits up to 5 minutes (MEDIAKIT_WAIT, in seconds) for the first,
# then leaves it to the next time. Prints something only where something is wrong: cron mails that
# to MAILTO. A check of videos that could not be made today (exit code 3) is nothing wrong by itself:
# then only what is known of broken videos is told.
set -u
if [ $# -lt 2 ]; then
  echo "usage: mediakit-cron.sh SITE COMMAND [OPTION]..." >&2
  exit 2
fi
cd "$1" || exit 2
shift

exec 9< .
flock -w "${MEDIAKIT_WAIT:-300}" 9 || exit 0

log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
code=0
if git rev-parse --is-inside-work-tree > /dev/null 2>&1; then
  git pull --quiet --ff-only > "$log" 2>&1 || code=$?
fi
if [ "$code" -eq 0 ]; then
  mediakit "$@" > "$log" 2>&1 || code=$?
fi
known='^(dead|missing|not embeddable|changed) \(|: error: '
if [ "$code" -ne 0 ] && { [ "$code" -ne 3 ] || grep -Eq "$known" "$log"; }; then
  echo "mediakit $* in $PWD: exit code $code"
  cat "$log"
fi
exit "$code"
