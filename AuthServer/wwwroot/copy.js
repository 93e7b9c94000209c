// Buttons that copy what they name. Where scripts do not run they are not shown; what they would copy can be marked by hand.
for (const button of document.querySelectorAll('button[data-copy]')) {
  const said = button.textContent;
  button.hidden = !navigator.clipboard;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = said; }, 2000);
  });
}
