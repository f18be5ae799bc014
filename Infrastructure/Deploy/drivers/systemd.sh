# shellcheck shell=bash
# Replicas are mdc-tts@1, mdc-tts@2, mdc-tts@3; a version is a folder below /opt/mdc, each replica's link
# /opt/mdc/replica-N names the one it runs.
root=/opt/mdc
: "${INSIDE_CA:=/etc/mdc/inside/ca.crt}"
port_of() { echo $((8000 + $1)); }

current_version() { basename "$(readlink -f $root/current)"; }
use_version() { [ -f "$root/$1/MdcTts.dll" ] && ln -sfn "$root/$1" $root/current; }
version_of() { basename "$(readlink -f "$root/replica-$1")"; }
start_replica() { ln -sfn "$(readlink -f $root/current)" "$root/replica-$1" && systemctl start "mdc-tts@$1"; }
stop_replica() { systemctl stop "mdc-tts@$1"; }
is_ready() { curl -fs -m 3 --cacert "$INSIDE_CA" -o /dev/null "https://127.0.0.1:$(port_of "$1")/health/ready"; }
start_workers() { ln -sfn "$(readlink -f $root/current)" $root/worker && systemctl restart mdc-tts-worker; }
# A program that runs beside the replicas, with their settings, and ends.
run_beside() {
  systemd-run --quiet --wait --pipe --collect --uid=mdc --working-directory=$root/current \
    --property=EnvironmentFile=/etc/mdc/mdc.env "$@"
}
run_once() { run_beside dotnet $root/current/MdcTts.dll "$@"; }
migrate_once() {
  run_beside --property=EnvironmentFile=/etc/mdc/owner.env dotnet $root/current/MdcTts.dll migrate
}
