#!/usr/bin/env bash
# Every page in every state, in the light, in the dark and on a small screen, beside each other on one sheet that opens without a server.
#   ./contact-sheet.sh [FOLDER [PART-OF-A-NAME]]     FOLDER/index.html; without a second argument all pages
# A second run adds to the sheet, or takes the place of what was there: FOLDER may be filled in portions.
set -euo pipefail
cd "$(dirname "$0")"
folder=$(mkdir -p "${1:-contact-sheet}" && cd "${1:-contact-sheet}" && pwd)
filter="FullyQualifiedName~EveryPageTests"
[ -z "${2:-}" ] || filter="$filter&DisplayName~$2"

dotnet build AuthServer.Tests -c Release -v q -nologo
failed=0
AUTHSERVER_SCREENSHOTS="$folder" dotnet test artifacts/bin/AuthServer.Tests/release/AuthServer.Tests.dll --filter "$filter" || failed=$?

area() {
  case "$1" in
    /design) echo "1 What pages are made of" ;;
    /setup*) echo "2 First start" ;;
    / | /sign* | /register | /select-account | /join | /forgotten* | /reset* | /confirm* | /second* | /link* | /external* | /language) echo "3 Signing in" ;;
    /consent | /claim | /chain | /connect* | /auth*) echo "4 Agreeing and connecting" ;;
    /dashboard* | /account* | /delegations*) echo "5 You" ;;
    /developer*) echo "6 Developer" ;;
    /admin*) echo "7 Admin" ;;
    /docs*) echo "8 Documents" ;;
    *) echo "9 Everything else" ;;
  esac
}

# The area, the page's own address and the state's name: what the sheet is ordered by.
list=$(for file in "$folder"/*.route; do
  name=$(basename "$file" .route)
  route=$(cat "$file")
  printf '%s\t%s\t%s\n' "$(area "$route")" "$route" "$name"
done | sort)

{
  cat <<'HTML'
<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>All pages</title><style>
body{font:15px/1.4 system-ui,sans-serif;margin:2rem;background:#fff;color:#1b1b29}
nav{position:sticky;top:0;z-index:1;display:flex;flex-wrap:wrap;gap:.25rem 1rem;padding:.75rem 0;background:#fff;border-bottom:1px solid #ccc}
h2{margin:3rem 0 0;font-size:1.5rem;scroll-margin-top:4rem}h3{margin:2rem 0 0;font:600 1rem ui-monospace,monospace}h4{margin:1rem 0 .5rem;font-size:.875rem;color:#5a5a72}
.row{display:grid;grid-template-columns:1fr 1fr 15rem;gap:1rem;align-items:start}.row img{width:100%;border:1px solid #ccc}
</style></head><body><h1>All pages</h1><nav>
HTML
  cut -f1 <<<"$list" | uniq -c | while read -r count number title; do echo "<a href=\"#area-$number\">$title ($count)</a>"; done
  echo '</nav>'
  last_area="" last_route=""
  while IFS=$'\t' read -r where route name; do
    if [ "$where" != "$last_area" ]; then echo "<h2 id=\"area-${where%% *}\">${where#* }</h2>"; fi
    if [ "$route" != "$last_route" ]; then echo "<h3>$route</h3>"; fi
    last_area=$where last_route=$route
    echo "<h4 id=\"$name\">$name</h4><div class=\"row\">"
    for look in light dark 320; do echo "<a href=\"$name.$look.png\"><img loading=\"lazy\" src=\"$name.$look.png\" alt=\"$name, $look\"></a>"; done
    echo '</div>'
  done <<<"$list"
  echo '</body></html>'
} > "$folder/index.html"
echo "$folder/index.html"
exit "$failed"
