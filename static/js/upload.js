// Shows how far an upload has come. Without scripts the form is an ordinary one.
"use strict";

(() => {
  const show = (form, text, share) => {
    const progress = form.querySelector("#upload-progress");
    const said = progress.querySelector("[role=status]");
    progress.hidden = false;
    progress.querySelector("progress").value = share;
    if (said.textContent !== text) {
      said.textContent = text;
    }
  };

  document.addEventListener("htmx:beforeSend", (event) => {
    const upload = event.detail.xhr.upload;
    if (event.target.querySelector("#upload-progress")) {
      upload.addEventListener("progress", ({ loaded, total }) => {
        show(event.target, `Uploading: ${Math.floor((100 * loaded) / total)} %`, loaded / total);
      });
      upload.addEventListener("load", () => show(event.target, "Arrived. Checking it…", 1));
    }
  });

  for (const failure of ["htmx:responseError", "htmx:sendError"]) {
    document.addEventListener(failure, (event) => {
      show(event.target, "The upload was refused or broke off, and nothing was kept. Load the page again.", 0);
    });
  }
})();
