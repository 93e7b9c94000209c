// The server knows by which address a request came to it; what stands in the address bar, only the browser knows.
for (const notice of document.querySelectorAll('[data-origin]')) {
  if (notice.dataset.origin !== location.origin) {
    notice.querySelector('[data-origin-seen]').textContent = location.origin;
    notice.hidden = false;
  }
}
