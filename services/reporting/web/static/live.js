"use strict"; // Told of new positions, it fetches the page and changes only what differs.
const byId = (id) => document.getElementById(id), MARK_MS = 4000, SPOKEN_MS = 10000, FETCH_MS = 500;
const LOST = "Forbindelsen er afbrudt; prøver igen";
let source, seen, retry, paused = false, busy = false, again = false, spokenAt = -SPOKEN_MS;
const cells = (root) => new Map([...root.querySelectorAll("[data-cell]")].map((e) => [e.dataset.cell, e]));
const words = (element) => (element ? element.textContent.replace(/\s+/g, " ").trim() : "");
const marked = (e, on) => e.classList.toggle("changed", on && !e.hasAttribute("data-quiet"));
function update(section, next) {
  const before = cells(section), after = cells(next), told = new Map([...before].map(([k, e]) => [k, words(e)]));
  const shape = (part) => words(part.querySelector("h2")) + [...cells(part).keys()];
  const differ = [...after].filter(([key, e]) => told.get(key) !== words(e) || e.hasAttribute("data-age"));
  if (shape(section) !== shape(next) || !after.size) section.replaceWith(next);
  else for (const [key, e] of differ) before.get(key).replaceWith(e);
  for (const [, e] of differ) setTimeout(marked, MARK_MS, e, false, marked(e, true));
}
async function refresh() {
  if ((again = busy)) return;
  busy = true;
  try {
    const text = await (await fetch(location.pathname)).text(), parts = document.querySelectorAll("[data-live]");
    const page = new DOMParser().parseFromString(text, "text/html");
    if (!paused) for (const part of [...parts, byId("known")]) update(part, page.getElementById(part.id));
    ages();
    const count = document.querySelectorAll(".changed").length, quiet = performance.now() - spokenAt < SPOKEN_MS;
    if (count && !quiet) [spokenAt, byId("status").textContent] = [performance.now(), `${count} tal er ændret`];
  } catch { state(LOST, "lost"); retry = setTimeout(open, SPOKEN_MS, seen = null); }
  setTimeout(() => { busy = false; if (again) refresh(); }, FETCH_MS);
}
function state(text, name) { byId("state").textContent = text; byId("live").className = name; byId("live").hidden = false; }
function open() {
  source?.close();
  clearTimeout(retry);
  if (paused || document.hidden) return;
  source = new EventSource(byId("live").dataset.url);
  source.onerror = () => { state(LOST, "lost"); if (source.readyState === 2) retry = setTimeout(open, SPOKEN_MS); };
  source.addEventListener("positions", (event) => {
    if (event.data !== seen) refresh(seen = event.data);
    state("Opdateres løbende", "on");
  });
}
const AGO = new Intl.RelativeTimeFormat("da", { style: "short" }); // "for 3 sek. siden"
const since = (s) => AGO.format(-Math.max(0, Math.floor(s < 60 ? s : s / 60)), s < 60 ? "second" : "minute");
function ages(event) {
  for (const time of document.querySelectorAll("time[data-age]")) {
    const seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
    time.title = time.title || time.textContent; // the absolute time, which paper and old figures keep
    time.textContent = seconds > 7200 || (event && event.type === "beforeprint") ? time.title : `for ${since(seconds)}`.replace("for for", "for");
  }
}
byId("pause").addEventListener("click", () => {
  paused = !paused;
  byId("pause").textContent = paused ? "Fortsæt" : "Pause";
  state(...(paused ? ["Sat på pause", "paused"] : ["Opdateres løbende", "on"]));
  seen = open(); // nothing seen: the first answer fetches what happened meanwhile
});
document.addEventListener("visibilitychange", open);
for (const name of ["beforeprint", "afterprint"]) addEventListener(name, ages);
setInterval(() => paused || ages(), 5000);
open(ages());
