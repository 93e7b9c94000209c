// Parts of a page that follow what happens. An element with an id and data-live="address" listens there, one with an empty address nowhere; when it hears that something has changed,
// the page is read again, and the element takes over what its like says there. Without scripts the page is read again by hand.
const parts = [...document.querySelectorAll('[data-live]:not([data-live=""])')];
const shortest = 1000;
const refused = 30000;
const streams = new Map();
const late = new Set();
let waiting = false;
let reading = false;

// What somebody has the keyboard on is not taken away from under them; a table that they only read can be.
function isUsed(part) {
  const used = document.activeElement;
  return part.contains(used) && !used.matches('.table-frame');
}

async function readAgain() {
  if (reading) {
    waiting = true;
    return;
  }
  reading = true;
  try {
    const answer = await fetch(location.href, { credentials: 'same-origin', cache: 'no-store' });
    if (answer.redirected || answer.status === 401 || answer.status === 404) {
      location.reload();
      return;
    }
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      for (const part of parts) {
        const fresh = page.getElementById(part.id);
        if (!fresh) {
          continue;
        }
        if (isUsed(part)) {
          late.add(part);
          continue;
        }
        late.delete(part);
        const open = [...part.querySelectorAll('details')].map(details => details.open);
        const frames = [...part.querySelectorAll('.table-frame')].map(frame => ({ left: frame.scrollLeft, focused: frame === document.activeElement }));
        part.replaceChildren(...fresh.childNodes);
        part.querySelectorAll('details').forEach((details, i) => { details.open = open[i] ?? details.open; });
        part.querySelectorAll('.table-frame').forEach((frame, i) => {
          frame.scrollLeft = frames[i]?.left ?? 0;
          if (frames[i]?.focused) {
            frame.focus({ preventScroll: true });
          }
        });
      }
    }
  } catch {
    // The server is away; the stream says when it is back.
  }
  setTimeout(() => {
    reading = false;
    if (waiting) {
      waiting = false;
      readAgain();
    }
  }, shortest);
}

function listen() {
  for (const address of new Set(parts.map(part => part.dataset.live))) {
    if (streams.has(address)) {
      continue;
    }
    const stream = new EventSource(address);
    let lost = false;
    stream.addEventListener('changed', readAgain);
    stream.addEventListener('error', () => {
      lost = true;
      if (stream.readyState === EventSource.CLOSED) {
        // It was refused, and tries no more: the session may be over, which the page itself then says.
        streams.delete(address);
        readAgain();
        setTimeout(() => { if (!document.hidden) listen(); }, refused);
      }
    });
    stream.addEventListener('open', () => {
      if (lost) {
        lost = false;
        readAgain();
      }
    });
    streams.set(address, stream);
  }
}

function rest() {
  streams.forEach(stream => stream.close());
  streams.clear();
}

for (const part of parts) {
  part.addEventListener('focusout', () => setTimeout(() => {
    if (late.has(part) && !isUsed(part)) {
      readAgain();
    }
  }));
}

// A browser has few connections for one server: a page that nobody looks at gives its own back.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) {
    rest();
  } else {
    listen();
    readAgain();
  }
});
addEventListener('pagehide', rest);
if (parts.length > 0 && !document.hidden) {
  listen();
}
