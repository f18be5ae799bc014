#!/bin/bash
# Is what people reach well? Reads only, signs nobody in.
#   smoke.sh (EDGE=https://mdc.example.com, or with CERTIFICATE= for a self-made one)
set -euo pipefail
: "${EDGE:?the public address}"
trust=()
[ -z "${CERTIFICATE:-}" ] || trust=(--cacert "$CERTIFICATE")
wrong=0
page=$(mktemp)
trap 'rm -f "$page"' EXIT

check() { # PATH, STATUS, WORDS THAT MUST BE THERE
  local status
  status=$(curl -s -m 15 "${trust[@]}" -o "$page" -w '%{http_code}' "$EDGE$1" || true)
  if [ "$status" = "$2" ] && { [ -z "$3" ] || grep -q "$3" "$page"; }; then
    echo "ok    $1"
  else
    echo "WRONG $1: $status instead of $2, or without \"$3\""
    wrong=1
  fi
}

check /health/ready 200 '"healthy"'
check /signin 200 '<form'
check '/signin?lang=ar' 200 '<form'
check /api/v1/me 401 'urn:mdc:problem'
check /openapi/v1.json 200 '"openapi"'
check /no-such-page-here 302 ''
check /metrics 404 ''
asset=$(curl -s -m 15 "${trust[@]}" "$EDGE/signin" | grep -o '/[^"]*\.css' | head -1)
check "$asset" 200 ''
exit $wrong
