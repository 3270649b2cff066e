// Shows the join code that came in the address's fragment, and takes it out of the address and of the history.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const join = document.getElementById("join");
  const code = decodeURIComponent(location.hash.slice(1)).toUpperCase();
  history.replaceState(null, "", location.pathname);
  if (!/^[0-9A-Z]{5}-?[0-9A-Z]{5}$/.test(code)) {
    return;
  }
  const shown = join.querySelector("[data-code]");
  const said = join.querySelector("[data-said]");
  const open = join.querySelector("[data-open]");
  shown.textContent = code;
  if (join.dataset.scheme) {
    open.href = `${join.dataset.scheme}://join?code=${code}`;
    open.hidden = false;
  }
  join.querySelector("[data-copy]").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code);
      said.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(shown);
      said.textContent = "Selected, but not copied";
    }
  });
  join.querySelector("section").hidden = false;
});
