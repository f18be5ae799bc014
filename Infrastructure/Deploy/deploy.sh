#!/bin/bash
# Puts a version in place without a dropped request, and takes it back by itself when it is not well:
#   deploy.sh VERSION          VERSION is a tag of IMAGE, or with systemd and in the lab the name or folder of a
#                              published build
# What it does: a verified backup -> migrations as a one-off -> the spare replica with the new version, ready -> each
# other replica, one by one, ready -> smoke test -> watching.
# At any moment two replicas are ready. Migrations only add (expand and contract), so the old version works on the new
# schema and going back needs no restore.
#
#   DEPLOY_WITH     compose (default), systemd or lab
#   EDGE            the public address, https://mdc.example.com; for the smoke test
#   PROMETHEUS_URL  asked for the error rate and p95 while watching (https://127.0.0.1:9090)
#   INSIDE_CA       the authority of what runs inside (of the driver)
#   WATCH_SECONDS   how long to watch (300)   ERROR_RATIO_MOST (0.01)   P95_MOST seconds (0.6)
#   READY_SECONDS   how long a replica may take to become ready (120)
#   SKIP_BACKUP=1   there is a verified one younger than this deployment
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
version=${1:?which version?}
: "${DEPLOY_WITH:=compose}" "${PROMETHEUS_URL:=https://127.0.0.1:9090}" "${READY_SECONDS:=120}"
: "${WATCH_SECONDS:=300}" "${ERROR_RATIO_MOST:=0.01}" "${P95_MOST:=0.6}"
cd "$here"
# Says how a replica is started, stopped and asked: current_version, use_version VERSION, start_replica N,
# stop_replica N, is_ready N, run_once COMMAND...
# shellcheck source=/dev/null
. "drivers/$DEPLOY_WITH.sh"

say() { echo "$(date -u +%FT%TZ) $*"; }

# Starts a replica and waits until it says itself that it is ready.
start_ready() {
  start_replica "$1"
  for ((i = 0; i < READY_SECONDS; i++)); do
    if is_ready "$1"; then
      say "replica $1 is ready"
      sleep 3
      return
    fi
    sleep 1
  done
  say "replica $1 did not become ready in $READY_SECONDS s"
  return 1
}

replace_all() {
  use_version "$1"
  start_ready 3 || return 1
  for slot in 1 2; do
    stop_replica "$slot"
    start_ready "$slot" || return 1
  done
  start_workers
  stop_replica 3
}

# One number of Prometheus; nothing when there is none (no requests: no error, no latency).
ask() {
  curl -fsS -m 5 --cacert "$INSIDE_CA" --get --data-urlencode "query=$1" "$PROMETHEUS_URL/api/v1/query" |
    sed -n 's/.*"value":\[[^,]*,"\([0-9.e+-]*\)"\].*/\1/p'
}
above() { awk -v is="${1:-0}" -v most="$2" 'BEGIN { exit !(is + 0 > most + 0) }'; }

watch() {
  local errors latency bad=0 until=$((SECONDS + WATCH_SECONDS))
  while [ $SECONDS -lt $until ]; do
    # Who cannot see must not say that all is well.
    if ! errors=$(ask 'mdc:errors:ratio1m') || ! latency=$(ask 'mdc:latency:p95_1m'); then
      say "Prometheus does not answer"
      bad=$((bad + 1))
    elif above "$errors" "$ERROR_RATIO_MOST"; then
      say "error ratio $errors"
      bad=$((bad + 1))
    elif above "$latency" "$P95_MOST"; then
      say "p95 $latency s"
      bad=$((bad + 1))
    else
      bad=0
    fi
    # Three looks in a row: one slow request is not a bad version.
    [ $bad -lt 3 ] || return 1
    sleep 5
  done
  say "watched for $WATCH_SECONDS s: error ratio ${errors:-0}, p95 ${latency:-0} s"
}

take_back() {
  say "$1; going back to $before"
  use_version "$before"
  # Replicas that already run the old version are left alone; the spare goes last, so that two are ready all the time.
  for slot in 1 2; do
    [ "$(version_of "$slot")" = "$before" ] && is_ready "$slot" && continue
    is_ready "$slot" && ! is_ready 3 && start_ready 3
    stop_replica "$slot"
    start_ready "$slot"
  done
  start_workers
  stop_replica 3
  say "$before runs again; $version was not kept"
  exit 1
}

# Ends before a replica was touched.
give_up() {
  say "$1"
  exit 1
}

before=$(current_version)
say "$before -> $version"
if [ -z "${SKIP_BACKUP:-}" ]; then
  run_once backup || give_up "no backup, no deployment"
  run_once backup verify || give_up "the backup is not good: nothing was changed"
fi
use_version "$version"
migrate_once || {
  use_version "$before"
  give_up "migrations failed: $before goes on"
}
replace_all "$version" || take_back "$version did not start"
./smoke.sh || take_back "the smoke test failed"
watch || take_back "$version is not well"
say "$version is in place"
