/* 倒排工期: a duty is dragged to another day, and the date in the list below follows; with the keyboard, arrow keys move it by a day or a week.
   Everything is saved by the list's own form, so the page works without this. Written for Chromium 86. */
(function () {
  "use strict";
  var form = document.querySelector("form[data-stagger]");
  if (!form) { return; }
  var most = Number(form.dataset.stagger), carried = null;

  function place(chip) { return form.querySelector('input[name="day-' + chip.dataset.duty + '"]'); }
  function cell(day) { return form.querySelector('td[data-day="' + day + '"]'); }
  function allowed(chip, target) {
    var day = target.dataset.day;
    return day >= chip.dataset.first && day <= chip.dataset.last && (!target.classList.contains("rest") || day === chip.dataset.last);
  }
  function recount() {
    Array.prototype.forEach.call(form.querySelectorAll("td[data-day]"), function (one) {
      var load = Number(one.dataset.fixed) + one.querySelectorAll(".chip").length, told = one.querySelector(".load");
      one.classList.toggle("heavy", load > most);
      if (!told) { told = document.createElement("span"); told.className = "load"; one.querySelector(".date").appendChild(told); }
      told.textContent = load ? " " + load + " 件" + (load > most ? " 多" : "") : "";
    });
  }
  function put(chip, target) {
    if (!allowed(chip, target)) { return; }
    target.appendChild(chip);
    place(chip).value = target.dataset.day;
    chip.classList.add("moved");
    recount();
  }

  function follow(field) {
    var chip = form.querySelector('.chip[data-duty="' + field.name.slice(4) + '"]'), target = cell(field.value);
    if (chip && target && !target.contains(chip)) { put(chip, target); }
  }

  form.addEventListener("dragstart", function (event) {
    if (!event.target.classList || !event.target.classList.contains("chip")) { return; }
    carried = event.target;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", carried.dataset.duty);
    Array.prototype.forEach.call(form.querySelectorAll("td[data-day]"), function (one) { one.classList.toggle("no", !allowed(carried, one)); });
  });
  form.addEventListener("dragend", function () {
    carried = null;
    Array.prototype.forEach.call(form.querySelectorAll("td.no"), function (one) { one.classList.remove("no"); });
  });
  form.addEventListener("dragover", function (event) {
    var target = event.target.closest && event.target.closest("td[data-day]");
    if (carried && target && allowed(carried, target)) { event.preventDefault(); }
  });
  form.addEventListener("drop", function (event) {
    var target = event.target.closest && event.target.closest("td[data-day]");
    if (carried && target) { event.preventDefault(); put(carried, target); }
  });
  form.addEventListener("keydown", function (event) {
    var chip = event.target, step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
    if (!step || !chip.classList || !chip.classList.contains("chip")) { return; }
    event.preventDefault();
    var here = new Date(chip.closest("td").dataset.day + "T12:00:00Z");
    for (var tries = 0; tries < 15; tries += 1) {
      here.setUTCDate(here.getUTCDate() + (tries ? (step > 0 ? 1 : -1) : step));
      var target = cell(here.toISOString().slice(0, 10));
      if (!target) { return; }
      if (allowed(chip, target)) { put(chip, target); chip.focus(); return; }
    }
  });
  form.addEventListener("change", function (event) {
    if ((event.target.name || "").indexOf("day-") === 0) { follow(event.target); }
  });
  /* on a slow line somebody changes a date before this script has come; and a browser that goes back fills in what was typed */
  Array.prototype.forEach.call(form.querySelectorAll('input[name^="day-"]'), follow);
})();
