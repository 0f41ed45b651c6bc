// Sets the colour scheme before the first paint, so that nothing flashes.
(function () {
  var scheme = "light";
  try {
    var stored = localStorage.getItem("rastro.scheme");
    scheme = stored === "light" || stored === "dark" ? stored : matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  } catch (e) {
    // Storage may be forbidden; light is readable everywhere.
  }
  document.documentElement.setAttribute("data-mantine-color-scheme", scheme);
})();
