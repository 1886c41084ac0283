#!/usr/bin/env bash
# with-postgres.sh COMMAND [ARGUMENT...]: runs COMMAND beside a private PostgreSQL, exits with COMMAND's status.
#
# The server lives in a temporary folder and listens on a socket there and on a free port of 127.0.0.1. It is
# gone, folder and all, when COMMAND ends, fails or is interrupted. COMMAND finds it in its environment:
#   SIPAS_TEST_POSTGRES      postgres://postgres@127.0.0.1:PORT/postgres
#   SIPAS_TEST_PG_DATA       the server's data folder
#   SIPAS_TEST_CHROMEDRIVER  path of chromedriver, when it is installed
# To keep a server while working:  tests/setup/with-postgres.sh sleep infinity
set -euo pipefail
# shellcheck source=tests/setup/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

if [ $# -eq 0 ]; then
  echo "usage: $0 COMMAND [ARGUMENT...]" >&2
  exit 2
fi
if ! bin=$(postgres_bin); then
  echo "PostgreSQL's server programs were not found. Run tests/setup/install.sh first." >&2
  exit 1
fi

# Always /tmp: a socket's path must be short, and the user postgres must be able to enter the folder.
work=$(mktemp -d /tmp/sipas-postgres.XXXXXX)
data=$work/data
job=

# PostgreSQL refuses to run as root, so root runs its programs as the user postgres.
server_program() {
  local program=$bin/$1
  shift
  if [ "$(id -u)" -eq 0 ]; then
    (cd "$work" && exec runuser -u postgres -- "$program" "$@")
  else
    "$program" "$@"
  fi
}

# shellcheck disable=SC2317 # called by the trap
clean_up() {
  trap '' HUP INT TERM
  set +e
  if [ -n "$job" ]; then
    # The whole process group: what COMMAND left running ends with it, within two seconds.
    kill -TERM -- "-$job"
    for _ in {1..20}; do
      kill -0 -- "-$job" || break
      sleep 0.1
    done
    kill -KILL -- "-$job"
  fi
  if [ -f "$data/postmaster.pid" ]; then
    server_program pg_ctl stop -D "$data" -m immediate -w -t 5
  fi
  # A backend that is still leaving may write once more.
  for _ in 1 2 3 4 5; do
    rm -rf "$work" && break
    sleep 0.2
  done
} >/dev/null 2>&1
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

if [ "$(id -u)" -eq 0 ]; then
  if ! id postgres >/dev/null 2>&1; then
    echo "There is no user postgres to run PostgreSQL as. Add one, or run this as a normal user." >&2
    exit 1
  fi
  chown postgres "$work"
fi

if ! server_program initdb -D "$data" -U postgres --auth=trust --encoding=UTF8 --locale=C --no-sync \
  >"$work/initdb.log" 2>&1; then
  cat "$work/initdb.log" >&2
  exit 1
fi

# Answers must survive a kill, so the server is as durable as a real one; later lines win over earlier ones.
start_server() {
  cat >>"$data/postgresql.conf" <<SETTINGS
listen_addresses = '127.0.0.1'
port = $1
unix_socket_directories = '$work'
max_connections = 200
fsync = on
synchronous_commit = on
timezone = 'UTC'
SETTINGS
  server_program pg_ctl start -D "$data" -w -t 60 -l "$work/server.log" >/dev/null
}

# The server itself finds out whether a port is free: another one is tried when it is not.
port=
for _ in 1 2 3 4 5; do
  candidate=$((20000 + RANDOM % 12000))
  if start_server "$candidate" 2>/dev/null; then
    port=$candidate
    break
  fi
done
if [ -z "$port" ]; then
  echo "PostgreSQL did not start. Its log:" >&2
  cat "$work/server.log" >&2
  exit 1
fi

export SIPAS_TEST_POSTGRES=postgres://postgres@127.0.0.1:$port/postgres
export SIPAS_TEST_PG_DATA=$data
if driver=$(chromedriver_program); then
  export SIPAS_TEST_CHROMEDRIVER=$driver
fi
echo "$("$bin/postgres" --version) at $SIPAS_TEST_POSTGRES" >&2

# COMMAND runs in a process group of its own (set -m), so that a signal to this script can end all of it
# at once. Such a group may not read from the terminal.
[ -t 0 ] && exec </dev/null
set -m
"$@" &
job=$!
set +m
status=0
wait "$job" || status=$?
exit "$status"
