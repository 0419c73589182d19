// Passkeys: what the server asks goes to the browser, and its answer into the form. The page says why where there are none.
"use strict";

(() => {
  const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "");
  const listed = (some) => (some || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const made = async ({ publicKey }, alone) => {
    const chosen = { ...publicKey.authenticatorSelection };
    if (alone !== null) {
      chosen.residentKey = alone ? "required" : "discouraged";
      chosen.requireResidentKey = alone;
      if (alone) chosen.userVerification = "required";
    }
    return navigator.credentials.create({
      publicKey: {
        ...publicKey,
        challenge: bytes(publicKey.challenge),
        user: { ...publicKey.user, id: bytes(publicKey.user.id) },
        excludeCredentials: listed(publicKey.excludeCredentials),
        authenticatorSelection: chosen,
      },
    });
  };
  const shown = async ({ publicKey }) =>
    navigator.credentials.get({
      publicKey: {
        ...publicKey,
        challenge: bytes(publicKey.challenge),
        allowCredentials: listed(publicKey.allowCredentials),
      },
    });
  const written = (credential) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    }
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      response,
      clientExtensionResults: credential.getClientExtensionResults(),
      authenticatorAttachment: credential.authenticatorAttachment,
    });
  };
  const asked = async (form) => {
    if (!form.dataset.ask) return JSON.parse(document.querySelector("#passkey-data").textContent);
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const status = form.querySelector("[data-status]");
    const alone = form.elements.passwordless;
    if (!window.PublicKeyCredential) {
      if (form.dataset.quiet === undefined) status.textContent = form.dataset.without;
      continue;
    }
    form.hidden = false;
    form.querySelector("button").disabled = false;
    form.addEventListener("submit", async (event) => {
      if (form.elements.credential.value) return;
      event.preventDefault();
      status.textContent = form.dataset.waiting;
      try {
        const { creation_options: create, request_options: request } = await asked(form);
        const credential = create ? await made(create, alone ? alone.checked : null) : await shown(request);
        form.elements.credential.value = written(credential);
        form.submit();
      } catch {
        status.textContent = form.dataset.failed;
      }
    });
  }
})();
