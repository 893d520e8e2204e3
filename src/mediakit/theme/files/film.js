// What plays a film that repeats; it stands behind the <video>, whose own buttons are for browsers without scripts.
(function (film) {
  var less = matchMedia("(prefers-reduced-motion: reduce)"), still = less.matches;
  var button = document.createElement("button");
  function tell() {
    var words = film.paused ? film.dataset.play : film.dataset.pause, shown = film.getAttribute("aria-label");
    button.textContent = film.paused ? "\u25b6" : "\u275a\u275a";
    button.setAttribute("aria-label", shown ? words + ": " + shown : words);
  }
  function play() {
    var begun = film.play();
    if (begun) begun.catch(tell);
  }
  film.removeAttribute("controls");
  film.parentNode.style.position = "relative";
  button.type = "button";
  button.style.cssText = "position: absolute; top: .5rem; width: 2.75rem; height: 2.75rem; padding: 0; border: 0; border-radius: 50%; background: #000a; color: #fff; font: 1rem/1 sans-serif; cursor: pointer";
  button.style.insetInlineStart = "calc(min(100%, " + (film.style.maxWidth || "100%") + ") - 3.25rem)";
  button.onclick = function (event) {
    event.preventDefault();
    still = !film.paused;
    if (still) film.pause(); else play();
  };
  less.onchange = function () {
    still = less.matches;
    if (still) film.pause();
  };
  film.onplay = film.onpause = tell;
  film.after(button);
  tell();
  new IntersectionObserver(function (seen) {
    if (!seen[0].isIntersecting) film.pause();
    else if (!still) { film.autoplay = true; play(); }
  }, {rootMargin: "200px"}).observe(film);
})(document.currentScript.previousElementSibling);
