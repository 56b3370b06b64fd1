#!/usr/bin/env bash
# Make sure that students' code can be run in a sandbox: with the bubblewrap that is installed, or
# with Debian's or Ubuntu's package. Nothing but `make grade` needs it, and that refuses without.
set -euo pipefail

if command -v bwrap >/dev/null; then
  :
elif [ "$(id -u)" = 0 ] && grep -Eqs '^ID=(debian|ubuntu)$' /etc/os-release; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends bubblewrap \
    libseccomp2 >/dev/null
elif [ "$(uname -s)" = Linux ]; then
  echo "To grade, install bubblewrap, which needs root: sudo apt-get install bubblewrap" \
    "(dnf, pacman and zypper know it by the same name)."
else
  echo "To grade, use Linux, in a virtual machine or a container: bubblewrap, which keeps" \
    "students' code in, runs nowhere else."
fi
