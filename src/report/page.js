// Draws the charts of the HTML report, each from the specification that stands in the file. What a name holds is
// only ever set as text. Without this script, and where a chart fails, the tables beside the charts remain.
(() => {
  'use strict';
  const hint = document.createElement('div');
  hint.className = 'hint';
  hint.hidden = true;
  document.body.append(hint);

  const showHint = (handler, event, item, value) => {
    hint.hidden = !value;
    if (!value) return;
    hint.replaceChildren(...Object.entries(value).map(([name, text]) => {
      const line = document.createElement('div');
      const strong = document.createElement('b');
      line.textContent = name;
      strong.textContent = text;
      line.append(strong);
      return line;
    }));
    const left = Math.min(event.clientX + 14, document.documentElement.clientWidth - hint.offsetWidth - 8);
    hint.style.left = Math.max(8, left) + 'px';
    hint.style.top = Math.max(8, event.clientY - hint.offsetHeight - 12) + 'px';
  };

  const draw = async (place) => {
    const specification = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    delete specification.title;  // the figure's caption says it
    try {
      await window.vegaEmbed(place, specification, {
        actions: false, ast: true, defaultStyle: false, renderer: 'svg', tooltip: showHint,
      });
      place.querySelectorAll('form').forEach((form) => form.remove());  // for controls that no chart of ours has
    } catch (error) {
      console.error(error);
      place.replaceChildren();
      place.parentElement.querySelector('details').open = true;
    }
  };

  if (window.vegaEmbed) document.querySelectorAll('[data-chart]').forEach(draw);

  // On paper the proof is open.
  let opened = [];
  window.addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll('details.proof:not([open])')];
    opened.forEach((details) => { details.open = true; });
  });
  window.addEventListener('afterprint', () => {
    opened.forEach((details) => { details.open = false; });
    opened = [];
  });
})();
