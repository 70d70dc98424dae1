#!/bin/sh
# Finds the programs that the tests drive, a browser and an office program; installs Debian's where it may.
set -u

as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo -n"
listed=""

# $1: what it is for; $2: names of the program; $3: Debian's packages
bring() {
    for name in $2; do
        command -v "$name" >/dev/null && return 0
    done
    echo "== $1 for the tests (once)"
    if command -v apt-get >/dev/null && $as_root true 2>/dev/null; then
        [ -n "$listed" ] || $as_root apt-get update -qq >/dev/null
        listed=yes
        # shellcheck disable=SC2086  # several packages
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $3 >/dev/null &&
            return 0
    fi
    echo "The tests need $1, and it could not be installed here: install it (Debian: apt install $3) and run make test again." >&2
    exit 1
}

bring "a browser (chromium)" "chromium chromium-browser google-chrome" "chromium"
bring "an office program (LibreOffice)" "soffice libreoffice" "libreoffice-calc-nogui libreoffice-writer-nogui"
