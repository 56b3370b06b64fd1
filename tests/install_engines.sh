#!/usr/bin/env bash
# Let the tests see the book in Firefox and in WebKit too: in the ones that are installed, or in
# Debian's packages. Where one cannot be had, its tests are left out, and pytest says so.
set -euo pipefail

wanted=()
[ -n "${FIREFOX:-}" ] || command -v firefox-esr >/dev/null || command -v firefox >/dev/null \
  || wanted+=(firefox-esr)
[ -n "${WEBKIT_DRIVER:-}" ] || command -v WebKitWebDriver >/dev/null || wanted+=(webkit2gtk-driver)
command -v Xvfb >/dev/null || wanted+=(xvfb)

if [ "${#wanted[@]}" -gt 0 ]; then
  { [ "$(id -u)" = 0 ] && grep -qs '^ID=debian' /etc/os-release \
    && apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null; } \
  || echo "The book is not tested in every browser: to add them, install ${wanted[*]}."
fi
