/* Handlekort: the little that runs in the browser. Every page works without it. Nothing is kept in the browser. */
(function () {
  "use strict";

  var root = document.documentElement;
  root.classList.remove("no-js");
  root.classList.add("js");

  var SMALL = "(max-width: 1023px)";
  var DRAFT_DELAY = 1500;
  var RESUBMIT_AFTER = 8000;
  var LONGEST_HELD = 3000;
  var timers = new WeakMap();
  var onTheWay = new WeakMap();
  var heldBack = new WeakMap();
  var dirty = new WeakSet();
  /* How often something was typed in a form, and how much of it the request on its way carries. */
  var typed = new WeakMap();
  var carried = new WeakMap();
  /* When the session was last used, here or in another tab. */
  var lastActive = Date.now();

  /* htmx notes the address of the page for a history that is not used here. */
  try { sessionStorage.removeItem("htmx-current-path-for-history"); } catch (error) { /* Closed: nothing was kept. */ }

  function each(scope, selector, act) {
    if (scope.matches && scope.matches(selector)) act(scope);
    scope.querySelectorAll(selector).forEach(act);
  }

  /* The error summary takes the focus, so that it is read out and the first link is one key away. */
  function focusErrors(scope) {
    var box = scope.matches && scope.matches("[data-fejl-opsummering]") ? scope : scope.querySelector("[data-fejl-opsummering]");
    if (box) box.focus();
    return Boolean(box);
  }

  /* On a small screen what the answers mean is folded; it opens on demand and stays as the user left it. */
  var sideOpen = false;
  function foldSide(scope) {
    each(scope, "details.side-panel", function (panel) {
      panel.open = window.matchMedia(SMALL).matches ? sideOpen : true;
    });
  }

  /* A day is typed as one writes it; a button beside the field opens the browser's calendar, which writes it there. */
  function twoDigits(number) { return (number < 10 ? "0" : "") + number; }
  function addCalendar(field) {
    if (field.nextElementSibling && field.nextElementSibling.classList.contains("calendar")) return;
    var place = document.createElement("span");
    var button = document.createElement("button");
    var icon = document.createElement("span");
    var calendar = document.createElement("input");
    var label = document.querySelector("label[for='" + field.id + "']");
    place.className = "calendar";
    button.type = "button";
    button.className = "calendar__button";
    button.setAttribute("aria-label", field.getAttribute("data-kalender") + (label ? ": " + label.textContent.trim() : ""));
    calendar.type = "date";
    calendar.tabIndex = -1;
    calendar.setAttribute("aria-hidden", "true");
    icon.className = "icon icon--calendar";
    button.append(icon);
    place.append(button, calendar);
    field.insertAdjacentElement("afterend", place);
    button.addEventListener("click", function () {
      var day = /^(\d{1,2})-(\d{1,2})-(\d{4})$/.exec(field.value.trim());
      calendar.value = day ? day[3] + "-" + twoDigits(Number(day[2])) + "-" + twoDigits(Number(day[1])) : "";
      calendar.showPicker();
    });
    calendar.addEventListener("change", function (event) {
      event.stopPropagation();
      if (!calendar.value) return;
      field.value = calendar.value.split("-").reverse().join("-");
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
      field.focus();
    });
    calendar.addEventListener("input", function (event) { event.stopPropagation(); });
  }
  function addCalendars(scope) {
    if ("showPicker" in HTMLInputElement.prototype) each(scope, "input[data-kalender]", addCalendar);
  }

  function fields(form) {
    var body = new URLSearchParams();
    new FormData(form).forEach(function (value, name) {
      if (typeof value === "string") body.append(name, value);
    });
    return body;
  }

  function status(form, kind, error) {
    var line = form.querySelector("[data-kladde-status]") || document.querySelector("[data-kladde-status]");
    if (!line) return;
    var clock = new Date().toLocaleTimeString("da-DK", { hour: "2-digit", minute: "2-digit" });
    line.textContent = (line.getAttribute("data-" + kind) || "").replace("{kl}", clock);
    line.classList.toggle("is-error", Boolean(error));
  }

  function tell(kind) {
    var box = document.getElementById("forbindelse");
    if (!box) return;
    box.querySelector("p").textContent = box.getAttribute("data-" + kind);
    box.hidden = false;
  }

  function calm() {
    var box = document.getElementById("forbindelse");
    if (box) box.hidden = true;
  }

  /* A CPR number is kept nowhere: that is said at the field, until the number is gone. */
  function tellLeftOut(form, names) {
    form.querySelectorAll("[data-uden-cpr]").forEach(function (line) {
      if (names.indexOf(line.getAttribute("data-uden-cpr")) >= 0) return;
      var field = line.previousElementSibling;
      field.setAttribute("aria-describedby", (field.getAttribute("aria-describedby") || "").replace(line.id, "").trim());
      line.remove();
    });
    names.forEach(function (name) {
      var field = form.elements.namedItem(name);
      if (!field || !field.id || document.getElementById("cpr-" + field.id)) return;
      var line = document.createElement("p");
      line.className = "form-error-message";
      line.id = "cpr-" + field.id;
      line.setAttribute("data-uden-cpr", name);
      line.textContent = form.getAttribute("data-cpr");
      field.insertAdjacentElement("afterend", line);
      field.setAttribute("aria-describedby", ((field.getAttribute("aria-describedby") || "") + " " + line.id).trim());
    });
    return names.length ? "udencpr" : "gemt";
  }

  /* A draft goes to the server a moment after the last key, and at once when the page is left. */
  function saveDraft(form) {
    dirty.delete(form);
    status(form, "gemmer");
    onTheWay.set(form, (onTheWay.get(form) || 0) + 1);
    fetch(form.getAttribute("data-kladde"), {
      method: "POST",
      body: fields(form),
      credentials: "same-origin",
      redirect: "manual",
      headers: { "X-Requested-With": "fetch" }
    }).then(function (answer) {
      if (answer.ok) {
        status(form, tellLeftOut(form, (answer.headers.get("X-Uden-Cpr") || "").split(" ").filter(Boolean)));
        calm();
        used();
        return;
      }
      dirty.add(form);
      var out = answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403;
      status(form, out ? "udlogget" : answer.status >= 400 && answer.status < 500 ? "afvist" : "fejl", true);
    }).catch(function () {
      dirty.add(form);
      status(form, "fejl", true);
    }).then(function () {
      onTheWay.set(form, Math.max(0, (onTheWay.get(form) || 0) - 1));
      if (!onTheWay.get(form)) sendHeldBack(form);
    });
  }

  /* A draft that comes after the form it is of would stand there as a draft anew: the form waits for it, not for long. */
  function holdBack(form, button) {
    if (!onTheWay.get(form) || heldBack.has(form) || !form.requestSubmit) return false;
    heldBack.set(form, button);
    setTimeout(function () { onTheWay.delete(form); sendHeldBack(form); }, LONGEST_HELD);
    return true;
  }
  function sendHeldBack(form) {
    var button = heldBack.get(form);
    if (!heldBack.delete(form)) return;
    form.removeAttribute("data-sendt");
    form.requestSubmit(button && button.isConnected ? button : null);
  }

  function changed(event) {
    var form = event.target.closest ? event.target.closest("form[data-kladde]") : null;
    if (!form) return;
    dirty.add(form);
    typed.set(form, (typed.get(form) || 0) + 1);
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(function () { if (document.contains(form) && dirty.has(form)) saveDraft(form); }, DRAFT_DELAY));
  }
  document.addEventListener("input", changed);

  /* Before the next page is asked for, so that a reload already shows it; a phone may only tell when the page is gone. */
  function sendLastDraft() {
    document.querySelectorAll("form[data-kladde]").forEach(function (form) {
      if (!dirty.has(form) || form.hasAttribute("data-sendt")) return;
      if (navigator.sendBeacon(form.getAttribute("data-kladde"), fields(form))) dirty.delete(form);
    });
  }
  window.addEventListener("beforeunload", sendLastDraft);
  window.addEventListener("pagehide", sendLastDraft);

  /* The server says so when a fragment request has stored the draft already: as it was when the request was sent. */
  document.addEventListener("htmx:beforeRequest", function (event) {
    var form = event.detail.elt.closest("form[data-kladde]");
    if (form) carried.set(form, typed.get(form));
  });
  document.addEventListener("kladde-gemt", function (event) {
    document.querySelectorAll("form[data-kladde]").forEach(function (form) {
      if (carried.get(form) !== typed.get(form)) return;
      clearTimeout(timers.get(form));
      dirty.delete(form);
      status(form, tellLeftOut(form, (event.detail && event.detail.uden) || []));
    });
  });

  /* A table comes back as it was when it was asked for; what was typed since is put into the new one, and the cursor. */
  var asked = new WeakMap();
  function states(table) {
    var found = {};
    table.querySelectorAll("input[id], select[id], textarea[id]").forEach(function (field) {
      found[field.id] = field.type === "checkbox" || field.type === "radio" ? field.checked : field.value;
    });
    return found;
  }
  /* The id that a field has in the new table: a row taken out moves up those below it. Empty for its own fields. */
  function newId(id, removed) {
    var parts = /^(id_([a-z]+)-)(\d+)(-.*)$/.exec(id);
    if (!removed || !parts || parts[2] !== removed[1]) return id;
    var number = Number(parts[3]);
    if (number === Number(removed[2])) return "";
    return number > Number(removed[2]) ? parts[1] + (number - 1) + parts[4] : id;
  }
  document.addEventListener("htmx:beforeRequest", function (event) {
    var table = event.detail.target;
    if (table.classList.contains("table-block")) asked.set(event.detail.xhr, { then: states(table) });
  });
  document.addEventListener("htmx:beforeSwap", function (event) {
    var since = asked.get(event.detail.xhr);
    if (!since) return;
    since.now = states(event.detail.target);
    since.removed = /^fjern:([a-z]+):(\d+)$/.exec(event.detail.requestConfig.elt.value || "");
    var field = document.activeElement;
    if (field.matches("input, select, textarea")) {
      since.cursor = { field: field, start: field.selectionStart, end: field.selectionEnd };
    }
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    var since = asked.get(event.detail.xhr);
    if (!since || !since.now) return;
    asked.delete(event.detail.xhr);
    Object.keys(since.now).forEach(function (id) {
      var field = document.getElementById(newId(id, since.removed));
      if (!field || since.now[id] === since.then[id]) return;
      if (typeof since.now[id] === "boolean") field.checked = since.now[id];
      else field.value = since.now[id];
    });
    var cursor = since.cursor;
    var field = cursor && (cursor.field.isConnected ? cursor.field : document.getElementById(newId(cursor.field.id, since.removed)));
    if (!field) return;
    /* Whoever types on is not moved to the new row. */
    document.querySelectorAll(".table-block [autofocus]").forEach(function (first) { first.removeAttribute("autofocus"); });
    field.focus({ preventScroll: true });
    if (typeof cursor.start === "number") field.setSelectionRange(cursor.start, cursor.end);
  });

  /* A page that moves between press and release loses the click: an answer that comes meanwhile waits for the release. */
  var pressed = false;
  var waiting = [];
  function released() {
    pressed = false;
    waiting.splice(0).forEach(function (answered) { answered(); });
  }
  document.addEventListener("pointerdown", function () { pressed = true; }, true);
  /* The click comes right after the release. A release on the scroll bar is not told: what is done next tells it. */
  ["pointerup", "pointercancel", "keydown"].forEach(function (name) {
    document.addEventListener(name, function () { setTimeout(released); }, true);
  });
  document.addEventListener("pointermove", function (event) { if (pressed && !event.buttons) released(); }, true);
  document.addEventListener("htmx:beforeSend", function (event) {
    var request = event.detail.xhr;
    var answered = request.onload.bind(request);
    request.onload = function () {
      if (pressed) waiting.push(answered);
      else answered();
    };
  });

  /* A second press while the first is on its way does nothing. */
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.hasAttribute("data-sendt")) { event.preventDefault(); return; }
    form.setAttribute("data-sendt", "");
    if (holdBack(form, event.submitter)) event.preventDefault();
    busy();
    clearTimeout(timers.get(form));
    if (event.submitter) event.submitter.setAttribute("aria-disabled", "true");
    setTimeout(function () { release(form); }, RESUBMIT_AFTER);
  });
  function release(form) {
    form.removeAttribute("data-sendt");
    each(form, "[aria-disabled]", function (button) { button.removeAttribute("aria-disabled"); });
    document.querySelectorAll("[aria-disabled][form]").forEach(function (button) { button.removeAttribute("aria-disabled"); });
  }
  window.addEventListener("pageshow", function () { document.querySelectorAll("form[data-sendt]").forEach(release); });

  /* The session ends some time after it was last used, in whichever tab. That is announced, and one press goes on. The
     server stores the use once a minute, so the last minute is not counted on. */
  var ending = document.getElementById("udloeb");
  var WARNED_BEFORE = 2 * 60 * 1000;
  var STORED_EVERY = 60 * 1000;
  var endsAfter = ending ? Number(ending.getAttribute("data-sekunder")) * 1000 - STORED_EVERY : 0;
  var tabs = ending && "BroadcastChannel" in window ? new BroadcastChannel("handlekort") : null;
  function used(elsewhere) {
    if (!ending) return;
    lastActive = Date.now();
    ending.close();
    if (tabs && elsewhere !== true) tabs.postMessage("brugt");
  }
  function warn() {
    var left = lastActive + endsAfter - Date.now();
    if (left > WARNED_BEFORE) return;
    if (left > 0) { if (!ending.open) ending.showModal(); return; }
    if (ending.open) tell("udlogget");
    ending.close();
  }
  function stay() {
    post(ending.getAttribute("data-adresse")).then(function (answer) {
      if (answer.ok) { used(); return; }
      ending.close();
      tell("udlogget");
    }).catch(function () { tell("fejl"); });
  }
  if (ending) {
    ending.addEventListener("cancel", function (event) { event.preventDefault(); stay(); });
    if (tabs) tabs.addEventListener("message", function () { used(true); });
    setInterval(warn, 1000);
    used();
  }

  /* Something has been asked for and is on its way. A file comes without a new page. */
  var busyTimer = null;
  function busy() {
    root.classList.add("busy");
    clearTimeout(busyTimer);
    busyTimer = setTimeout(idle, RESUBMIT_AFTER);
  }
  function idle() { root.classList.remove("busy"); }
  function leaves(event) {
    var link = event.target.closest("a[href]");
    return link && !event.defaultPrevented && !event.ctrlKey && !event.metaKey && !event.shiftKey && !link.target &&
      link.origin === location.origin &&
      (link.pathname !== location.pathname || link.search !== location.search || !link.hash);
  }
  document.addEventListener("htmx:beforeRequest", busy);
  document.addEventListener("htmx:afterRequest", idle);
  window.addEventListener("pageshow", idle);

  /* "Skjul": everything is gone at once, without a request, and stays as it was. Coming back needs a press; once nothing
     has been done for five minutes, here or in another tab, the session is locked until somebody proves who it is. */
  var cover = document.getElementById("skjult");
  var LOCKED_AFTER = 5 * 60 * 1000;
  var THREE_WITHIN = 2000;
  var uncovered = null;
  var locked = false;
  var watch = null;
  function hide() {
    if (!cover || uncovered) return;
    uncovered = { title: document.title, focus: document.activeElement };
    lastActive = Date.now();
    document.title = cover.getAttribute("data-titel");
    root.classList.add("covered");
    cover.hidden = false;
    cover.querySelector("button").focus();
    watch = setInterval(lock, 1000);
  }
  function lock() {
    if (locked || Date.now() - lastActive < LOCKED_AFTER) return;
    locked = true;
    var line = cover.querySelector("[data-laast]");
    line.textContent = line.getAttribute("data-laast");
    line.nextElementSibling.hidden = false;
    post(cover.getAttribute("data-adresse")).catch(function () { locked = false; });
  }
  function show() {
    clearInterval(watch);
    locked = false;
    cover.hidden = true;
    cover.querySelector("[data-laast]").textContent = "";
    cover.querySelector("[data-laast]").nextElementSibling.hidden = true;
    root.classList.remove("covered");
    document.title = uncovered.title;
    uncovered.focus.focus({ preventScroll: true });
    uncovered = null;
  }
  function showIfAllowed() {
    lock();
    if (!locked) { show(); return; }
    fetch(cover.getAttribute("data-adresse"), { credentials: "same-origin", redirect: "manual" })
      .then(function (answer) { if (answer.ok) show(); }).catch(function () { /* It stays hidden. */ });
  }
  /* The token of any form on the page; that of the logout is on all. */
  function post(address) {
    var body = new URLSearchParams();
    body.append("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    return fetch(address, { method: "POST", body: body, credentials: "same-origin", redirect: "manual" });
  }
  var shifts = [];
  // Level, flags and what to do first are told once, when they change.
  document.addEventListener("htmx:oobBeforeSwap", function (event) {
    var told = event.detail.target;
    if (told.id === "aendret" && told.textContent === event.detail.fragment.textContent) event.detail.shouldSwap = false;
  });
  // Enter at a choice files nothing: whoever presses it there means to choose.
  document.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && event.target.matches("#trin-form input:is([type=radio], [type=checkbox])")) event.preventDefault();
  });

  document.addEventListener("keydown", function (event) {
    if (event.key !== "Shift" || event.repeat) { shifts = []; return; }
    shifts = shifts.concat(event.timeStamp).slice(-3);
    if (shifts.length === 3 && event.timeStamp - shifts[0] < THREE_WITHIN) hide();
  });

  document.addEventListener("click", function (event) {
    shifts = [];
    if (!event.target.closest) return;
    if (event.target.closest("[data-skjul]") && cover) { event.preventDefault(); hide(); return; }
    if (leaves(event)) busy();
    if (event.target.closest("[data-bliv]")) { stay(); return; }
    if (event.target.closest("[data-vis-igen]")) { showIfAllowed(); return; }
    var close = event.target.closest("[data-luk]");
    if (close) {
      var what = close.getAttribute("data-luk");
      var box = what ? document.getElementById(what) : close.closest(".callout");
      if (box) box.remove();
      document.getElementById("indhold").focus();
      return;
    }
    if (event.target.closest("[data-print]")) { window.print(); return; }
    document.querySelectorAll("details.user-menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
    var summary = event.target.closest("details.side-panel > summary");
    if (summary) sideOpen = !summary.parentElement.open;
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.user-menu[open]").forEach(function (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  /* What to do in danger stands on top of the page; scrolled away, a bar keeps the way back to it in sight. */
  var dangerWatch = null;
  function watchDanger() {
    if (dangerWatch) dangerWatch.disconnect();
    root.classList.remove("fare-ude");
    var box = document.querySelector("#fare > section");
    if (!box || !("IntersectionObserver" in window)) return;
    dangerWatch = new IntersectionObserver(function (seen) {
      var last = seen[seen.length - 1];
      root.classList.toggle("fare-ude", !last.isIntersecting && last.boundingClientRect.top < 0);
    });
    dangerWatch.observe(box);
  }

  /* The alert is read out when it changes, not again at every answer. */
  document.addEventListener("htmx:oobBeforeSwap", function (event) {
    var old = event.detail.target;
    if (old.id !== "fare") return;
    var words = function (node) { return node.textContent.replace(/\s+/g, " ").trim(); };
    if (words(old) === words(event.detail.fragment)) event.detail.shouldSwap = false;
  });

  /* Safari does not hold the page still by itself when something comes above the answer just given. */
  var heldByBrowser = window.CSS && CSS.supports("overflow-anchor", "auto");
  var held = null;
  document.addEventListener("htmx:beforeSwap", function (event) {
    var cause = event.detail.requestConfig.triggeringEvent;
    if (heldByBrowser || window.scrollY === 0 || !cause || cause.type !== "change") return;
    held = { answer: cause.target, top: cause.target.getBoundingClientRect().top };
  });
  document.addEventListener("htmx:afterRequest", function () {
    if (held && held.answer.isConnected) window.scrollBy(0, held.answer.getBoundingClientRect().top - held.top);
    held = null;
  });

  /* The list of sections leaves out those that ask nothing right now, and marks the one being read. */
  function syncSections() {
    /* A section in which nothing is asked or shown is not there; the wrappers wait in it for the fragment that opens them. */
    document.querySelectorAll(".question-group").forEach(function (section) {
      section.hidden = !section.querySelector(".question, .table-block > *, .answer-elsewhere");
    });
    document.querySelectorAll(".section-nav a").forEach(function (link) {
      var section = document.getElementById(link.hash.slice(1));
      link.parentElement.hidden = !section || section.hidden;
    });
  }
  function watchSections() {
    var links = document.querySelectorAll(".section-nav a");
    if (!links.length || !("IntersectionObserver" in window)) return;
    var watch = new IntersectionObserver(function (seen) {
      seen.forEach(function (entry) {
        if (!entry.isIntersecting) return;
        links.forEach(function (link) {
          if (link.hash === "#" + entry.target.id) link.setAttribute("aria-current", "true");
          else link.removeAttribute("aria-current");
        });
      });
    }, { rootMargin: "-20% 0px -75% 0px" });
    document.querySelectorAll(".question-group").forEach(function (section) { watch.observe(section); });
  }

  /* A row taken out takes the focus with it; the heading of its list is the nearest place that is left. */
  function focusAfterRemoval(event) {
    var config = event.detail.requestConfig;
    var button = config && config.elt;
    if (!button || !/^fjern:/.test(button.value || "")) return;
    var heading = document.getElementById("tabel-" + button.value.split(":")[1] + "-titel");
    if (heading && !document.activeElement.matches("input, select, textarea")) heading.focus();
  }

  document.addEventListener("htmx:load", function (event) { addCalendars(event.detail.elt); });
  document.addEventListener("htmx:afterSwap", function (event) { foldSide(event.detail.target.isConnected ? event.detail.target : document); });
  document.addEventListener("htmx:oobAfterSwap", function () { foldSide(document); syncSections(); watchDanger(); });
  document.addEventListener("htmx:afterSettle", function (event) { if (!focusErrors(event.detail.elt)) focusAfterRemoval(event); });
  document.addEventListener("htmx:afterRequest", function (event) {
    var form = event.detail.elt.closest("form");
    if (form) release(form);
    if (event.detail.successful) { calm(); used(); }
  });
  document.addEventListener("htmx:responseError", function (event) {
    var code = event.detail.xhr.status;
    tell(code === 401 || code === 403 ? "udlogget" : "fejl");
  });
  document.addEventListener("htmx:sendError", function () { tell("fejl"); });
  document.addEventListener("htmx:timeout", function () { tell("fejl"); });

  /* The browser's own words about a refused passkey are for engineers; the page has a sentence ready. */
  document.addEventListener("allauth.error", function (event) {
    var line = document.querySelector("[data-noegle-fejl]");
    if (!line) return;
    event.preventDefault();
    line.hidden = false;
  });

  /* Every part is shown on paper, also what is folded on the screen. */
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("main details:not([open])").forEach(function (part) { part.open = true; part.setAttribute("data-foldet", ""); });
  });
  window.addEventListener("afterprint", function () {
    document.querySelectorAll("details[data-foldet]").forEach(function (part) { part.open = false; part.removeAttribute("data-foldet"); });
  });

  window.matchMedia(SMALL).addEventListener("change", function () { foldSide(document); });
  foldSide(document);
  addCalendars(document);
  watchDanger();
  syncSections();
  watchSections();
  focusErrors(document);
})();
