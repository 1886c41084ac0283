# Shared by install.sh and with-postgres.sh: where the programs are that tests need.
# shellcheck shell=bash

# Prints the folder with PostgreSQL's server programs, the newest when there are several.
postgres_bin() {
  local candidate
  while IFS= read -r candidate; do
    if [ -x "$candidate/initdb" ] && [ -x "$candidate/pg_ctl" ] && [ -x "$candidate/postgres" ]; then
      printf '%s\n' "$candidate"
      return 0
    fi
  done < <(
    pg_config --bindir 2>/dev/null || true
    printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin | sort -Vr
  )
  return 1
}

# Prints the first of the named programs that is installed, as a path.
first_program() {
  local name
  for name in "$@"; do
    command -v "$name" && return 0
  done
  return 1
}

chromium_program() { first_program chromium chromium-browser google-chrome; }
chromedriver_program() { first_program "${SIPAS_TEST_CHROMEDRIVER:-chromedriver}" chromium.chromedriver; }
