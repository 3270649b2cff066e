const entries = [
  { time: "08:30", reason: "Blood pressure check", state: "agreed" },
  { time: "10:15", reason: "Vaccination", state: "agreed" },
  { time: "14:00", reason: "Physiotherapy", state: "agreed" },
];

export function appointments() {
  return entries.toSorted((one, other) => one.time.localeCompare(other.time));
}

export function ask(reason, time) {
  entries.push({ reason, time, state: "asked" });
}
