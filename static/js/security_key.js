// Security keys and passkeys (WebAuthn): asks the server for a challenge, has the key sign it, and hands that back.
// An element with `data-security-key` is hidden until it's known that this browser can do that here.
"use strict";

(() => {
  const LOST = "The console can't be reached, or your session has ended. Load the page again.";
  const SAID = {
    NotAllowedError: "Nothing was confirmed: it was cancelled, it took too long, or no key fits.",
    InvalidStateError: "This security key is registered already.",
    SecurityError: "Security keys don't work at this address. Open the console at its own one.",
  };

  const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
  const text = (buffer) =>
    btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "");
  const named = (descriptors = []) => descriptors.map((each) => ({ ...each, id: bytes(each.id) }));

  // What travels as JSON has its bytes as base64url; browsers want and give buffers.
  const made = async (options) => {
    const publicKey = {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: named(options.excludeCredentials),
    };
    const credential = await navigator.credentials.create({ publicKey });
    return written(credential, {
      attestationObject: text(credential.response.attestationObject),
      transports: credential.response.getTransports?.() ?? [],
    });
  };
  const signed = async (options) => {
    const publicKey = {
      ...options,
      challenge: bytes(options.challenge),
      allowCredentials: named(options.allowCredentials),
    };
    const credential = await navigator.credentials.get({ publicKey });
    const { authenticatorData, signature, userHandle } = credential.response;
    return written(credential, {
      authenticatorData: text(authenticatorData),
      signature: text(signature),
      ...(userHandle ? { userHandle: text(userHandle) } : {}),
    });
  };
  const written = (credential, response) => ({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: { clientDataJSON: text(credential.response.clientDataJSON), ...response },
  });

  const post = async (address, body, headers) => {
    const answer = await fetch(address, { method: "POST", body, headers, credentials: "same-origin" });
    if (!answer.headers.get("Content-Type")?.startsWith("application/json")) {
      return null; // a page: of sign-in, or of what is wrong with a form
    }
    const said = await answer.json();
    if (!answer.ok) {
      throw new Error(said.message);
    }
    return said;
  };
  const exchange = async (place, address, content) => {
    const said = await post(address, JSON.stringify(content), {
      "Content-Type": "application/json",
      "X-CSRFToken": place.closest("form, body").querySelector("[name=csrfmiddlewaretoken]").value,
    });
    if (said === null) {
      throw new Error(LOST);
    }
    return said;
  };

  const signIn = async (place) => {
    const { begin, finish, next } = place.dataset;
    const credential = await signed(await exchange(place, begin, {}));
    location.assign((await exchange(place, finish, { credential, next })).next);
  };

  const register = async (place) => {
    const { begin, finish } = place.dataset;
    const name = place.querySelector("[name=name]").value;
    const credential = await made(await exchange(place, begin, {}));
    location.assign((await exchange(place, finish, { credential, name })).next);
  };

  // The page's form is sent with what the key signed. A form that carries what is confirmed (it has no digest) is
  // first sent as it is, for the challenge.
  const confirm = async (place) => {
    const form = place.closest("form");
    if (!form.reportValidity()) {
      return;
    }
    const digest = form.elements.namedItem("digest");
    let options;
    if (digest) {
      options = await exchange(place, place.dataset.begin, { digest: digest.value });
    } else {
      const content = new FormData(form);
      content.set("begin", "1");
      options = await post(place.dataset.begin, content);
    }
    if (options !== null) {
      place.querySelector("[name=assertion]").value = JSON.stringify(await signed(options));
    }
    form.requestSubmit();
  };

  const does = { "sign-in": signIn, register, confirm };

  const wire = (place) => {
    const button = place.querySelector("button");
    const said = place.querySelector("[role=status]");
    button.addEventListener("click", async () => {
      button.disabled = true;
      said.textContent = "";
      try {
        await does[place.dataset.securityKey](place);
      } catch (error) {
        said.textContent = error instanceof DOMException ? (SAID[error.name] ?? error.message) : error.message || LOST;
      } finally {
        button.disabled = false;
      }
    });
    place.hidden = false;
  };

  const able = Boolean(window.PublicKeyCredential && navigator.credentials);
  for (const place of able ? document.querySelectorAll("[data-security-key]") : []) {
    wire(place);
  }
  for (const note of document.querySelectorAll("[data-security-key-missing]")) {
    note.hidden = able;
  }
})();
