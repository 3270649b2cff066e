// Parts of a page that fetch themselves again (`hx-trigger="every 2s"`), kept polite.
"use strict";

document.addEventListener("htmx:beforeRequest", (event) => {
  // Nobody looks: don't ask.
  if (document.hidden && event.detail.requestConfig.verb === "get") {
    event.preventDefault();
  }
});

document.addEventListener("htmx:beforeSwap", (event) => {
  // The session has ended: show the sign-in page as a page, not inside a part of one.
  if (new URL(event.detail.xhr.responseURL).pathname.endsWith("/login/")) {
    event.preventDefault();
    location.reload();
  }
});
