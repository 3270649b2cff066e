// The component functions that templates name in `x-data`, for Alpine's CSP build (docs/adr/0005).
// Its expressions are parsed, never compiled: they see these objects only, no global.
"use strict";

document.addEventListener("alpine:init", () => {
  // On <html>. The theme's own templates set the three `open…` switches; its app.js isn't loaded.
  Alpine.data("theme", () => ({
    adminTheme: window.consoleTheme.chosen(),
    openModal: false,
    filterOpen: false,
    openAllApplications: false,
    init() {
      for (const overlay of ["openModal", "filterOpen", "openAllApplications"]) {
        this.$watch(overlay, (open) => document.body.classList.toggle("overflow-hidden", open));
      }
    },
    switchTheme(theme) {
      this.adminTheme = theme;
      window.consoleTheme.choose(theme);
    },
  }));

  // On <body>.
  Alpine.data("shell", () => ({
    activeTab: location.hash.slice(1) || "general",
    sidebarMobileOpen: false,
    sidebarDesktopOpen: localStorage.getItem("console-sidebar") !== "folded",
    // The theme's change form reads its own address from the global `window`, which the CSP build
    // refuses to hand out; this is all it asks for.
    window: { location: { pathname: location.pathname, search: location.search } },
    init() {
      this.$watch("sidebarDesktopOpen", (open) =>
        localStorage.setItem("console-sidebar", open ? "open" : "folded"),
      );
    },
    sidebarShow() {
      this.sidebarMobileOpen = true;
      this.$nextTick(() => document.querySelector("#nav-sidebar a").focus());
    },
    sidebarHide() {
      if (this.sidebarMobileOpen) {
        this.sidebarMobileOpen = false;
        this.$nextTick(() => document.getElementById("nav-sidebar-show").focus());
      }
    },
    sidebarFold() {
      this.sidebarDesktopOpen = !this.sidebarDesktopOpen;
    },
  }));

  // The search field above a list: "/" brings one there.
  Alpine.data("searchForm", () => ({
    applyShortcut(event) {
      if (event.key === "/" && !event.target.closest("input, textarea, select, [contenteditable]")) {
        event.preventDefault();
        this.$refs.searchInput.focus();
      }
    },
  }));

  // A text and the button that copies it. Without a secure context browsers have no clipboard: then the text
  // is selected, for the person to copy.
  Alpine.data("copyable", () => ({
    icon: "content_copy",
    said: "",
    async copy() {
      const source = this.$refs.source;
      try {
        await navigator.clipboard.writeText(source.dataset.copy || source.textContent);
        this.icon = "check";
        this.said = "Copied";
      } catch {
        getSelection().selectAllChildren(source);
        this.said = "Selected, but not copied";
      }
      setTimeout(() => {
        this.icon = "content_copy";
        this.said = "";
      }, 2000);
    },
  }));

  // A password and the button that shows it, so that what was typed can be checked.
  Alpine.data("passwordField", () => ({
    pressed: "false",
    icon: "visibility",
    toggle() {
      const field = this.$root.querySelector("input");
      const shows = field.type === "password";
      field.type = shows ? "text" : "password";
      this.pressed = String(shows);
      this.icon = shows ? "visibility_off" : "visibility";
      field.focus();
    },
  }));
});
