import { appointments, ask } from "./appointments.js";
import { reportReady } from "./updates.js";

const list = document.querySelector("#appointments");
const summary = document.querySelector("#summary");
const form = document.querySelector("#request");

function show() {
  const entries = appointments();
  list.replaceChildren(
    ...entries.map(({ time, reason, state }) => {
      const item = document.createElement("li");
      item.dataset.state = state;
      item.append(Object.assign(document.createElement("span"), { textContent: reason }));
      item.append(Object.assign(document.createElement("time"), { textContent: time, dateTime: time }));
      return item;
    }),
  );
  const asked = entries.filter(({ state }) => state === "asked").length;
  summary.textContent = `${entries.length - asked} appointments, ${asked} asked for.`;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const { reason, time } = Object.fromEntries(new FormData(form));
  ask(reason, time);
  form.reset();
  show();
});

show();
// Only now: a version that can't even show its first page must be taken back by the plugin.
await reportReady();
