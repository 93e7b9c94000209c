#!/usr/bin/env bash
# Every page in every state, in the light, in the dark and on a small screen, beside each other on one sheet.
#   ./contact-sheet.sh [FOLDER [PART-OF-A-NAME]]     FOLDER/index.html; without a second argument all pages
set -euo pipefail
cd "$(dirname "$0")"
folder=$(mkdir -p "${1:-contact-sheet}" && cd "${1:-contact-sheet}" && pwd)
filter="FullyQualifiedName~EveryPageTests"
[ -z "${2:-}" ] || filter="$filter&DisplayName~$2"

dotnet build AuthServer.Tests -c Release -v q -nologo
failed=0
AUTHSERVER_SCREENSHOTS="$folder" dotnet test artifacts/bin/AuthServer.Tests/release/AuthServer.Tests.dll --filter "$filter" || failed=$?

area=""
{
  echo '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>All pages</title><style>'
  echo 'body{font:15px/1.4 system-ui,sans-serif;margin:2rem;background:#fff;color:#1b1b29}h2{margin:3rem 0 0;font-size:1.5rem}h3{margin:1.5rem 0 .5rem;font-size:1rem}'
  echo '.row{display:grid;grid-template-columns:1fr 1fr 240px;gap:1rem;align-items:start}.row img{width:100%;border:1px solid #ccc}nav a{margin-inline-end:.75rem}'
  echo '</style></head><body><h1>All pages</h1><nav>'
  for picture in "$folder"/*.light.png; do basename "$picture" .light.png | cut -d- -f1; done | sort -u | while read -r name; do echo "<a href=\"#$name\">$name</a>"; done
  echo '</nav>'
  for picture in "$folder"/*.light.png; do
    name=$(basename "$picture" .light.png)
    if [ "${name%%-*}" != "$area" ]; then
      area=${name%%-*}
      echo "<h2 id=\"$area\">$area</h2>"
    fi
    echo "<h3>$name</h3><div class=\"row\">"
    for look in light dark 320; do echo "<a href=\"$name.$look.png\"><img loading=\"lazy\" src=\"$name.$look.png\" alt=\"$name, $look\"></a>"; done
    echo '</div>'
  done
  echo '</body></html>'
} > "$folder/index.html"
echo "$folder/index.html"
exit "$failed"
