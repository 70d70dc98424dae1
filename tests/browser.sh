#!/bin/sh
# Finds the browser that the browser tests drive; installs Debian's chromium where it may.
set -u
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null && exit 0
done
echo "== Browser for the tests (chromium, once)"
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo -n"
if command -v apt-get >/dev/null && $as_root true 2>/dev/null; then
    $as_root apt-get update -qq >/dev/null && $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends chromium >/dev/null && exit 0
fi
echo "The browser tests need chromium, and it could not be installed here: install it (Debian: apt install chromium) and run make test again." >&2
exit 1
