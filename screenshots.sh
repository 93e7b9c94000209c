#!/usr/bin/env bash
# Makes pictures of every page in every state (light, dark, 320 pixels wide) in artifacts/screenshots, and checks each with axe.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
export AUTHSERVER_SCREENSHOTS="$root/artifacts/screenshots"
rm -rf -- "$AUTHSERVER_SCREENSHOTS"
mkdir -p -- "$AUTHSERVER_SCREENSHOTS"
dotnet test "$root/AuthServer.sln" --nologo --filter FullyQualifiedName~Browser.EveryPageTests "$@"
echo "Pictures: $AUTHSERVER_SCREENSHOTS"
