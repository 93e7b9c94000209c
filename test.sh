#!/usr/bin/env bash
# Runs every test. Installs first what they need and this machine lacks: PostgreSQL, Chromium, curl, Node and its packages.
# Arguments go to `dotnet test` (./test.sh --filter Pkce). The last line is always "N passed, N failed"; the exit code is 0
# only if tests ran, all passed and none was skipped.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
interop="$root/AuthServer.Tests/Interop"
passed=0 failed=0 status=1 results=

finish() {
  [ -z "$results" ] || rm -rf -- "$results"
  echo "$passed passed, $failed failed"
  exit "$status"
}
trap finish EXIT
# On a signal `dotnet test` ends by itself; the summary is still printed.
trap 'echo "test.sh: interrupted" >&2' INT TERM

say() { echo "test.sh: $*" >&2; }
stop() { say "$*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# apt_install PACKAGE… — the package lists are refreshed once, and only when something is missing.
apt_updated=
apt_install() {
  have apt-get || stop "needs $*, and there is no apt-get here: install it by hand."
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    have sudo || stop "needs $*: run this once as root, install sudo, or install it by hand."
    as_root=(sudo)
  fi
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Use-Pty=0)
  say "installing $*"
  if [ -z "$apt_updated" ]; then
    "${apt[@]}" update </dev/null >&2 || stop "apt-get update failed; $* cannot be installed."
    apt_updated=yes
  fi
  "${apt[@]}" install --no-install-recommends "$@" </dev/null >&2 || stop "apt-get could not install $*."
}

need_dotnet() {
  have dotnet || stop "needs the .NET 10 SDK: https://dotnet.microsoft.com/download"
  (cd "$root" && dotnet --version >/dev/null 2>&1) \
    || stop "needs the .NET SDK that global.json names; here is: $(dotnet --list-sdks 2>/dev/null | tr '\n' ';')"
}

need_curl() {
  have curl || apt_install curl ca-certificates
}

has_postgresql() { compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null; }
need_postgresql() {
  has_postgresql || apt_install postgresql
  has_postgresql || stop "PostgreSQL was installed, but no /usr/lib/postgresql/*/bin/postgres is there."
}

has_chromium() { [ -x /usr/bin/chromium-headless-shell ] || [ -x /usr/bin/chromium ]; }
need_chromium() {
  # The sandbox and the font are only recommended packages, but pages cannot be looked at without them.
  [ -x /usr/bin/chromium-headless-shell ] || apt_install chromium-headless-shell chromium-sandbox fonts-liberation
  has_chromium || stop "Chromium was installed, but /usr/bin/chromium-headless-shell is not there."
}

# The interop tests drive an OpenID client library that needs Node 20; Debian 12 ships 18.
node_is_current() { have node && [ "$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)" -ge 20 ]; }
debian_node_is_current() {
  local offered
  offered=$(apt-cache policy nodejs 2>/dev/null | sed -n 's/^ *Candidate: *\([0-9]*\).*/\1/p')
  [ "${offered:-0}" -ge 20 ]
}
need_node() {
  export PATH="$root/.tools/node_modules/node/bin:$PATH"
  node_is_current && have npm && return
  if ! have npm || ! have node; then apt_install nodejs npm; hash -r; fi
  if ! node_is_current && debian_node_is_current; then apt_install nodejs; hash -r; fi
  if ! node_is_current; then
    say "installing Node 22 from npm into .tools/ (here is $(node --version))"
    npm install --prefix "$root/.tools" --no-save --no-audit --no-fund --loglevel=error node@22 >&2 \
      || stop "npm could not install node@22."
    hash -r
  fi
  node_is_current || stop "needs Node 20 or newer; here is $(node --version)."
}

# Installed again only when the lock file has changed since.
need_interop_packages() {
  [ -f "$interop/package-lock.json" ] || stop "AuthServer.Tests/Interop/package-lock.json is missing."
  local stamp="$interop/node_modules/.installed" lock
  lock=$(sha256sum <"$interop/package-lock.json")
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$lock" ] && return
  say "installing the npm packages of AuthServer.Tests/Interop"
  npm ci --prefix "$interop" --no-audit --no-fund --loglevel=error >&2 || stop "npm ci failed in AuthServer.Tests/Interop."
  echo "$lock" >"$stamp"
}

# sum COUNTER — adds up one attribute of <Counters …> over the result files, one per test assembly.
sum() {
  local total=0 value
  for value in $(cat "$results"/*.trx 2>/dev/null | grep -o '<Counters [^>]*' | sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p"); do
    total=$((total + value))
  done
  echo "$total"
}

need_dotnet
need_curl
need_postgresql
need_chromium
need_node
need_interop_packages

results=$(mktemp -d)
# No build process may outlive the run: it would keep a pipe open that reads this script's output.
export CI=true MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
ended=0
(cd "$root" && dotnet test AuthServer.sln --configuration Release --results-directory "$results" \
  --logger "trx;LogFilePrefix=tests" --logger "console;verbosity=minimal" \
  --blame-hang-timeout 10m --blame-hang-dump-type none "$@" </dev/null) || ended=$?

total=$(sum total) passed=$(sum passed) failed=$(sum failed)
other=$((total - passed - failed))
if [ "$failed" -ne 0 ]; then say "$failed tests failed."
elif [ "$ended" -ne 0 ]; then say "dotnet test ended with code $ended: the build failed, or a test run broke off."
elif [ "$other" -ne 0 ]; then say "$other tests were skipped or did not end; here every test counts."
elif [ "$total" -eq 0 ]; then say "no test ran."
else status=0
fi
