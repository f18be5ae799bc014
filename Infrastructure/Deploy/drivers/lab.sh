# shellcheck shell=bash
# The lab's replicas; a version is the folder of a build.
set -a
# shellcheck source=/dev/null
. <(lab/lab env)
set +a

current_version() { cat "$LAB_DIR/run/version" 2>/dev/null || echo "$LAB_APP"; }
use_version() { [ -f "$1/MdcTts.dll" ] && echo "$1" >"$LAB_DIR/run/version"; }
version_of() { cat "$LAB_DIR/run/app-$1.version" 2>/dev/null || echo "$LAB_APP"; }
start_replica() { current_version >"$LAB_DIR/run/app-$1.version" && lab/lab start "app-$1"; }
stop_replica() { lab/lab stop "app-$1"; }
is_ready() {
  local port=APP_PORT_$1
  curl -fs -m 3 --cacert "$INSIDE_CA" -o /dev/null "https://127.0.0.1:${!port}/health/ready"
}
start_workers() { :; }
run_once() { LAB_NEW_APP=$(current_version) lab/lab run "$@"; }
migrate_once() { run_once migrate; }
