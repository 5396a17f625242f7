// Puts the text of a chosen file into the field of the form. The file itself is never sent.
(function () {
  "use strict";
  var part = document.querySelector("[data-liste-fil]");
  var rows = document.querySelector("textarea[name=rows]");
  if (!part || !rows || !window.TextDecoder) return;

  // Excel saves »CSV« in the Danish table of Windows, and »CSV UTF-8« in UTF-8.
  function textOf(bytes) {
    try { return new TextDecoder("utf-8", { fatal: true }).decode(bytes); }
    catch { return new TextDecoder("windows-1252").decode(bytes); }
  }

  part.hidden = false;
  part.querySelector("input").addEventListener("change", function (event) {
    var file = event.target.files[0];
    if (file) file.arrayBuffer().then(function (bytes) { rows.value = textOf(bytes); rows.focus(); });
  });
})();
