#!/usr/bin/env bash
# Prepare everything the other targets need. Safe to run again; the second run only looks.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(
    postgresql postgresql-contrib softhsm2 opensc poppler-utils libxml2-utils libnss3-tools
    libreoffice-writer-nogui fonts-liberation2 fonts-dejavu-core docker-compose
    tesseract-ocr tesseract-ocr-vie ghostscript mupdf-tools
)
browsers=(chromium chromium-browser)

say() { echo "setup: $*" >&2; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
installed() { dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed; }
apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 \
        install -y --no-install-recommends "$@" </dev/null >>"$log" 2>&1
}

mkdir -p var/log
log="$PWD/var/log/setup-apt.log"

system_packages() {
    command -v apt-get >/dev/null || { say "no apt here: install by hand: ${packages[*]} chromium"; return 0; }
    local missing=() name
    for name in "${packages[@]}"; do installed "$name" || missing+=("$name"); done
    if ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null && ! command -v chromium-browser >/dev/null; then
        missing+=("${browsers[0]}")
    fi
    [ ${#missing[@]} -eq 0 ] && return 0
    say "installing ${missing[*]}"
    as_root apt-get -qq update >>"$log" 2>&1 || true
    # Ubuntu has no package of that name.
    if [[ " ${missing[*]} " == *" chromium "* ]] && ! apt-cache show chromium >/dev/null 2>&1; then
        missing=("${missing[@]/#chromium/${browsers[1]}}")
    fi
    apt_install "${missing[@]}" || { tail -n 20 "$log" >&2; say "apt failed, see $log"; return 1; }
}

python_environment() {
    # shellcheck source=scripts/env.sh
    . scripts/env.sh
    [ -n "$VANBAN_PYTHON" ] || { say "Python 3.11, 3.12 or 3.13 is needed"; return 1; }
    [ -f "$VANBAN_VENV/.complete" ] && return 0
    mkdir -p "$VANBAN_CACHE"
    exec 8>"$VANBAN_VENV.lock"
    flock 8
    [ -f "$VANBAN_VENV/.complete" ] && return 0
    say "creating the virtual environment (1 to 2 minutes)"
    rm -rf "$VANBAN_VENV"
    "$VANBAN_PYTHON" -m venv "$VANBAN_VENV"
    "$VANBAN_VENV/bin/python" -m pip install -q --disable-pip-version-check \
        -r requirements.txt -r requirements-dev.txt -c constraints.txt >var/log/setup-pip.log 2>&1 </dev/null ||
        { tail -n 20 var/log/setup-pip.log >&2; say "pip failed, see var/log/setup-pip.log"; return 1; }
    # Quicker starts for everybody: our environment does not write byte code next to the sources.
    "$VANBAN_VENV/bin/python" -m compileall -q -j 2 "$VANBAN_VENV/lib" >/dev/null 2>&1 || true
    touch "$VANBAN_VENV/.complete"
}

odoo_source() {
    local home
    home="$(scripts/fetch_odoo.sh)"
    if [ -w "$home/odoo" ] && [ ! -f "$home/odoo/.compiled" ]; then
        python3 -m compileall -q "$home/odoo" >/dev/null 2>&1 || true
        touch "$home/odoo/.compiled"
    fi
}

softhsm() {
    . scripts/env.sh
    [ -f "$SOFTHSM2_CONF" ] && return 0
    mkdir -p "${SOFTHSM2_CONF%/*}/tokens"
    printf 'directories.tokendir = %s/tokens\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n' \
        "${SOFTHSM2_CONF%/*}" >"$SOFTHSM2_CONF"
}

# What the two long parts need before they can run side by side with the system packages.
first=()
python3 -c 'import ensurepip, venv' 2>/dev/null || first+=(python3-venv)
command -v git >/dev/null || first+=(git)
if [ ${#first[@]} -gt 0 ]; then
    say "installing ${first[*]}"
    as_root apt-get -qq update >>"$log" 2>&1 || true
    apt_install "${first[@]}" || { tail -n 20 "$log" >&2; exit 1; }
fi

system_packages & apt_job=$!
odoo_source & odoo_job=$!
python_environment & python_job=$!
failed=0
wait $apt_job || { say "system packages: failed"; failed=1; }
wait $odoo_job || { say "Odoo: failed"; failed=1; }
wait $python_job || { say "Python: failed"; failed=1; }
[ $failed = 0 ] || exit 1
softhsm
scripts/pg.sh start
scripts/odoo_conf.sh
say "ready"
