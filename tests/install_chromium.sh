#!/usr/bin/env bash
# Make sure that the browser tests and the PDF find a Chromium: the one that CHROMIUM names, one that is
# installed, Debian's package, or Playwright's own build, whichever is there first.
set -euo pipefail

if [ -n "${CHROMIUM:-}" ]; then
  [ -x "$CHROMIUM" ] || { echo "CHROMIUM is $CHROMIUM, which cannot be executed"; exit 1; }
elif command -v chromium >/dev/null; then
  :
elif [ "$(id -u)" = 0 ] && grep -qs '^ID=debian' /etc/os-release; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
else
  playwright install chromium
fi
