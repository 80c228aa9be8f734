// Draws each figure from the data block beside it, and fits it to the sheet while printing.
"use strict";
(() => {
  const SHEET = { width: 688, height: 252 }; // between the margins of A4 (182 mm), and beside a table of ten rows
  const BASIS = 40; // height the basis has above a plot; here it stands in the page, where it can wrap
  const plots = [...document.querySelectorAll(".plot")];
  const config = { responsive: true, displaylogo: false, displayModeBar: false };
  for (const plot of plots) {
    const { data, layout } = JSON.parse(document.getElementById(`${plot.id}-data`).textContent);
    delete layout.width;
    if (layout.title) {
      const head = layout.margin?.t ?? layout.template?.layout?.margin?.t ?? 100;
      layout.margin = { ...layout.margin, t: Math.max(head - BASIS, 0) };
      delete layout.title;
    }
    Plotly.newPlot(plot, data, { ...layout, autosize: true }, config);
    plot.screenHeight = plot.clientHeight;
  }

  const drawn = (name, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
    return element;
  };

  // Chromium prints a pattern as a picture, 90 KB for every bar: repeat its lines over a plain bar instead.
  const spellOutPattern = (bar, number) => {
    const pattern = document.getElementById((bar.style.fill.match(/#([^"')]+)/) || [])[1]);
    if (!pattern) return;
    const [width, height] = ["width", "height"].map((side) => parseFloat(pattern.getAttribute(side)));
    const transform = pattern.getAttribute("patternTransform") || "scale(1)";
    const scale = parseFloat(transform.slice("scale(".length));
    const box = bar.getBBox();
    const clip = drawn("clipPath", { id: `${bar.closest(".plot").id}-bar-${number}` });
    clip.append(drawn("path", { d: bar.getAttribute("d") }));
    const place = bar.getAttribute("transform") || "";
    const outer = drawn("g", { class: "spelled-out", "clip-path": `url(#${clip.id})`, transform: place });
    const tiles = drawn("g", { transform });
    const [right, bottom] = [(box.x + box.width) / scale, (box.y + box.height) / scale];
    for (let column = Math.floor(box.x / scale / width); column * width < right; column += 1) {
      for (let row = Math.floor(box.y / scale / height); row * height < bottom; row += 1) {
        const tile = drawn("svg", { x: column * width, y: row * height, width, height, overflow: "hidden" });
        tile.append(...[...pattern.querySelectorAll("path")].map((line) => line.cloneNode(true)));
        tiles.append(tile);
      }
    }
    outer.append(clip, tiles);
    bar.style.fill = pattern.querySelector("rect").getAttribute("fill");
    bar.after(outer);
  };

  addEventListener("beforeprint", () => {
    for (const plot of plots) {
      Plotly.relayout(plot, { width: SHEET.width, height: Math.min(plot.screenHeight, SHEET.height) });
      // A legend that needs fewer lines on the wider sheet is left where it stood, over the first bar, until drawn again.
      Plotly.redraw(plot);
      plot.querySelectorAll(".pattern_filled").forEach(spellOutPattern);
      // The figure as a whole has its text; without this every shape in it is tagged as a picture without one.
      plot.querySelectorAll("path, rect, line").forEach((shape) => shape.setAttribute("aria-hidden", "true"));
    }
  });
  addEventListener("afterprint", () => {
    document.querySelectorAll(".spelled-out").forEach((element) => element.remove());
    for (const plot of plots) {
      Plotly.react(plot, plot.data, { ...plot.layout, width: undefined, height: plot.screenHeight, autosize: true }, config);
    }
  });
})();
