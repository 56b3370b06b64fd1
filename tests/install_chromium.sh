#!/usr/bin/env bash
# Make sure that the browser tests and the PDF find a Chromium: the one that CHROMIUM names, one that is
# installed, Debian's package, or Playwright's own build, whichever is there first.
set -euo pipefail

install_debian_package() {
  [ "$(id -u)" = 0 ] && grep -qs '^ID=debian' /etc/os-release || return 1
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" >/dev/null
}

# Playwright reaches a browser through a Node of its own, which needs a library that a bare Debian lacks.
playwright --version >/dev/null 2>&1 || install_debian_package libatomic1 || true
playwright --version >/dev/null || { echo "Playwright does not start: see the line above"; exit 1; }

if [ -n "${CHROMIUM:-}" ]; then
  [ -x "$CHROMIUM" ] || { echo "CHROMIUM is $CHROMIUM, which cannot be executed"; exit 1; }
elif ! command -v chromium >/dev/null; then
  install_debian_package chromium || playwright install chromium
fi
