#!/usr/bin/env bash
# Installs a software Vulkan driver (lavapipe) and, on request, a browser, for the tests that need an adapter.
#
#   scripts/install-lavapipe.sh              lavapipe from the backports of this machine's own Debian release
#   scripts/install-lavapipe.sh --browser    Debian's Chromium as well
#
# Dawn refuses the Mesa 22.3 of plain bookworm, hence backports (25.0). No package address is spelled out here: the
# machine's own Debian source is copied with other suites, so mirrors and proxies stay what they were.
# Needs root and Debian; anything else prints "skipped: why" and ends with 0, because tests then run on SwiftShader.
set -u

skip() { echo "install-lavapipe: skipped: $*"; exit 0; }
note() { echo "install-lavapipe: $*"; }

browser=no
for a in "$@"; do
  case "$a" in
    --browser) browser=yes ;;
    *) echo "usage: $0 [--browser]" >&2; exit 2 ;;
  esac
done

[ "$(uname -s)" = Linux ] || skip "not Linux"
[ -r /etc/os-release ] || skip "no /etc/os-release"
# shellcheck disable=SC1091
. /etc/os-release
[ "${ID:-}" = debian ] || skip "this is ${ID:-unknown}, not Debian (install your distribution's Mesa Vulkan drivers, 23 or newer)"
[ "$(id -u)" = 0 ] || skip "not root"
command -v apt-get >/dev/null || skip "no apt-get"
release=${VERSION_CODENAME:-}
[ -n "$release" ] || skip "no release name in /etc/os-release"

export DEBIAN_FRONTEND=noninteractive
apt="apt-get -qq -y -o Acquire::Retries=2 -o Dpkg::Use-Pty=0"

# Mesa of the installed driver package, e.g. 25.0.7; empty when there is none.
mesa() { dpkg-query -W -f '${Version}' mesa-vulkan-drivers 2>/dev/null | sed -E 's/^[0-9]+://; s/[-+~].*//'; }
major() { local v; v=$(mesa); echo "${v%%.*}"; }

# The machine's own Debian source with one suite of ours, in either of apt's two notations.
add_suite() {
  local suite=$1 out=/etc/apt/sources.list.d/bitloom-$1 f
  for f in /etc/apt/sources.list.d/*.sources; do
    [ -r "$f" ] || continue
    # The stanza that lists the release itself (not its security suite).
    if awk -v rel="$release" -v suite="$suite" '
        BEGIN { RS = ""; FS = "\n" }
        !done && $0 ~ ("(^|\n)Suites:[^\n]*[ \t]" rel "([ \t\n]|$)") && $0 !~ /Enabled:[ \t]*no/ {
          n = split($0, line, "\n")
          for (i = 1; i <= n; i++) { if (line[i] ~ /^#/) continue; if (line[i] ~ /^Suites:/) line[i] = "Suites: " suite; print line[i] }
          done = 1
        }
        END { exit !done }' "$f" > "$out.sources"; then return 0; fi
    rm -f "$out.sources"
  done
  for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -r "$f" ] || continue
    awk -v rel="$release" -v suite="$suite" '
      !done && $1 == "deb" { for (i = 2; i <= 4; i++) if ($i == rel) { $i = suite; print; done = 1; exit } }' "$f" > "$out.list"
    [ -s "$out.list" ] && return 0
    rm -f "$out.list"
  done
  return 1
}

# Which Mesa the release itself offers decides whether backports are needed at all (trixie and later: no).
$apt update || skip "apt-get update failed"
if [ "$(major)" != "" ] && [ "$(major)" -ge 23 ]; then
  note "lavapipe is there already: Mesa $(mesa)"
else
  offered=$(apt-cache policy mesa-vulkan-drivers | sed -nE 's/^ *Candidate: *([0-9]+:)?([0-9]+).*/\2/p')
  if [ "${offered:-0}" -ge 23 ] 2>/dev/null; then
    $apt install --no-install-recommends mesa-vulkan-drivers libvulkan1 >/dev/null || skip "apt-get install failed"
  else
    add_suite "$release-backports" || skip "found no Debian source for $release to copy"
    $apt update || skip "apt-get update with $release-backports failed"
    $apt install --no-install-recommends -t "$release-backports" mesa-vulkan-drivers libvulkan1 >/dev/null \
      || skip "apt-get install from $release-backports failed"
  fi
  note "lavapipe installed: Mesa $(mesa)"
fi

if [ "$browser" = yes ]; then
  if command -v chromium >/dev/null; then
    note "browser is there already: $(chromium --version 2>/dev/null)"
  elif $apt install --no-install-recommends chromium >/dev/null; then
    note "browser installed: $(chromium --version 2>/dev/null)"
  else
    note "skipped the browser: apt-get install chromium failed"
  fi
fi
exit 0
