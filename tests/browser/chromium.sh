#!/bin/sh
# Install Chromium where no browser of its kind is found: the one system package, for tests/browser and `make screens` alone.
for name in chromium chromium-browser google-chrome google-chrome-stable; do
  if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
say_how() {
  echo "tests/browser will be skipped: no Chromium was found, and $1. Install the package chromium and run again." >&2
  exit 0
}
command -v apt-get >/dev/null 2>&1 || say_how "this is no Debian machine"
if [ "$(id -u)" = 0 ]; then as_root=""; else
  as_root="sudo -n"
  $as_root true >/dev/null 2>&1 || say_how "it takes root to install it"
fi
echo "Installing Chromium (once, about 400 MB with what it needs)" >&2
export DEBIAN_FRONTEND=noninteractive
# a list of packages that is out of date is no reason to stop: the package may be in it all the same
$as_root apt-get update -qq >/dev/null || true
$as_root apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null || say_how "it could not be installed"
