/* Garnish only: everything works without it. Large files go in pieces with a progress bar and survive a lost connection; a form is sent once;
   a refusal is brought into view. Written for Chromium 86. */
(function () {
  "use strict";

  var alarm = document.querySelector(".alarm[tabindex]"), typing = document.activeElement && document.activeElement !== document.body;
  if (alarm && !typing) { alarm.focus(); } /* on a slow line somebody types before this script has come */

  Array.prototype.forEach.call(document.querySelectorAll("form[method=post]"), function (form) {
    form.addEventListener("submit", function (event) {
      if (form.dataset.sent) { event.preventDefault(); return; }
      if (form.dataset.arriving && form.dataset.arriving !== "0") {
        event.preventDefault();
        say(form, "文件还在上传，传完后请再点一次报送。");
        return;
      }
      form.dataset.sent = "1";
      window.setTimeout(function () { delete form.dataset.sent; }, 8000);
    });
  });
  window.addEventListener("pageshow", function () {
    Array.prototype.forEach.call(document.querySelectorAll("form[data-sent]"), function (form) { delete form.dataset.sent; });
  });

  Array.prototype.forEach.call(document.querySelectorAll("[data-turning]"), function (note) { window.setTimeout(turned, 3000, note, 60); });

  /* A file that is being converted: looks again now and then and shows it when it is there, so that what a reviewer has typed stays. */
  function turned(note, left) {
    var place = note.closest("section");
    if (!place || !left || !window.fetch) { return; }
    fetch(note.dataset.turning, { credentials: "same-origin" }).then(function (answer) { return answer.text(); }).then(function (text) {
      var page = new DOMParser().parseFromString(text, "text/html");
      if (page.querySelector("[data-turning]")) { window.setTimeout(turned, 4000, note, left - 1); return; }
      var shown = page.querySelector("[data-shown]"), old = place.querySelector("[data-shown]");
      if (shown && old) { old.replaceWith(document.importNode(shown, true)); }
    }, function () { window.setTimeout(turned, 8000, note, left - 1); });
  }

  var form = document.querySelector("form[data-uploads]");
  var input = form && form.querySelector("input[type=file]"); /* a sensitive ledger is attested without files */
  if (!input || !window.fetch || !window.File) { return; }
  var token = form.querySelector("input[name=csrf]").value;
  var queue = [], running = 0, AT_ONCE = 2, PATIENCE = 40;
  form.dataset.arriving = "0";

  input.addEventListener("change", take);
  take(); /* on a slow line somebody chooses before this script has come */

  function take() {
    Array.prototype.forEach.call(input.files, function (file) { queue.push({ file: file, line: line(file.name) }); });
    form.dataset.arriving = String(Number(form.dataset.arriving) + input.files.length);
    input.value = "";
    next();
  }

  function next() {
    while (running < AT_ONCE && queue.length) {
      running += 1;
      send(queue.shift()).then(ended, ended);
    }
  }

  function ended() {
    running -= 1;
    form.dataset.arriving = String(Number(form.dataset.arriving) - 1);
    next();
  }

  async function send(one) {
    var key = ["up", form.dataset.duty, one.file.name, one.file.size, one.file.lastModified].join(":");
    try {
      var told = await begin(one, key);
      var failures = 0;
      while (!told.done) {
        try {
          var piece = one.file.slice(told.received, told.received + told.piece);
          told = await ask("PATCH", form.dataset.uploads + "/" + told.id, piece, { "Upload-Offset": String(told.received) });
          failures = 0;
        } catch (error) {
          if (error.final || failures >= PATIENCE) { throw error; }
          failures += 1;
          one.line.text("连接中断，正在重试……");
          await pause(Math.min(1000 * failures, 15000));
          told = await again(told, one, key);
        }
        one.line.progress(told.received, told.size);
      }
      forget(key);
      one.line.text("已收到，点「报送」后生效");
    } catch (error) {
      if (error.status === 401) {
        one.line.text("登录已过期，已传的部分已经保存。");
        one.line.login();
      } else {
        if (error.final && error.code !== "stale_form") { forget(key); }
        one.line.text("没有上传成功：" + (error.message || "请检查网络后重新选择文件"));
      }
      one.line.fail();
    }
  }

  async function begin(one, key) {
    var known = recall(key);
    if (known) {
      try { return await ask("GET", form.dataset.uploads + "/" + known); } catch (error) { if (error.status !== 404) { throw error; } forget(key); }
    }
    var told = await ask("POST", form.dataset.uploads, JSON.stringify({ duty: Number(form.dataset.duty), name: one.file.name, size: one.file.size }));
    remember(key, told.id);
    return told;
  }

  async function again(told, one, key) {
    try { return await ask("GET", form.dataset.uploads + "/" + told.id); } catch (error) {
      if (error.status === 404) { forget(key); return begin(one, key); }
      if (error.final) { throw error; }
      return told;
    }
  }

  async function ask(method, path, body, headers) {
    var answer = await fetch(path, { method: method, body: body, credentials: "same-origin", headers: Object.assign({ "X-CSRF-Token": token, "Content-Type": "application/octet-stream" }, headers || {}) });
    var told = null;
    try { told = await answer.json(); } catch (error) { told = null; }
    if (answer.ok && told) { return told; }
    var problem = new Error(told && told.error ? told.error.message : "服务器没有接受（" + answer.status + "）");
    problem.status = answer.status;
    problem.code = told && told.error ? told.error.code : "";
    problem.final = answer.status >= 400 && answer.status < 500 && answer.status !== 409 && answer.status !== 408;
    throw problem;
  }

  function line(name) {
    var place = form.querySelector(".arriving"), row = document.createElement("p"), words = document.createElement("span"), bar = document.createElement("progress");
    words.textContent = name + "：等待上传";
    bar.max = 100; bar.value = 0; bar.setAttribute("aria-label", name + " 上传进度");
    row.appendChild(words); row.appendChild(bar); place.appendChild(row);
    return {
      text: function (said) { words.textContent = name + "：" + said; },
      progress: function (got, all) { bar.value = Math.floor(100 * got / all); words.textContent = name + "：" + bar.value + "%（" + Math.round(got / 1048576) + " / " + Math.round(all / 1048576) + " MB）"; },
      login: function () {
        var link = document.createElement("a");
        link.href = "/login?next=" + encodeURIComponent(window.location.pathname);
        link.textContent = "重新登录后再选同一个文件，会接着传";
        row.appendChild(link);
      },
      fail: function () { row.className = "flag"; bar.hidden = true; }
    };
  }

  function say(where, words) {
    var place = where.querySelector(".arriving");
    if (place) { var row = document.createElement("p"); row.className = "flag"; row.textContent = words; place.appendChild(row); }
  }
  function pause(milliseconds) { return new Promise(function (done) { window.setTimeout(done, milliseconds); }); }
  function remember(key, value) { try { window.localStorage.setItem(key, value); } catch (error) { return; } }
  function recall(key) { try { return window.localStorage.getItem(key); } catch (error) { return null; } }
  function forget(key) { try { window.localStorage.removeItem(key); } catch (error) { return; } }
})();
