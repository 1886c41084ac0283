#!/usr/bin/env bash
# Makes sure of what tests need beside Rust and a C compiler: PostgreSQL's server, Chromium and its driver, poppler's programs,
# LibreOffice to print Word files and to open workbooks.
# Root on Debian: installs what is missing. Anyone else: is told what to install. Nothing missing: does nothing.
set -euo pipefail
# shellcheck source=tests/setup/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

missing_packages() {
  postgres_bin >/dev/null || echo postgresql
  chromium_program >/dev/null || echo chromium
  chromedriver_program >/dev/null || echo chromium-driver
  pyxform_program || python3 -c 'import ensurepip' 2>/dev/null || echo python3-venv
  command -v pdftotext >/dev/null || echo poppler-utils
  office_part libswlo.so || echo libreoffice-writer-nogui
  office_part libsclo.so || echo libreoffice-calc-nogui
}

# Debian packs LibreOffice's programs one by one around the same command; elsewhere the command is the whole of it.
office_part() {
  command -v soffice >/dev/null && { [ ! -d /usr/lib/libreoffice/program ] || [ -e "/usr/lib/libreoffice/program/$1" ]; }
}

# pyxform, the XLSForm project's converter, in an environment of its own: the test of exports converts every form with it.
pyxform_program() {
  [ -x target/pyxform/bin/xls2xform ] || command -v xls2xform >/dev/null
}
install_pyxform() {
  pyxform_program && return
  echo "Installing pyxform for the tests, in target/pyxform" >&2
  python3 -m venv target/pyxform && target/pyxform/bin/pip install --quiet --disable-pip-version-check "pyxform==4.5.0" && pyxform_program && return
  echo "Tests need pyxform: pip install pyxform (Python 3.10 or newer), so that xls2xform is on the PATH. Then run make test again." >&2
  exit 1
}
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

mapfile -t packages < <(missing_packages)
if [ ${#packages[@]} -eq 0 ]; then
  install_pyxform
  exit 0
fi

if [ "$(id -u)" -ne 0 ] || ! grep -qs '^ID=debian$' /etc/os-release; then
  cat >&2 <<MESSAGE
Tests need programs that are not installed: ${packages[*]} (names of the Debian packages).
  Debian:        sudo apt-get install ${packages[*]}
  other systems: a PostgreSQL server (initdb and pg_ctl in the folder that pg_config --bindir names),
                 chromium, chromedriver, pdftotext, pdffonts and pdfinfo (poppler) and soffice (LibreOffice with
                 Writer and Calc) on the PATH, whichever of them is missing above.
Then run make test again.
MESSAGE
  exit 1
fi

echo "Installing what tests need: ${packages[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
apt-get -qq -o Acquire::Retries=3 update </dev/null
apt-get -qq -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 install -y --no-install-recommends \
  "${packages[@]}" fonts-dejavu-core </dev/null

mapfile -t packages < <(missing_packages)
if [ ${#packages[@]} -gt 0 ]; then
  echo "Installed, but still not found: ${packages[*]}. See tests/setup/lib.sh for where they are looked for." >&2
  exit 1
fi
install_pyxform
