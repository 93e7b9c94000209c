// Shows what a form would make while it is filled in: it is sent to its page with the wish to be looked at, which saves nothing. Without scripts there is a button for it.
for (const form of document.querySelectorAll('form[data-preview]')) {
  let [waiting, sent] = [0, 0];
  form.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const number = ++sent;
      const body = new URLSearchParams(new FormData(form));
      body.set('act', 'preview');
      const answer = await fetch(form.action, { method: 'POST', body, credentials: 'same-origin' });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const shown = page.getElementById(form.dataset.preview);

      // What is not yet right is said when it is saved; until then the last that was stays.
      if (!answer.ok || !shown || number !== sent || page.querySelector('.fault, [role="alert"]')) {
        return;
      }

      document.querySelector('link[data-brand]')?.remove();
      const colour = page.querySelector('link[data-brand]');
      if (colour) {
        document.head.append(document.importNode(colour));
      }

      document.getElementById(form.dataset.preview).replaceWith(document.adoptNode(shown));
    }, 400);
  });
}
