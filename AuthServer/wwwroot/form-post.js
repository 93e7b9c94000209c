// Sends the waiting answer on; the page's button does the same where scripts do not run.
document.getElementById("answer").submit();
