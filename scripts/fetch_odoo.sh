#!/usr/bin/env bash
# Find or fetch the Odoo 19 source and print the folder that goes on PYTHONPATH.
#
# Order: ODOO_HOME; the distribution package (unpacked into the user cache, never installed);
# a shallow clone of branch 19.0. Everything but the result goes to stderr.
set -euo pipefail

cache="${XDG_CACHE_HOME:-$HOME/.cache}/vanban"
tree="$cache/odoo-19"
say() { echo "odoo: $*" >&2; }

is_odoo() { [ -f "$1/odoo/release.py" ] && grep -q "version_info = (19, 0" "$1/odoo/release.py"; }

# The mirror is the one this machine already trusts: only the suite is changed.
mirror_address() {
    apt-get indextargets --format '$(ORIGIN) $(COMPONENT) $(REPO_URI) $(RELEASE)' 'Created-By: Packages' 2>/dev/null |
        awk '$1 == "Debian" && $2 == "main" && $4 !~ /security|updates|backports/ {print $3; exit}'
}

private_apt() { # private_apt FOLDER SUITE URI: writes an apt configuration that touches nothing of the system
    mkdir -p "$1/lists/partial" "$1/cache/archives/partial" "$1/parts" "$1/debs"
    : >"$1/status"
    echo "deb $3 $2 main" >"$1/sources.list"
    cat >"$1/apt.conf" <<EOF
Dir::Etc::sourcelist "$1/sources.list";
Dir::Etc::sourceparts "$1/parts";
Dir::State "$1";
Dir::State::lists "$1/lists";
Dir::State::status "$1/status";
Dir::Cache "$1/cache";
APT::Sandbox::User "root";
APT::Architecture "$(dpkg --print-architecture)";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::AllowInsecureRepositories "false";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
EOF
    APT_CONFIG="$1/apt.conf" apt-get -qq update >&2 && return 0
    # A mirror that is refreshed seldom is signed all the same; for a source tree its age does not matter.
    echo 'Acquire::Check-Valid-Until "false";' >>"$1/apt.conf"
    APT_CONFIG="$1/apt.conf" apt-get -qq update >&2
}

from_package() {
    local uri work unpack deb
    uri="$(mirror_address)"
    [ -n "$uri" ] || { say "this machine has no Debian mirror configured"; return 1; }
    work="$(mktemp -d "$cache/fetch.XXXXXX")"
    trap 'rm -rf "$work"' RETURN
    private_apt "$work/sid" sid "$uri" || return 1
    private_apt "$work/bookworm" bookworm "$uri" || return 1
    say "downloading the package odoo-19"
    (cd "$work/sid/debs" && APT_CONFIG="$work/sid/apt.conf" apt-get -qq download odoo-19 \
        fonts-roboto-unhinted fonts-montserrat fonts-inconsolata \
        libjs-jquery libjs-jquery-form libjs-underscore >&2) || return 1
    # Version 4.7: newer ones renamed the files that Odoo's style sheets ask for.
    (cd "$work/bookworm/debs" && APT_CONFIG="$work/bookworm/apt.conf" apt-get -qq download fonts-font-awesome >&2) || return 1
    unpack="$work/tree"
    mkdir -p "$unpack"
    for deb in "$work"/*/debs/*.deb; do dpkg-deb -x "$deb" "$unpack"; done
    resolve_links "$unpack"
    # Left out of the package for licence reasons; without it the asset bundle logs an error and every browser test fails.
    local stub="$unpack/usr/lib/python3/dist-packages/odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
    if [ ! -s "$stub" ]; then mkdir -p "${stub%/*}"; rm -f "$stub"; echo "/* not distributed: background blur in video calls is unavailable */" >"$stub"; fi
    is_odoo "$unpack/usr/lib/python3/dist-packages" || return 1
    rm -rf "$tree" && mv "$unpack" "$tree"
}

# The package links fonts and scripts to absolute paths of other packages: point them into the unpacked tree.
resolve_links() {
    local root="$1" link target
    find "$root/usr/lib/python3/dist-packages/odoo" -type l -print0 | while IFS= read -r -d '' link; do
        target="$(readlink "$link")"
        case "$target" in
            /*) target="$root$target" ;;
            *) target="$(realpath -m "$(dirname "$link")/$target")" ;;
        esac
        if [ -e "$target" ]; then
            target="$(readlink -m "$target")"
            rm "$link" && cp -a "$target" "$link"
        else
            say "link without target: $link -> $target"
        fi
    done
}

from_git() {
    say "cloning branch 19.0"
    rm -rf "$tree.git"
    git clone -q --depth 1 --branch 19.0 https://github.com/odoo/odoo "$tree.git" >&2 || return 1
    is_odoo "$tree.git"
}

if [ -n "${ODOO_HOME:-}" ]; then
    is_odoo "$ODOO_HOME" || { say "ODOO_HOME=$ODOO_HOME does not hold Odoo 19.0"; exit 1; }
    echo "$ODOO_HOME"; exit 0
fi
mkdir -p "$cache"
exec 9>"$cache/odoo.lock"
flock 9
packaged="$tree/usr/lib/python3/dist-packages"
if is_odoo "$packaged"; then echo "$packaged"; exit 0; fi
if is_odoo "$tree.git"; then echo "$tree.git"; exit 0; fi
if from_package; then echo "$packaged"; exit 0; fi
if from_git; then echo "$tree.git"; exit 0; fi
say "Odoo 19 was not found: set ODOO_HOME to a folder with its source"
exit 1
