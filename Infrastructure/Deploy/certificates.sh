#!/bin/bash
# An authority of our own and the certificates of what runs inside; run it again, each week, to renew them:
#   certificates.sh FOLDER NAME[:OWNER][=HOST,HOST...]...
# FOLDER/authority   the authority's key, for this script only; valid for 10 years
# FOLDER/ca.crt      what all others trust
# FOLDER/NAME        for that program: ca.crt and, when HOSTs are given, tls.crt and tls.key (0600, OWNER's; run as
#                    root for that)
# A certificate is valid for DAYS (180) and is made anew when fewer than RENEW_DAYS (60) are left, or its hosts are
# others.
# A new authority, without a moment in which one is not trusted:
#   mkdir FOLDER/authority.next, run it, reload everybody;
#   mv authority authority.old, mv authority.next authority, run it with RENEW_DAYS=999, reload everybody;
#   rm -r authority.old, run it.
set -euo pipefail
folder=${1:?which folder?}
shift
: "${DAYS:=180}" "${RENEW_DAYS:=60}"
umask 077
mkdir -p "$folder/authority"
chmod 755 "$folder"

key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
for authority in "$folder"/authority "$folder"/authority.next; do
  [ -d "$authority" ] && [ ! -e "$authority/ca.key" ] || continue
  openssl req -x509 "${key[@]}" -days 3650 -subj "/CN=MDC inside $(date -u +%F)" \
    -keyout "$authority/ca.key" -out "$authority/ca.crt" \
    -addext basicConstraints=critical,CA:TRUE,pathlen:0 -addext keyUsage=critical,keyCertSign 2>/dev/null
done
cat "$folder"/authority*/ca.crt >"$folder/ca.crt.new"
chmod 644 "$folder/ca.crt.new"
mv "$folder/ca.crt.new" "$folder/ca.crt"

# The names of a certificate as they stand in it: DNS:app,IP:127.0.0.1
names_of() {
  local host names=''
  for host in ${1//,/ }; do
    case $host in
      *[!0-9.]*) names+=,DNS:$host ;;
      *) names+=,IP:$host ;;
    esac
  done
  echo "${names#,}"
}

is_good() { # FOLDER, NAMES
  [ -e "$1/tls.crt" ] &&
    [ "$(cat "$1/names" 2>/dev/null)" = "$2" ] &&
    openssl x509 -in "$1/tls.crt" -noout -checkend $((RENEW_DAYS * 86400)) >/dev/null
}

# What a certificate is for, and for which names.
extensions() { # NAMES
  cat <<END
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
authorityKeyIdentifier=keyid
subjectAltName=$1
END
}

for what; do
  hosts=${what#*=}
  name=${what%%=*}
  owner=''
  [ "$what" != "$name" ] || hosts=''
  case $name in
    *:*)
      owner=${name#*:}
      name=${name%%:*}
      ;;
  esac
  own=$folder/$name
  mkdir -p "$own"
  install -m 644 "$folder/ca.crt" "$own/ca.crt"
  names=$(names_of "$hosts")
  if [ -n "$hosts" ] && ! is_good "$own" "$names"; then
    openssl req -new "${key[@]}" -subj "/CN=$name" -keyout "$own/tls.key.new" 2>/dev/null |
      openssl x509 -req -CA "$folder/authority/ca.crt" -CAkey "$folder/authority/ca.key" \
        -set_serial "0x$(openssl rand -hex 16)" -days "$DAYS" -out "$own/tls.crt.new" \
        -extfile <(extensions "$names") 2>/dev/null
    echo "$names" >"$own/names"
    chmod 644 "$own/tls.crt.new"
    mv "$own/tls.key.new" "$own/tls.key"
    mv "$own/tls.crt.new" "$own/tls.crt"
    echo "$name: $names, until $(openssl x509 -in "$own/tls.crt" -noout -enddate | cut -d= -f2)"
  fi
  [ -z "$owner" ] || chown -R "$owner" "$own"
done
