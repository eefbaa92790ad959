/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starts the players and makes the times clickable. Without it the page is read as text. */
(function () {
  "use strict";
  var players = [];

  function marks(box) {
    return JSON.parse(box.dataset.marks || "[]");
  }

  Array.prototype.forEach.call(document.querySelectorAll("[data-cast]"), function (box) {
    var recording = JSON.parse(document.getElementById(box.dataset.cast).textContent);
    var player = AsciinemaPlayer.create({ data: recording }, box, {
      fit: "width", preload: true, poster: "npt:0:01", theme: "auto/asciinema", markers: marks(box),
      terminalFontFamily: "ui-monospace, 'Cascadia Code', Consolas, 'DejaVu Sans Mono', 'Noto Sans Mono CJK JP', monospace"
    });

    players.push({ player: player, box: box, from: Number(box.dataset.from), session: box.dataset.session });
  });

  /* The recording that runs at that time, of that session if there is one. */
  function find(t, session) {
    var fitting = players.filter(function (p) { return !session || p.session === session; });

    fitting = (fitting.length ? fitting : players).filter(function (p) { return p.from <= t; });
    return fitting.length ? fitting[fitting.length - 1] : players[0];
  }

  function seek(t, session) {
    var p = find(t, session);

    p.player.seek(Math.max(0, t - p.from)).then(function () { return p.player.play(); });
    p.box.scrollIntoView({ block: "nearest" });
    p.box.focus({ preventScroll: true });
  }

  Array.prototype.forEach.call(document.querySelectorAll("[data-t]"), function (mark) {
    if (!players.length)
      return;
    mark.hidden = false;
    mark.addEventListener("click", function () { seek(Number(mark.dataset.t), mark.dataset.in); });
  });
  window.netdojoPlayers = players;
})();
