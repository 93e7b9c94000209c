// The way to the provider is over, in a window that was opened for it. The page of ours that opened it goes on, and this one closes. Where none does, an application opened
// it: that is told, at its registered origin alone, and the way goes on in here.
const end = document.getElementById("handover");
const { link, event, origin, state } = end.dataset;
const channel = new BroadcastChannel("connect");
const alone = setTimeout(() => {
  if (opener && origin) {
    opener.postMessage({ type: "authserver:connect", event, state: state || null }, origin);
  }

  location.replace(end.href);
}, 400);
channel.addEventListener("message", ({ data }) => {
  if (data?.kind === "taken" && data.link === link) {
    clearTimeout(alone);
    close();
  }
});
channel.postMessage({ kind: "ended", link, to: end.href });
