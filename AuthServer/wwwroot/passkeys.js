// Passkeys (WebAuthn). Each form with data-passkey asks the server what is to be answered, lets the browser answer, and sends that as any form is sent.
(() => {
  "use strict";
  const supported = window.PublicKeyCredential && PublicKeyCredential.parseRequestOptionsFromJSON && PublicKeyCredential.parseCreationOptionsFromJSON;
  let waiting = null; // the quiet question behind the address field

  const ask = async (form, isQuiet) => {
    const url = new URL(form.action);
    url.searchParams.set("handler", "Options");
    const answer = await fetch(url, { method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin" });
    if (answer.status === 400 && !isQuiet) {
      form.submit(); // something else must be typed differently first: the page says what
      return new Promise(() => {});
    }

    if (!answer.ok) {
      throw new Error("refused");
    }

    return answer.json();
  };

  const send = (form, credential) => {
    form.elements.Credential.value = JSON.stringify(credential.toJSON());
    form.submit();
  };

  const use = async (form, more) => {
    const options = await ask(form, more?.mediation === "conditional");
    const credential = form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options), ...more });
    send(form, credential);
  };

  const quietly = async form => {
    if (document.querySelector("input[autocomplete~=webauthn]") && await PublicKeyCredential.isConditionalMediationAvailable?.()) {
      waiting = new AbortController();
      await use(form, { mediation: "conditional", signal: waiting.signal });
    }
  };

  for (const note of document.querySelectorAll("[data-without]")) {
    note.hidden = Boolean(supported);
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const said = form.querySelector("[data-said]");
    form.addEventListener("submit", async event => {
      if (event.submitter?.hasAttribute("data-plain")) {
        return; // another way than by passkey
      }

      event.preventDefault();
      said.hidden = true;
      waiting?.abort();
      const button = event.submitter ?? form.querySelector("button");
      button.disabled = true;
      try {
        if (!supported) {
          throw new Error("unsupported");
        }

        await use(form);
      } catch {
        said.hidden = false;
        button.disabled = false;
      }
    });

    if (supported && form.dataset.passkey === "get") {
      quietly(form).catch(() => {});
    }
  }
})();
