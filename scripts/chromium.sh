#!/bin/sh
# Print the path of a Chromium for the browser tests: $CHROMIUM, else one on PATH.
# With --install, and as root where there is neither, install Debian's package first.
set -eu

find_chromium() {
    for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome chromium-headless-shell; do
        if [ -n "$name" ] && command -v "$name"; then
            return 0
        elif [ -n "$name" ] && [ "$name" = "${CHROMIUM:-}" ]; then
            echo "CHROMIUM is set to '$name', which is no program: correct or unset it." >&2
            return 1
        fi
    done
    return 1
}

if find_chromium; then
    exit 0
fi
if [ "${1:-}" = --install ] && [ -z "${CHROMIUM:-}" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Debian's Chromium for the browser tests." >&2
    export DEBIAN_FRONTEND=noninteractive
    # The headless one starts fastest; some releases have only the whole browser.
    if apt-get update -q >&2; then
        for package in chromium-headless-shell chromium; do
            if apt-get install -q -y --no-install-recommends "$package" >&2 && find_chromium; then
                exit 0
            fi
        done
    fi
fi
echo "No Chromium found: install the package chromium, or set CHROMIUM to the path of one." >&2
exit 1
