#!/bin/bash
# Three workers on one PostgreSQL run a job every minute. One is killed (-9), one is frozen for a while and thawed, the
# third is told to stop at the end: each minute is in the ledger exactly once, and the one that was told to stop ends
# with 0.
#   jobs.sh [MINUTES, 5 at least] [FOLDER OF THE BUILT APP]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$here/../../.." && pwd)
minutes=${1:-5}
app=${2:-$repository/bin/Debug/net10.0}
dir=$(mktemp -d "${TMPDIR:-/tmp}/mdc-jobs.XXXXXX")
workers=()
finish() {
  for pid in "${workers[@]}"; do
    kill -CONT "$pid" 2>/dev/null && kill -9 "$pid" 2>/dev/null
  done
  exec 8>&- || true
  rm -rf "$dir"
}
trap finish EXIT

mkfifo "$dir/hold" "$dir/address"
"$repository/Tests/Support/postgres" <"$dir/hold" >"$dir/address" &
exec 8>"$dir/hold"
read -r url <"$dir/address"
# The address may end with host=, where Npgsql and psql both find the socket.
export DATABASE_URL=$url
export SECRET_KEY=${SECRET_KEY:-"$(head -c 48 /dev/urandom | base64 -w0)"}
export DATA_DIR=$dir/data
export Jobs__Schedules__PurgeSessions='* * * * *'
export Drain__Seconds=1
mkdir -p "$dir/data"
dotnet "$app/MdcTts.dll" migrate >"$dir/migrate.log"
for i in 1 2 3; do
  dotnet "$app/MdcTts.dll" worker --urls http://127.0.0.1:0 >"$dir/worker-$i.log" 2>&1 &
  workers+=($!)
done

at() { # SECONDS SINCE 1970
  local till=$1
  while [ "$(date +%s)" -lt "$till" ]; do
    sleep 0.2
  done
}
start=$(($(date +%s) / 60 * 60 + 60))
at $((start + 60))
kill -9 "${workers[0]}"
echo "$(date +%T) killed one"
at $((start + 75))
kill -STOP "${workers[1]}"
echo "$(date +%T) froze another"
at $((start + 165))
kill -CONT "${workers[1]}"
echo "$(date +%T) thawed it"
at $((start + 60 * minutes - 30))
kill -TERM "${workers[2]}"
status=0
wait "${workers[2]}" || status=$?
echo "$(date +%T) told the third to stop: it ended with $status"

psql=(psql "$url" -X -A -t -F ' ' -v ON_ERROR_STOP=1)
"${psql[@]}" <<'END'
SELECT to_char("Slot", 'HH24:MI'), "Outcome", 'attempt ' || "Lease", "Who"
FROM "JobRuns"
WHERE "Job" = 'PurgeSessions' AND "Lease" > 0
ORDER BY "Slot"
END
sums() {
  "${psql[@]}" <<'END'
SELECT
  count(*),
  count(DISTINCT "Slot"),
  extract(epoch FROM max("Slot") - min("Slot"))::int / 60 + 1 - count(*),
  count(*) FILTER (WHERE "Outcome" IS DISTINCT FROM 'Succeeded')
FROM "JobRuns"
WHERE "Job" = 'PurgeSessions' AND "Lease" > 0
END
}
read -r slots different gaps bad < <(sums)
echo "$slots minutes, $different different, $gaps left out, $bad without success"
[ "$status" = 0 ] &&
  [ "$slots" -ge $((minutes - 1)) ] &&
  [ "$slots" = "$different" ] &&
  [ "$gaps" = 0 ] &&
  [ "$bad" = 0 ] &&
  echo "Each minute ran once."
