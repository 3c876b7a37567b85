"use strict";
// What a board costs and which rules it breaks: cost.py, deal.py, arrange.dress and check.py, line
// for line, on the tables that stripboard_data.py puts into the page. Money is in whole cents.
function makePricer(data) {
  const strips = new Map(data.strips.map((s) => [s.id, s]));
  const cal = data.calendar;
  const pages = (n) => {
    const full = Math.floor(n / 8), rest = n % 8;
    return full && rest ? `${full} ${rest}/8` : full ? `${full}` : `${rest}/8`;
  };
  // As Python rounds: a quarter past is .2, where toFixed says .3.
  const tenths = (x) => (Math.abs(x * 4) % 4 === 1
    ? `${x < 0 ? "-" : ""}${Math.floor(Math.abs(x))}.2` : x.toFixed(1));
  const hours = (minutes) => tenths(minutes / 60);
  const whole = (x) => String(Number(x.toPrecision(6)));
  const shotOf = (days) => days.filter((d) => d.strips.length);

  function countMoves(days) {
    const way = days.flatMap((d) => d.strips.map((id) => strips.get(id).site));
    return way.filter((x, n) => n && x !== way[n - 1]).length;
  }
  function minutesOf(day) {
    const work = day.strips.reduce((sum, id) => sum + strips.get(id).minutes, 0);
    return work + countMoves([day]) * cal.move_minutes;
  }
  // Cents: each step of overtime that is begun is paid.
  function overtime(day) {
    const minutes = Math.max(0, minutesOf(day) - cal.normal_minutes);
    return Math.ceil(minutes / cal.overtime_step) * cal.overtime_price;
  }
  // A split day is called so that what comes before the dark ends at sunset.
  function callOf(hours, day) {
    if (hours !== "split") return hours === "night" ? cal.night_call : cal.day_call;
    const dark = day.strips.map((id) => strips.get(id)).filter((s) => s.hours === "night");
    return day.sunset - minutesOf(day) + dark.reduce((sum, s) => sum + s.minutes, 0);
  }
  // Hours, call and wrap of every day that is shot.
  function dress(days) {
    const out = [];
    for (const day of shotOf(days)) {
      const needs = new Set(day.strips.map((id) => strips.get(id).hours));
      let hours = needs.has("night") ? "night" : "day";
      if (needs.has("night") && needs.has("day") && day.sunset !== null) hours = "split";
      const last = out[out.length - 1];
      if (last && !needs.has("day") && !needs.has("night")
        && 1440 * (day.n - last.day.n) + cal.day_call - last.wrap < cal.turnaround) hours = "night";
      const call = callOf(hours, day);
      out.push({ day, hours, call, wrap: call + minutesOf(day) + cal.meal_minutes });
    }
    return out;
  }
  function unitDays(days) {
    const shot = shotOf(days);
    if (!shot.length) return [];
    const last = Math.max(...shot.map((d) => d.n));
    const inside = cal.working.filter((n) => n <= last);
    return [...new Set([...inside, ...shot.map((d) => d.n)])].sort((a, b) => a - b);
  }
  function engage(person, worked, working) {
    const none = { worked, held: [], dropped: null, work: 0, hold: 0, travel: 0 };
    if (!worked.length) return none;
    const first = worked[0], last = worked[worked.length - 1], on = new Set(worked);
    let held = working.filter((d) => first < d && d < last && !on.has(d));
    const trips = 2 * person.travel_days * person.rate;
    let best = 0, gap = null;
    if (person.drop_days !== null) {
      for (let i = 1; i < worked.length; i++) {
        const a = worked[i - 1], b = worked[i];
        if (b - a - 1 < person.drop_days) continue;
        const saved = person.holding * held.filter((d) => a < d && d < b).length - trips;
        if (saved > best) [best, gap] = [saved, [a, b]];
      }
    }
    if (gap) held = held.filter((d) => !(gap[0] < d && d < gap[1]));
    return {
      worked, held, dropped: gap, work: person.rate * worked.length,
      hold: person.holding * held.length, travel: trips * (gap ? 2 : 1),
    };
  }
  function engagements(days) {
    const worked = data.performers.map(() => new Set());
    for (const d of shotOf(days)) {
      for (const id of d.strips) for (const p of strips.get(id).cast) worked[p].add(d.n);
    }
    const working = unitDays(days);
    return data.performers.map((p, n) =>
      engage(p, [...worked[n]].sort((a, b) => a - b), working));
  }
  // A cover set is a strip planned for later that is free on this day.
  function covered(day, dates) {
    return data.strips.some((s) =>
      s.covers && dates.has(s.id) && dates.get(s.id) > day.n && s.covers.includes(day.n));
  }
  function cost(days) {
    const shot = shotOf(days);
    const dates = new Map(shot.flatMap((d) => d.strips.map((id) => [id, d.n])));
    const deals = engagements(days), hired = new Map();
    let locations = 0, weather = 0, over = 0;
    for (const d of shot) {
      const today = d.strips.map((id) => strips.get(id));
      over += overtime(d);
      for (const place of new Set(today.map((s) => s.location))) locations += data.fees[place] || 0;
      for (const name of new Set(today.flatMap((s) => s.equipment))) {
        hired.set(name, (hired.get(name) || 0) + 1);
      }
      if (today.some((s) => s.weather) && !covered(d, dates)) weather += d.wet;
    }
    const sum = (list) => list.reduce((a, b) => a + b, 0);
    const moves = countMoves(shot);
    const parts = shot.length ? {
      crew: cal.unit_day * unitDays(days).length,
      overtime: over,
      work: sum(deals.map((e) => e.work)),
      hold: sum(deals.map((e) => e.hold)),
      travel: sum(deals.map((e) => e.travel)),
      locations,
      moves: moves * cal.move_cost,
      equipment: sum(data.equipment.filter((e) => hired.get(e.name))
        .map((e) => e.rate * Math.max(e.minimum, hired.get(e.name)))),
      weather,
    } : {};
    return { parts, total: sum(Object.values(parts)), moves, deals,
      holds: sum(deals.map((e) => e.held.length)) };
  }

  // Rules that are broken: {kind, subject, words, n (day), strips}.
  function check(days) {
    const out = [], dressed = dress(days);
    const say = (kind, subject, words, day, ids) =>
      out.push({ kind, subject, words, n: day.n, date: day.date, strips: ids });
    for (const d of dressed) oneDay(d, say);
    for (let i = 1; i < dressed.length; i++) {
      const a = dressed[i - 1], b = dressed[i];
      const rest = 1440 * (b.day.n - a.day.n) + b.call - a.wrap;
      if (rest < cal.turnaround) {
        say("turnaround", "", `${hours(rest)} hours between wrap on ${a.day.date} and call on ` +
          `${b.day.date}, ${whole(cal.turnaround / 60)} is the least`, b.day, [...a.day.strips, ...b.day.strips]);
      }
    }
    const place = new Map();
    for (const d of shotOf(days)) d.strips.forEach((id, i) => place.set(id, [d, i]));
    for (const s of data.strips) {
      for (const other of s.after) {
        const mine = place.get(s.id), its = place.get(other);
        if (mine && its && (mine[0].n - its[0].n || mine[1] - its[1]) < 0) {
          say("after", `${s.id} ${other}`, `strip ${s.id} on ${mine[0].date} comes before ` +
            `${other}, which must be shot first`, mine[0], [s.id, other]);
        }
      }
    }
    stunts(shotOf(days), say);
    return out.sort((a, b) => a.n - b.n);
  }
  function oneDay({ day, hours: when }, say) {
    const night = when === "night";
    const today = day.strips.map((id) => strips.get(id));
    if (!day.works) say("days off", "", `${day.date} is a day off`, day, day.strips);
    else if (day.n < cal.start) {
      say("days off", "", `${day.date} is before shooting starts on ${cal.start_date}`, day, day.strips);
    }
    if (cal.end !== null && day.n > cal.end) {
      say("end", "", `${day.date} is after shooting ends on ${cal.end_date}`, day, day.strips);
    }
    for (const s of today) {
      for (const r of (s.bars[day.n] || [])) {
        const rule = data.rules[r];
        say(rule.kind, rule.subject, `${day.date}, strip ${s.id}: ${rule.words}`, day, [s.id]);
      }
    }
    const total = today.reduce((sum, s) => sum + s.eighths, 0);
    if (total > cal.page_limit) {
      say("pages", "", `${day.date} has ${pages(total)} pages, ${pages(cal.page_limit)} is the most`,
        day, day.strips);
    }
    const minutes = minutesOf(day);
    if (minutes > cal.day_minutes) {
      say("hours", "", `${day.date} takes ${hours(minutes)} hours of shooting, ` +
        `${whole(cal.day_minutes / 60)} is the most`, day, day.strips);
    }
    const sunny = today.filter((s) => s.hours === "day"), dark = today.filter((s) => s.hours === "night");
    if (when === "split") split(day, today, say);
    else if (sunny.length && (dark.length || night)) {
      say("light", "", `${day.date} is a night, and strip ${sunny[0].id} needs daylight`, day,
        [...sunny, ...dark].map((s) => s.id));
    } else if (dark.length && !night) {
      say("light", "", `${day.date} is called for the day, and strip ${dark[0].id} needs the dark`,
        day, dark.map((s) => s.id));
    }
    if (day.sun !== null) {
      for (const [what, some, most] of [["sun", sunny, day.sun], ["dark", dark, 1440 - day.sun]]) {
        const need = some.reduce((sum, s) => sum + s.minutes, 0);
        if (need > most) {
          say("sun", "", `${day.date} needs ${hours(need)} hours of ${what}, there are ` +
            `${hours(most)}`, day, some.map((s) => s.id));
        }
      }
    }
    for (const n of new Set(today.flatMap((s) => s.cast))) {
      const p = data.performers[n], own = today.filter((s) => s.cast.includes(n));
      const load = own.reduce((sum, s) => sum + s.minutes, 0);
      if (p.most_minutes !== null && load > p.most_minutes) {
        say("cast hours", p.name, `${p.name} works ${hours(load)} hours on ${day.date}, ` +
          `${whole(p.most_minutes / 60)} is the most`, day, own.map((s) => s.id));
      }
      if (p.minor && !cal.minors_at_night && when !== "day") {
        const late = night ? "is a night" : "goes on into the night";
        say("minor at night", p.name, `${p.name} is a minor, and ${day.date} ${late}`, day,
          own.map((s) => s.id));
      }
    }
  }
  function split(day, today, say) {
    const sites = [...new Set(today.map((s) => s.site))].sort();
    if (sites.length > 1) {
      say("light", "", `${day.date} is split between day and night, and is at ${sites.join(" and ")}`,
        day, day.strips);
    }
    const before = day.sunset - callOf("split", day);
    if (before > cal.meal_after) {
      say("light", "", `${day.date} is split, and ${hours(before)} hours come before its meal at ` +
        `sunset, ${whole(cal.meal_after / 60)} is the most`, day, day.strips);
    }
    const first = today.findIndex((s) => s.hours === "night");
    for (const s of today.slice(first)) {
      if (s.hours === "night") continue;
      say("light", "", `${day.date} is split, and strip ${s.id} stands behind ${today[first].id} ` +
        "in the dark", day, [s.id, today[first].id]);
    }
  }
  function stunts(shot, say) {
    const latest = new Map();
    if (!cal.stunt_rest) return;
    for (const d of shot) {
      const today = new Set(d.strips.map((id) => strips.get(id)).filter((s) => s.stunt)
        .flatMap((s) => s.cast));
      for (const n of today) {
        const before = latest.get(n);
        if (before && d.n - before.n <= cal.stunt_rest) {
          const name = data.performers[n].name;
          say("stunt rest", name, `${name} has stunts on ${before.date} and ${d.date}; ` +
            `${cal.stunt_rest} whole days of rest`, d, d.strips);
        }
        latest.set(n, d);
      }
    }
  }
  return { cost, check, dress, pages, minutesOf, overtime };
}
