#!/bin/bash
# Point-in-time recovery, shown once for real: a PostgreSQL of its own archives its log; between two writes a moment is noted; a base backup and the archive bring that moment back.
# Needs Debian's postgresql package; touches nothing outside a folder that it removes. The same steps for a server: Features/Backups/README.md.
set -euo pipefail
PATH=$PATH:$(ls -d /usr/lib/postgresql/*/bin | tail -1)
dir=$(mktemp -d /tmp/mdc-pitr.XXXXXX)
as=()
# PostgreSQL refuses to run as root.
if [ "$(id -u)" = 0 ]; then
  chown postgres "$dir"
  as=(runuser -u postgres --)
fi
cd "$dir"
finish() {
  for data in data restored; do "${as[@]}" pg_ctl -D "$dir/$data" -m immediate stop >/dev/null 2>&1 || true; done
  rm -rf "$dir"
}
trap finish EXIT
export PGHOST=$dir PGUSER=mdc PGDATABASE=postgres
ask() { psql -XqAt -v ON_ERROR_STOP=1 -c "$1"; }
start() { "${as[@]}" pg_ctl -D "$dir/$1" -w -s -l "$dir/$1.log" -o "-k $dir -c listen_addresses=''" start </dev/null >/dev/null || { cat "$dir/$1.log" >&2; exit 1; }; }
stop() { "${as[@]}" pg_ctl -D "$dir/$1" -w -s -m fast stop; }

echo "1. A server that archives each piece of its log before it is reused"
"${as[@]}" initdb -D data -U mdc -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
"${as[@]}" mkdir archive
"${as[@]}" tee -a data/postgresql.conf >/dev/null <<CONF
archive_mode = on
archive_command = 'test ! -f $dir/archive/%f && cp %p $dir/archive/%f.part && sync $dir/archive/%f.part && mv $dir/archive/%f.part $dir/archive/%f'
archive_timeout = 60
CONF
start data
ask "CREATE TABLE writes (id serial PRIMARY KEY, what text)"
ask "INSERT INTO writes (what) VALUES ('before the base backup')"

echo "2. A base backup while it runs, checked"
"${as[@]}" pg_basebackup -h "$dir" -U mdc -D base --checkpoint=fast --manifest-checksums=SHA256
"${as[@]}" pg_verifybackup -q base

echo "3. A good write, the moment, and a bad one"
ask "INSERT INTO writes (what) VALUES ('good')"
sleep 1
moment=$(ask "SELECT clock_timestamp()")
sleep 1
ask "DELETE FROM writes; INSERT INTO writes (what) VALUES ('the mistake')"
last=$(ask "SELECT pg_walfile_name(pg_switch_wal())")
for _ in $(seq 100); do [ -f "archive/$last" ] && break; sleep 0.1; done
[ -f "archive/$last" ] || { echo "The log was not archived." >&2; exit 1; }
stop data

echo "4. The base backup and the archive, up to $moment"
"${as[@]}" cp -a base restored
"${as[@]}" tee -a restored/postgresql.conf >/dev/null <<CONF
archive_mode = off
restore_command = 'cp $dir/archive/%f %p'
recovery_target_time = '$moment'
recovery_target_action = promote
CONF
"${as[@]}" touch restored/recovery.signal
start restored
for _ in $(seq 100); do [ "$(ask 'SELECT pg_is_in_recovery()')" = f ] && break; sleep 0.1; done
found=$(ask "SELECT string_agg(what, ', ' ORDER BY id) FROM writes")
[ "$found" = "before the base backup, good" ] || { echo "Restored something else: $found" >&2; exit 1; }
ask "INSERT INTO writes (what) VALUES ('life goes on')"
stop restored
echo "Restored: $found. What came after the moment is gone, and the server writes again."
