// Says what is wrong with a field when it is left, in the server's own words: the form is sent to its page with nothing but the wish to be checked.
for (const form of document.querySelectorAll('form[data-check]')) {
  for (const id of form.dataset.check.split(' ')) {
    const input = document.getElementById(id);
    input?.addEventListener('change', async () => {
      const sent = new URLSearchParams(new FormData(form));
      sent.set('act', 'check');
      const answer = await fetch(form.action, { method: 'POST', body: sent, credentials: 'same-origin' });
      const checked = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById(id);
      if (!answer.ok || !checked) {
        return;
      }

      // What is being typed stays; only what is said about it changes.
      const [field, said] = [input.closest('.field'), checked.closest('.field')];
      field.className = said.className;
      field.querySelectorAll('.fault').forEach((fault) => fault.remove());
      said.querySelectorAll('.fault').forEach((fault) => { fault.setAttribute('role', 'status'); input.before(fault); });
      for (const name of ['aria-invalid', 'aria-describedby']) {
        const value = checked.getAttribute(name);
        if (value === null) {
          input.removeAttribute(name);
        } else {
          input.setAttribute(name, value);
        }
      }
    });
  }
}
