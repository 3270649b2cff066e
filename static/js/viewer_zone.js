// Tells the console in which time zone to write times: that of this browser, wherever its person is today.
"use strict";

(() => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `console_time_zone=${zone}; Path=/console/; Max-Age=31536000; SameSite=Lax${secure}`;
})();
