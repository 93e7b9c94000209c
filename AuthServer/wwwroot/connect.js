// Goes to the provider in a window of its own, and waits here for what comes of it. Without this script, or where windows are blocked, the form goes there in this one.
const form = document.getElementById("connect");
const told = document.getElementById("told");
const connect = form.querySelector("button[value=connect]");
const field = form.querySelector("input[name=window]");
const link = form.dataset.link;
const label = connect.textContent;

// Only pages of this server are heard, whichever window they are in.
const channel = new BroadcastChannel("connect");
let dirty = false;
let watch = 0;

function rest(words) {
  clearInterval(watch);
  form.removeAttribute("target");
  field.disabled = true;
  connect.disabled = false;
  connect.textContent = label;
  told.textContent = words;
}

channel.addEventListener("message", ({ data }) => {
  if (data?.kind === "ended" && data.link === link) {
    dirty = false;
    clearInterval(watch);
    channel.postMessage({ kind: "taken", link });
    location.replace(data.to);
  }
});

form.addEventListener("change", () => { dirty = true; });
addEventListener("beforeunload", (event) => {
  if (dirty) {
    event.preventDefault();
  }
});

form.addEventListener("submit", (event) => {
  dirty = false;
  if (event.submitter !== connect) {
    return;
  }

  // An application opened this window: it is told, and the way goes on in here.
  if (opener) {
    field.disabled = false;
    return;
  }

  const name = `connect-${link}`;
  const away = open("", name, "popup,width=560,height=760");
  if (!away) {
    return;
  }

  field.disabled = false;
  form.target = name;
  told.textContent = form.dataset.opened;
  setTimeout(() => {
    connect.disabled = true;
    connect.textContent = form.dataset.connecting;
  });
  watch = setInterval(() => {
    if (away.closed) {
      rest(form.dataset.closed);
    }
  }, 300);
});

// Back from the provider by the browser's own button.
addEventListener("pageshow", (event) => {
  if (event.persisted) {
    rest("");
  }
});
