// What a form says, told anew while it is written: the form is sent to its page with nothing but the wish to be looked at, and the part that tells it takes over what its like says there.
for (const form of document.querySelectorAll('form[data-says]')) {
  const part = document.getElementById(form.dataset.says);
  let waiting;
  form.querySelector('[data-says-button]').hidden = true;
  part.setAttribute('aria-live', 'polite');
  form.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const sent = new URLSearchParams(new FormData(form));
      sent.set('act', 'look');
      const answer = await fetch(form.action, { method: 'POST', body: sent, credentials: 'same-origin' });
      const told = answer.ok && new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById(part.id);
      if (told) {
        part.replaceChildren(...told.childNodes);
      }
    }, 400);
  });
}
