// A form is sent once, however often its button is pressed before the answer is there. Without scripts the server does no harm the second time, but its answer is the second one.
let last = { form: null, at: 0 };
addEventListener('submit', (event) => {
  if (event.defaultPrevented || event.target.hasAttribute('target')) {
    // What goes to another window leaves this page as it is, to press again.
    return;
  }
  if (event.target === last.form && event.timeStamp - last.at < 1000) {
    event.preventDefault();
    return;
  }
  last = { form: event.target, at: event.timeStamp };
});
