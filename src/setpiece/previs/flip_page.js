"use strict";
// Every word is put in as text, never as markup: a script may say anything.
const film = JSON.parse(document.getElementById("data").textContent);
const panels = film.panels;
const byId = (id) => document.getElementById(id);
const make = (tag, text, cls) => {
  const el = document.createElement(tag);
  if (text !== undefined) el.textContent = text;
  if (cls) el.className = cls;
  return el;
};
const clock = (s) => {
  s = Math.round(s);
  const h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
  return (h ? h + ":" + String(m).padStart(2, "0") : m) + ":" + String(s % 60).padStart(2, "0");
};
const plain = (t) => t.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

const scenes = [];
panels.forEach((p, i) => {
  const last = scenes[scenes.length - 1];
  if (last && last.key === p.scene + "\n" + p.slugline) last.end = i + 1;
  else scenes.push({ key: p.scene + "\n" + p.slugline, scene: p.scene, slugline: p.slugline, start: i, end: i + 1 });
  p.text = plain([p.shot, p.name, p.title, p.slugline, p.action, p.people.join(" "), p.said.map((s) => s.join(" ")).join(" ")].join(" "));
});
let at = 0, playing = 0, shown = panels.map((_, i) => i);

byId("title").textContent = film.title;
byId("facts").textContent = [film.author, film.draft, film.version, panels.length + " panels", clock(film.seconds), film.aspect].filter(Boolean).join("  ·  ");
byId("who").append(new Option("Everybody", ""));
film.cast.forEach(([name, n]) => byId("who").append(new Option(name + " (" + n + ")", name)));

scenes.forEach((s) => {
  const seconds = panels.slice(s.start, s.end).reduce((sum, p) => sum + p.seconds, 0);
  const el = make("div", s.scene);
  el.style.flex = seconds + " 1 0";
  el.title = s.scene + "  " + s.slugline + "  " + clock(seconds);
  el.append(make("i"));
  el.addEventListener("click", () => go(shown.find((i) => i >= s.start && i < s.end) ?? s.start));
  s.el = el;
  byId("strip").append(el);
});

function filter() {
  const who = byId("who").value, words = plain(byId("find").value).split(/\s+/).filter(Boolean);
  const fits = (p) => (!who || p.people.includes(who) || p.said.some((s) => s[0] === who)) && words.every((w) => p.text.includes(w));
  shown = panels.map((_, i) => i).filter((i) => fits(panels[i]));
  scenes.forEach((s) => s.el.classList.toggle("off", !shown.some((i) => i >= s.start && i < s.end)));
  byId("grid").classList.contains("open") && grid();
  if (shown.length && !shown.includes(at)) go(shown.find((i) => i >= at) ?? shown[0]);
  else show();
}

function show() {
  const p = panels[at], scene = scenes.find((s) => at >= s.start && at < s.end);
  const none = !shown.length;
  byId("picture").src = p.picture;
  byId("picture").alt = p.shot + ": " + p.title + ". " + p.action;
  byId("picture").style.opacity = none ? 0.15 : 1;
  const said = byId("said");
  said.replaceChildren();
  p.said.forEach(([who, words]) => {
    const line = make("div");
    line.append(make("b", who), words);
    said.append(line);
  });
  if (!p.said.length) said.append(make("span", p.action, "none"));
  const card = byId("card");
  card.replaceChildren(make("div", p.shot, "shot"), make("div", p.slugline, "slug"));
  p.edited && card.append(make("span", "edited by hand", "tag"));
  p.flags.forEach((f) => card.append(make("span", f, "tag")));
  p.changed.forEach((c) => card.append(make("span", c, "tag new")));
  const facts = make("dl");
  const rows = [["Shot", p.name], ["Size", p.title], ["Time", p.seconds.toFixed(1) + " s, at " + clock(p.start)], ["Who", p.people.join(", ") || "nobody"], ["Sound", p.sounds.join(", ")]];
  rows.filter((r) => r[1]).forEach(([k, v]) => facts.append(make("dt", k), make("dd", v)));
  card.append(facts);
  p.action && card.append(make("p", p.action));
  p.reason && card.append(make("p", p.reason, "why"));
  scenes.forEach((s) => {
    s.el.classList.toggle("on", s === scene);
    s.el.firstElementChild.style.width = s === scene ? (100 * (at - s.start + 1)) / (s.end - s.start) + "%" : 0;
  });
  byId("where").textContent = none ? "No panel has that." :
    "Panel " + (shown.indexOf(at) + 1) + " of " + shown.length + (shown.length < panels.length ? " found" : "");
  history.replaceState(null, "", "#" + encodeURIComponent(p.shot));
}

function go(i) { at = Math.min(Math.max(i, 0), panels.length - 1); show(); playing && wait(); }
function step(by) {
  const here = shown.indexOf(at);
  const next = here < 0 ? shown[0] : shown[here + by];
  if (next === undefined) { play(false); return; }
  go(next);
}
function leap(by) {
  const here = scenes.findIndex((s) => at >= s.start && at < s.end);
  for (let n = here + by; scenes[n]; n += by) {
    const first = shown.find((i) => i >= scenes[n].start && i < scenes[n].end);
    if (first !== undefined) return go(first);
  }
}
function wait() { clearTimeout(playing); playing = setTimeout(() => step(1), panels[at].seconds * 1000); }
function play(on) {
  clearTimeout(playing);
  playing = 0;
  byId("play").textContent = on ? "Stop" : "Play";
  if (on) wait();
}
function grid() {
  const box = byId("grid");
  box.replaceChildren();
  scenes.forEach((s) => {
    const mine = shown.filter((i) => i >= s.start && i < s.end);
    if (!mine.length) return;
    box.append(make("h2", s.scene + "   " + s.slugline));
    const row = make("div", undefined, "row");
    mine.forEach((i) => {
      const figure = make("figure", undefined, i === at ? "on" : ""), image = make("img");
      image.src = panels[i].picture;
      image.loading = "lazy";
      image.alt = panels[i].shot;
      figure.append(image, make("figcaption", panels[i].shot + "  " + panels[i].title));
      figure.addEventListener("click", () => { toggle(false); go(i); });
      row.append(figure);
    });
    box.append(row);
  });
  box.querySelector(".on")?.scrollIntoView({ block: "center" });
}
function toggle(open) {
  byId("grid").classList.toggle("open", open);
  if (byId("grid").classList.contains("open")) grid();
}

byId("who").addEventListener("change", (e) => { filter(); e.target.blur(); });
byId("find").addEventListener("input", filter);
byId("back").addEventListener("click", () => step(-1));
byId("on").addEventListener("click", () => step(1));
byId("play").addEventListener("click", () => play(!playing));
byId("all").addEventListener("click", () => toggle(true));
byId("picture").addEventListener("click", () => step(1));
document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  const typing = e.target.matches("input, select");
  if (e.key === "Escape") {
    if (typing) { byId("find").value = ""; e.target.blur(); filter(); }
    toggle(false);
    return;
  }
  if (typing) { if (e.key === "Enter") e.target.blur(); return; }
  const keys = {
    ArrowRight: () => step(1), ArrowLeft: () => step(-1), " ": () => step(1), j: () => step(1), k: () => step(-1),
    ArrowDown: () => leap(1), ArrowUp: () => leap(-1), Home: () => go(shown[0] ?? 0), End: () => go(shown[shown.length - 1] ?? at),
    p: () => play(!playing), g: () => toggle(), "/": () => byId("find").focus(),
    f: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
  };
  const act = keys[e.key] ?? keys[e.key.toLowerCase()];
  if (act) { e.preventDefault(); act(); }
});
const named = panels.findIndex((p) => p.shot === decodeURIComponent(location.hash.slice(1)));
go(named < 0 ? 0 : named);
