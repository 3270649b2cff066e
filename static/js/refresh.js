// Parts of a page that fetch themselves again (`hx-trigger="every 2s"`), kept polite.
"use strict";

// The console must not take a page that asks by itself for a person who is there.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt.getAttribute("hx-trigger")?.startsWith("every")) {
    event.detail.headers["RC-Background"] = "1";
  }
});

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
