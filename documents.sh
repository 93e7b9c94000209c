#!/usr/bin/env bash
# Writes the pages of docs/ that are made from the source: every setting, and every error.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
AUTHSERVER_DOCUMENTS=write dotnet test "$root/AuthServer.sln" --nologo --filter FullyQualifiedName~Documents.GeneratedDocumentTests "$@"
