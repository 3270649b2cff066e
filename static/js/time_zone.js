// Tells the form which time zone this browser is in.
"use strict";

document.querySelector("input[name=time_zone]").value = Intl.DateTimeFormat().resolvedOptions().timeZone;
