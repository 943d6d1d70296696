#!/bin/sh
# The browser tests need Chromium: installed from Debian's packages when root, said clearly otherwise.
command -v chromium >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing chromium for the browser tests ..." >&2
    if apt-get update -qq >/dev/null 2>&1 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null 2>&1; then
        exit 0
    fi
fi
echo "no chromium: the browser tests will be skipped; install it (Debian: apt-get install chromium) to run them" >&2
