"use strict"; // Told of new positions, it fetches the page and changes only what differs.
const byId = (id) => document.getElementById(id), MARK_MS = 4000, SPOKEN_MS = 10000, FETCH_MS = 500;
const LOST = "Forbindelsen er afbrudt; prøver igen";
let source = null, paused = false, busy = false, again = false, seen = null, spokenAt = -SPOKEN_MS, retry = 0;
const cells = (root) => new Map([...root.querySelectorAll("[data-cell]")].map((e) => [e.dataset.cell, e]));
const words = (element) => (element ? element.textContent.replace(/\s+/g, " ").trim() : "");
function mark(element) {
  if (!element.hasAttribute("data-quiet")) element.classList.add("changed");
  setTimeout(() => element.classList.remove("changed"), MARK_MS);
}
function update(section, next) {
  const before = cells(section), after = cells(next), told = new Map([...before].map(([k, e]) => [k, words(e)]));
  const same = before.size === after.size && [...after.keys()].every((key) => before.has(key))
    && words(section.querySelector("h2")) === words(next.querySelector("h2"));
  const differ = [...after].filter(([key, e]) => told.get(key) !== words(e) || e.hasAttribute("data-age"));
  if (same) for (const [key, e] of differ) before.get(key).replaceWith(e);
  if (!same || !after.size) section.replaceWith(next);
  differ.forEach(([, e]) => mark(e));
}
async function refresh() {
  if (busy) { again = true; return; }
  busy = true;
  try {
    const text = await (await fetch(location.pathname)).text(), parts = document.querySelectorAll("[data-live]");
    const page = new DOMParser().parseFromString(text, "text/html");
    if (!paused) for (const part of [...parts, byId("known")]) update(part, page.getElementById(part.id));
    ages();
    const spoken = byId("status"), count = document.querySelectorAll(".changed").length;
    if (count && performance.now() - spokenAt > SPOKEN_MS) {
      [spokenAt, spoken.textContent] = [performance.now(), `${count} tal er ændret`];
    }
  } catch { state(LOST, "lost"); seen = null; }
  setTimeout(() => { busy = false; if (again) { again = false; refresh(); } }, FETCH_MS);
}
function state(text, name) { byId("state").textContent = text; byId("live").className = name; }
function open() {
  if (source) source.close();
  clearTimeout(retry);
  if (paused || document.hidden) return;
  source = new EventSource(byId("live").dataset.url);
  source.onerror = () => { state(LOST, "lost"); if (source.readyState === 2) retry = setTimeout(open, SPOKEN_MS); };
  source.addEventListener("positions", (event) => {
    if (event.data !== seen) refresh();
    seen = event.data;
    state("Opdateres løbende", "on");
  });
}
const ago = (s) => (s < 60 ? `${Math.max(0, Math.floor(s))} sek.` : s < 3600 ? `${Math.floor(s / 60)} min.` : `${Math.floor(s / 3600)} t.`);
function ages(event) {
  for (const time of document.querySelectorAll("time[data-age]")) {
    const seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
    time.title = time.title || time.textContent; // the absolute time, which paper and old figures keep
    time.textContent = seconds > 86400 || (event && event.type === "beforeprint") ? time.title : `for ${ago(seconds)} siden`;
  }
}
byId("pause").addEventListener("click", () => {
  paused = !paused;
  byId("pause").textContent = paused ? "Fortsæt" : "Pause";
  state(paused ? "Sat på pause" : "Opdateres løbende", paused ? "paused" : "on");
  [seen] = [null, open()];
});
document.addEventListener("visibilitychange", open);
for (const name of ["beforeprint", "afterprint"]) addEventListener(name, ages);
setInterval(() => paused || ages(), 5000);
byId("live").hidden = false;
[ages, open].forEach((start) => start());
