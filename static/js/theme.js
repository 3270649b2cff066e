// Sets the colour scheme before the first paint: this file alone is loaded without `defer`.
"use strict";

(() => {
  const KEY = "console-theme";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  const chosen = () => localStorage.getItem(KEY) || "auto";

  const apply = () => {
    const isDark = chosen() === "dark" || (chosen() === "auto" && dark.matches);
    document.documentElement.classList.toggle("dark", isDark);
  };

  window.consoleTheme = {
    chosen,
    choose(theme) {
      localStorage.setItem(KEY, theme);
      apply();
    },
  };

  dark.addEventListener("change", apply);
  apply();
})();
