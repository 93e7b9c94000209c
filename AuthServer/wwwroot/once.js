// A form is sent once, however often its button is pressed before the answer is there, also on a slow line. Without scripts the server does no harm the second time, but its answer is
// the second one. After a while it can be pressed again: an answer may have been a file, or given up on.
const patience = 10000;
let last = { form: null, at: 0 };
addEventListener('pageshow', () => { last = { form: null, at: 0 }; });
addEventListener('submit', (event) => {
  if (event.defaultPrevented || event.target.hasAttribute('target')) {
    // What goes to another window leaves this page as it is, to press again.
    return;
  }
  if (event.target === last.form && event.timeStamp - last.at < patience) {
    event.preventDefault();
    return;
  }
  last = { form: event.target, at: event.timeStamp };
});
