// Draws the graph and shows what is clicked. No text of a document passes through here but names,
// which are drawn on a canvas; the panel gets copies of what the page already holds as HTML.
"use strict";
{
  const { nodes, edges } = JSON.parse(document.getElementById("data").textContent);
  const panel = document.getElementById("panel");
  const least = document.getElementById("probability");
  const rejected = document.getElementById("rejected");
  const SHAPES = { PER: "ellipse", ORG: "rectangle", LOC: "diamond", TIME: "star",
    NUM: "hexagon", MISC: "triangle" };
  const MANY_EDGES = 60; // above, relations are written on the chosen edges only
  const MANY_NODES = 400; // above, a layout by forces takes too long
  const crowded = edges.length > MANY_EDGES;

  const colour = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  const style = () => [
    { selector: "node", style: {
      shape: (node) => SHAPES[node.data("type")] || "ellipse",
      "background-color": colour("node"), "border-color": colour("node-edge"), "border-width": 1.5,
      label: "data(name)", color: colour("ink"), "font-size": 13,
      "text-wrap": "ellipsis", "text-max-width": 170, "text-valign": "bottom", "text-margin-y": 4,
      "text-outline-color": colour("paper"), "text-outline-width": 2,
      width: 24, height: 24, "min-zoomed-font-size": 7,
    } },
    { selector: "node.centre", style: {
      width: 40, height: 40, "border-width": 4, "font-size": 17, "font-weight": "bold",
    } },
    { selector: "edge", style: {
      "curve-style": "bezier", "control-point-step-size": 55,
      "target-arrow-shape": "triangle", "arrow-scale": 1.1,
      width: (edge) => 1.5 + edge.data("shade"),
      "line-color": (edge) => colour(`p${edge.data("shade")}`),
      "target-arrow-color": (edge) => colour(`p${edge.data("shade")}`),
      label: crowded ? "" : "data(relation)", color: colour("ink"), "font-size": 10.5,
      "text-rotation": "autorotate", "text-outline-color": colour("paper"),
      "text-outline-width": 2.5, "min-zoomed-font-size": 7,
    } },
    { selector: "edge.rejected", style: { "line-style": "dashed" } },
    { selector: "edge.hidden, node.hidden", style: { display: "none" } },
    { selector: "edge.near", style: { label: "data(relation)", "z-index": 1 } },
    { selector: "node:selected", style: {
      "border-color": colour("chosen"), "border-width": 5,
    } },
    { selector: "edge:selected", style: {
      label: "data(relation)", "underlay-color": colour("chosen"), "underlay-opacity": 0.22,
      "underlay-padding": 5, "font-weight": "bold", "z-index": 2,
    } },
  ];

  const startAt = (place) => { // a spiral: the same page looks the same each time
    const turn = place * 2.39996, reach = 60 * Math.sqrt(place);
    return { x: reach * Math.cos(turn), y: reach * Math.sin(turn) };
  };
  const elements = [
    ...nodes.map((node, place) => ({
      data: node, classes: node.centre ? "centre" : "", position: startAt(place),
    })),
    ...edges.map((edge) => ({ data: edge, classes: edge.status })),
  ];
  const cy = cytoscape({
    container: document.getElementById("graph"), elements, style: style(),
    layout: { name: "preset" }, minZoom: 0.05, maxZoom: 4,
  });

  const arrange = () => {
    const shown = cy.elements().not(".hidden");
    const rings = { name: "concentric", animate: false, minNodeSpacing: 22,
      concentric: (node) => (node.hasClass("centre") ? 2 : 1), levelWidth: () => 1 };
    const forces = { name: "cose", animate: false, randomize: false, padding: 40,
      nodeDimensionsIncludeLabels: true, nodeRepulsion: () => 90000, idealEdgeLength: () => 130,
      edgeElasticity: () => 120, gravity: 0.5, numIter: 1200, componentSpacing: 80 };
    shown.layout(nodes.length > MANY_NODES ? rings : forces).run();
  };

  const filter = () => {
    document.getElementById("least").textContent = least.value;
    cy.batch(() => {
      cy.edges().forEach((edge) => {
        const hide = edge.data("probability") * 100 < Number(least.value) ||
          (edge.hasClass("rejected") && !rejected.checked);
        edge.toggleClass("hidden", hide);
      });
      cy.nodes().not(".centre").forEach((node) => {
        node.toggleClass("hidden", node.connectedEdges().not(".hidden").empty());
      });
    });
  };

  const copyOf = (id) => {
    const copy = document.getElementById(id).cloneNode(true);
    copy.removeAttribute("id");
    return copy;
  };
  const show = (element) => {
    cy.elements().unselect();
    cy.edges().removeClass("near");
    element.select();
    const around = element.isNode() ? element.connectedEdges().not(".hidden") : cy.collection();
    around.addClass("near");
    panel.replaceChildren(copyOf(element.id()), ...around.map((edge) => copyOf(edge.id())));
    panel.scrollTop = 0;
    history.replaceState(null, "", `#${element.id()}`);
  };

  const fromAddress = () => cy.getElementById(decodeURIComponent(location.hash.slice(1)));
  const chosen = fromAddress();
  rejected.checked = chosen.nonempty() && chosen.hasClass("rejected");
  filter();
  arrange();
  show(chosen.nonempty() ? chosen : cy.nodes(".centre"));
  cy.on("tap", "node, edge", (event) => show(event.target));
  cy.on("mouseover", "node, edge", () => { cy.container().style.cursor = "pointer"; });
  cy.on("mouseout", "node, edge", () => { cy.container().style.cursor = ""; });
  least.addEventListener("input", filter);
  rejected.addEventListener("change", filter);
  document.getElementById("fit").addEventListener("click", () => cy.fit(undefined, 40));
  window.addEventListener("hashchange", () => {
    if (fromAddress().nonempty()) show(fromAddress());
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => cy.style(style()));
  document.documentElement.dataset.drawn = String(cy.nodes().length);
}
