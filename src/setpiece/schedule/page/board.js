"use strict";
// The board: strips that are dragged or moved by keys, priced anew after each move.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const pricer = makePricer(data), strips = new Map(data.strips.map((s) => [s.id, s]));
  const $ = (id) => document.getElementById(id);
  const days = data.days.map((d) => ({ ...d, strips: [...d.strips] }));
  const bone = { date: "", n: -1, strips: [...data.boneyard], bone: true };
  const planned = pricer.cost(days), past = [], future = [];
  const homes = new WeakMap();  // the list that each section of the board shows
  let dragged = null, chosen = null, person = null, query = "";

  const make = (tag, cls, text) => {
    const node = document.createElement(tag);
    if (cls) node.className = cls;
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const money = (cents, sign) => {
    const whole = Math.abs(cents) / 100;
    const text = whole.toLocaleString("en", { minimumFractionDigits: cents % 100 ? 2 : 0, maximumFractionDigits: 2 });
    const mark = cents < 0 ? "−" : sign && cents > 0 ? "+" : "";
    return `${mark}${text} ${data.currency}`;
  };
  const clock = (m) => `${String(Math.floor(m / 60) % 24).padStart(2, "0")}:${String(m % 60).padStart(2, "0")}`;
  const lists = () => [...days, bone];
  const listOf = (id) => lists().find((d) => d.strips.includes(id));
  const snapshot = () => lists().map((d) => [...d.strips]);
  const restore = (shot) => lists().forEach((d, n) => { d.strips = [...shot[n]]; });

  // Take a strip from where it is and put it at a place of a list.
  function move(id, target, at) {
    const from = listOf(id), old = from.strips.indexOf(id);
    if (from === target && (at === old || at === old + 1)) return;
    past.push(snapshot()); future.length = 0;
    from.strips.splice(old, 1);
    target.strips.splice(from === target && at > old ? at - 1 : at, 0, id);
    chosen = id;
    render();
    const where = target.bone ? "the boneyard" : target.date;
    $("said").textContent = `Scene ${strips.get(id).scene} is on ${where}. ${$("total").textContent}`;
  }
  function travel(back, forth) {
    if (!back.length) return;
    forth.push(snapshot()); restore(back.pop()); render();
  }
  const undo = () => travel(past, future), redo = () => travel(future, past);

  // One place up or down the board; day breaks are crossed as on cardboard.
  function nudge(id, step, wholeDay) {
    const all = lists(), from = listOf(id), n = all.indexOf(from), i = from.strips.indexOf(id);
    if (!wholeDay && i + step >= 0 && i + step < from.strips.length) {
      return move(id, from, step < 0 ? i - 1 : i + 2);
    }
    const target = all[n + step];
    if (target) move(id, target, step < 0 && !wholeDay ? target.strips.length : wholeDay ? target.strips.length : 0);
  }

  function render() {
    const cost = pricer.cost(days), broken = pricer.check(days);
    const bad = new Map();
    for (const b of broken) for (const id of b.strips) bad.set(id, [...(bad.get(id) || []), b.words]);
    board(broken, bad); prices(cost); clashes(broken); castList(cost); sheet();
    $("undo").disabled = !past.length; $("redo").disabled = !future.length;
    if (chosen) document.getElementById(`s-${data.strips.indexOf(strips.get(chosen))}`)?.focus({ preventScroll: true });
  }

  function board(broken, bad) {
    const root = $("board"), dressed = new Map(pricer.dress(days).map((d) => [d.day, d]));
    const shot = days.filter((d) => d.strips.length).length, out = [];
    const last = Math.max(-1, ...days.map((d, n) => (d.strips.length ? n : -1)));
    let number = 0, before = null;
    days.forEach((day, n) => {
      if (before !== null && day.n - before > 1) out.push(gap(day, before));
      before = day.n;
      const box = make("section", `day${day.strips.length ? "" : " empty"}${n > last ? " spare" : ""}`);
      box.dataset.n = day.n;
      let site = null;
      for (const id of day.strips) {
        const s = strips.get(id);
        if (site !== null && s.site !== site) box.append(make("div", "move", `Company move: ${site} to ${s.site}`));
        site = s.site;
        box.append(strip(s, bad.get(id)));
      }
      if (day.strips.length) number += 1;
      box.append(dayBreak(day, number, shot, dressed.get(day), broken));
      accept(box, day);
      out.push(box);
    });
    const box = make("section", "day bone");
    box.append(make("div", "break boneyard", `Boneyard: ${bone.strips.length} strips on no day`));
    for (const id of bone.strips) box.append(strip(strips.get(id), bad.get(id)));
    accept(box, bone);
    out.push(box);
    root.replaceChildren(...out);
    const total = days.flatMap((d) => d.strips).reduce((sum, id) => sum + strips.get(id).eighths, 0);
    $("count").textContent = `${shot} days · ${days.flatMap((d) => d.strips).length} strips · ${pricer.pages(total)} pages`;
  }
  function gap(day, before) {
    const free = day.n - before - 1;
    return make("div", "off", free === 1 ? "day off" : `${free} days off`);
  }
  function dayBreak(day, number, of, dressed, broken) {
    const line = make("div", "break");
    if (!day.strips.length) {
      line.append(make("span", "date", day.words), make("span", "quiet", "nothing on this day"));
      return line;
    }
    const eighths = day.strips.reduce((sum, id) => sum + strips.get(id).eighths, 0);
    line.append(make("span", "date", `End of Day # ${number} of ${of} — ${day.words}`));
    line.append(make("span", "", `Total Pages: ${pricer.pages(eighths)}`));
    const over = pricer.overtime(day);
    if (over) line.append(make("span", "over", `overtime ${money(over)}`));
    line.append(make("span", "quiet", `call ${clock(dressed.call)}, wrap ${clock(dressed.wrap)}${dressed.hours === "day" ? "" : `, ${dressed.hours}`}`));
    const own = broken.filter((b) => b.n === day.n);
    if (own.length) {
      const mark = make("span", "bad", own.length === 1 ? "1 rule broken" : `${own.length} rules broken`);
      mark.title = own.map((b) => b.words).join("\n");
      line.append(mark);
    }
    return line;
  }
  function strip(s, bad) {
    const row = make("div", "strip");
    row.id = `s-${data.strips.indexOf(s)}`;
    row.dataset.id = s.id;
    row.style.setProperty("--fill", s.fill); row.style.setProperty("--edge", s.edge);
    row.tabIndex = 0; row.draggable = true;
    row.setAttribute("role", "listitem");
    row.setAttribute("aria-label", `Scene ${s.scene}, ${s.setting} ${s.set}, ${s.light_word}, ${s.pages} pages`);
    const set = make("div", "set");
    set.append(make("b", "", s.set || s.heading), make("span", "", s.synopsis));
    const cast = make("div", "cast");
    for (const p of s.cast) {
      const chip = make("i", person === p ? "on" : "", data.performers[p].number);
      chip.title = data.performers[p].name;
      cast.append(chip);
    }
    const marks = make("div", "marks");
    for (const [yes, words, title] of [[s.stunt, "stunt", "stunts"], [s.weather, "dry", "needs dry weather"],
      [s.covers, "cover", "cover set"], [s.locked, "locked", `locked to ${s.locked}`]]) {
      if (yes) { const m = make("em", "", words); m.title = title; marks.append(m); }
    }
    if (bad) { row.classList.add("bad"); row.title = bad.join("\n"); }
    const hit = !query || `${s.scene} ${s.set} ${s.synopsis} ${s.location} ${s.cast.map((p) => data.performers[p].name).join(" ")}`
      .toLowerCase().includes(query);
    row.classList.toggle("dim", !hit || (person !== null && !s.cast.includes(person)));
    row.classList.toggle("chosen", chosen === s.id);
    row.append(make("div", s.scene.length > 4 ? "scene long" : "scene", s.scene), make("div", "side", s.setting.replace("INT/EXT", "I/E")), set, marks,
      make("div", "light", s.light_word), make("div", "pages", s.pages), make("div", "time", s.time),
      cast, make("div", "place", s.location), grip(s, row));
    row.addEventListener("dragstart", (e) => {
      dragged = s.id; row.classList.add("dragged");
      e.dataTransfer.effectAllowed = "move"; e.dataTransfer.setData("text/plain", s.scene);
    });
    row.addEventListener("dragend", () => { dragged = null; row.classList.remove("dragged"); mark(null); });
    row.addEventListener("click", () => { chosen = s.id; select(row); });
    row.addEventListener("focus", () => { if (chosen !== s.id) { chosen = s.id; select(row); } });
    row.addEventListener("keydown", (e) => key(e, s.id, row));
    return row;
  }
  function select(row) {
    document.querySelectorAll(".chosen").forEach((n) => n.classList.remove("chosen"));
    row.classList.add("chosen"); sheet();
  }
  function key(e, id, row) {
    const step = e.key === "ArrowUp" ? -1 : e.key === "ArrowDown" ? 1 : 0;
    if (e.altKey && step) { e.preventDefault(); nudge(id, step, e.shiftKey); }
    else if (step) {
      e.preventDefault();
      const rows = [...document.querySelectorAll(".strip")];
      rows[rows.indexOf(row) + step]?.focus();
    } else if (e.key === "Delete") { e.preventDefault(); if (!listOf(id).bone) move(id, bone, bone.strips.length); }
  }
  // Where a dragged strip would fall: before the row whose upper half is under the pointer.
  function place(box, y) {
    const rows = [...box.querySelectorAll(".strip")];
    const n = rows.findIndex((r) => { const b = r.getBoundingClientRect(); return y < b.top + b.height / 2; });
    return [n < 0 ? rows.length : n, rows];
  }
  function show(box, y) {
    const [n, rows] = place(box, y);
    mark(n < rows.length ? rows[n] : box.querySelector(".break:not(.boneyard)") || box, n >= rows.length && homes.get(box).bone);
  }
  function drop(box, y) {
    const id = dragged, [n] = place(box, y);
    dragged = null; mark(null);
    move(id, homes.get(box), n);
  }
  function accept(box, list) {
    homes.set(box, list);
    box.addEventListener("dragover", (e) => {
      if (dragged === null) return;
      e.preventDefault(); e.dataTransfer.dropEffect = "move";
      show(box, e.clientY);
    });
    box.addEventListener("drop", (e) => {
      if (dragged === null) return;
      e.preventDefault();
      drop(box, e.clientY);
    });
  }
  // By finger or pen a strip is held at its grip; anywhere else the board scrolls as ever.
  function grip(s, row) {
    const node = make("div", "grip", "\u2261");
    node.setAttribute("aria-hidden", "true");
    let held = null, at = null;
    // Above and below the board its first and last row count.
    const under = () => {
      const { top, bottom } = $("board").getBoundingClientRect();
      const y = Math.min(Math.max(at[1], top + 1), bottom - 1);
      return document.elementFromPoint(at[0], y)?.closest("section.day");
    };
    const follow = () => {
      if (held === null) return;
      const edge = 70, low = innerHeight - edge, head = Math.max(0, $("head").getBoundingClientRect().bottom) + edge;
      const step = at[1] < head ? at[1] - head : at[1] > low ? at[1] - low : 0;
      if (step < 0 || $("board").getBoundingClientRect().bottom > low) scrollBy(0, step / 5);
      const box = under();
      if (box) show(box, at[1]); else mark(null);
      requestAnimationFrame(follow);
    };
    const end = () => { held = null; dragged = null; row.draggable = true; row.classList.remove("dragged"); mark(null); };
    node.addEventListener("pointerdown", (e) => {
      if (e.pointerType === "mouse") return;
      e.preventDefault();
      row.draggable = false;  // a long touch would begin the browser's own drag
      node.setPointerCapture(e.pointerId);
      held = e.pointerId; at = [e.clientX, e.clientY]; dragged = s.id; chosen = s.id;
      select(row); row.classList.add("dragged");
      follow();
    });
    node.addEventListener("pointermove", (e) => { if (e.pointerId === held) at = [e.clientX, e.clientY]; });
    node.addEventListener("pointerup", (e) => {
      if (e.pointerId !== held) return;
      at = [e.clientX, e.clientY];
      const box = under();
      held = null; row.draggable = true; row.classList.remove("dragged");
      if (box) drop(box, at[1]); else end();
    });
    node.addEventListener("pointercancel", end);
    return node;
  }
  function mark(node, after) {
    document.querySelectorAll(".before, .behind").forEach((n) => n.classList.remove("before", "behind"));
    if (node) node.classList.add(after ? "behind" : "before");
  }

  function prices(cost) {
    $("total").textContent = money(cost.total);
    const change = cost.total - planned.total, d = $("change");
    d.textContent = change ? `${money(change, true)} against the plan` : "as planned";
    d.className = change > 0 ? "worse" : change < 0 ? "better" : "";
    $("now").textContent = `${$("total").textContent}, ${d.textContent}`;
    $("bound").textContent = data.bound ? `No board is cheaper than ${money(data.bound)}.` : "";
    const rows = Object.entries(data.parts).filter(([k]) => cost.parts[k] || planned.parts[k]).map(([k, words]) => {
      const tr = make("tr"), now = cost.parts[k] || 0, was = planned.parts[k] || 0;
      const cell = make("td", now > was ? "worse" : now < was ? "better" : "", now === was ? "" : money(now - was, true));
      tr.append(make("td", "", words), make("td", "", money(now)), cell);
      return tr;
    });
    $("parts").replaceChildren(...rows);
    $("counts").textContent = `${cost.moves} company moves, overnight ones too; ${cost.holds} hold days`;
  }
  function clashes(broken) {
    $("rules").textContent = broken.length ? `${broken.length} rules broken` : "No rule is broken";
    $("rules").className = broken.length ? "worse" : "better";
    $("clashes").replaceChildren(...broken.slice(0, 60).map((b) => {
      const item = make("li", "", b.words);
      item.addEventListener("click", () => document.querySelector(`section[data-n="${b.n}"]`)?.scrollIntoView({ behavior: "smooth", block: "center" }));
      return item;
    }));
  }
  function castList(cost) {
    const rows = data.performers.map((p, n) => [p, n, cost.deals[n]]).filter(([, , e]) => e.worked.length).map(([p, n, e]) => {
      const tr = make("tr", person === n ? "on" : "");
      tr.append(make("td", "id", p.number), make("td", "", p.name), make("td", "n", e.worked.length),
        make("td", "n", e.held.length || ""), make("td", "n", money(e.work + e.hold + e.travel)));
      tr.addEventListener("click", () => { person = person === n ? null : n; render(); });
      return tr;
    });
    $("people").replaceChildren(...rows);
  }
  function sheet() {
    const s = strips.get(chosen), root = $("sheet");
    if (!s) { root.replaceChildren(make("p", "quiet", "Choose a strip to see its breakdown sheet.")); return; }
    const out = [make("h3", "", `Scene ${s.scene}`), make("p", "", `${s.setting} ${s.set} — ${s.light_word}, ${s.pages} pages, ${s.time}`)];
    if (s.synopsis) out.push(make("p", "quiet", s.synopsis));
    for (const [title, items] of s.sheet) out.push(make("h4", "", title), make("p", "", items.join(", ")));
    root.replaceChildren(...out);
  }

  function order() {
    return { setpiece: "order", version: 1, title: data.title,
      days: days.filter((d) => d.strips.length).map((d) => ({ date: d.date, strips: [...d.strips] })),
      unscheduled: [...bone.strips] };
  }
  function save(name, text, type) {
    const link = make("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name; link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
  const cell = (v) => {
    let text = String(v);
    if (/^[=+\-@\t\r]/.test(text) && !/^[+-]\d+(\.\d+)?$/.test(text)) text = `'${text}`;
    return /[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  };
  // A spreadsheet would take 3/8 for the third of August.
  const asFraction = (text) => (/^\d\/8$/.test(text) ? `0 ${text}` : text);
  function table() {
    const rows = [["Date", "Strip", "Scene", "Set", "Pages"]];
    for (const d of days) for (const id of d.strips) {
      const s = strips.get(id);
      rows.push([d.date, s.id, s.scene, s.set, asFraction(s.pages)]);
    }
    for (const id of bone.strips) { const s = strips.get(id); rows.push(["", s.id, s.scene, s.set, asFraction(s.pages)]); }
    return "\ufeff" + rows.map((r) => r.map(cell).join(",")).join("\r\n") + "\r\n";
  }

  $("undo").addEventListener("click", undo);
  $("redo").addEventListener("click", redo);
  $("print").addEventListener("click", () => window.print());
  $("json").addEventListener("click", () => save(`${data.slug}_order.json`, JSON.stringify(order(), null, 1), "application/json"));
  $("csv").addEventListener("click", () => save(`${data.slug}_order.csv`, table(), "text/csv"));
  $("find").addEventListener("input", (e) => { query = e.target.value.trim().toLowerCase(); render(); $("find").focus(); });
  document.addEventListener("keydown", (e) => {
    if (!(e.ctrlKey || e.metaKey) || e.target.tagName === "INPUT") return;
    const k = e.key.toLowerCase();
    if (k === "z" && !e.shiftKey) { e.preventDefault(); undo(); }
    if (k === "y" || (k === "z" && e.shiftKey)) { e.preventDefault(); redo(); }
  });
  window.addEventListener("beforeunload", (e) => { if (past.length) e.preventDefault(); });
  // For scripts that drive the page.
  window.setpiece = {
    order,
    cost: () => pricer.cost(days),
    check: () => pricer.check(days),
    move: (id, date, at) => move(id, days.find((d) => d.date === date) || bone, at),
    // What another board, {date: [strips]}, would cost and break.
    price: (board) => {
      const other = days.map((d) => ({ ...d, strips: board[d.date] || [] }));
      const { parts, total, moves, holds } = pricer.cost(other);
      return { parts, total, moves, holds, broken: pricer.check(other) };
    },
  };
  render();
})();
