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
  const RING = 36; // more neighbours do not fit on one
  const MANY_NODES = 400; // above, a layout by forces takes too long
  const crowded = edges.length > MANY_EDGES;

  const colour = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  const style = () => [
    { selector: "node", style: {
      shape: (node) => SHAPES[node.data("type")] || "ellipse",
      "background-color": colour("node"), "border-color": colour("node-edge"), "border-width": 1.5,
      label: "data(name)", color: colour("ink"), "font-size": crowded ? 19 : 15,
      "text-wrap": "ellipsis", "text-max-width": 150, "text-valign": "bottom", "text-margin-y": 4,
      "text-outline-color": colour("paper"), "text-outline-width": 2,
      width: 24, height: 24, "min-zoomed-font-size": 6,
    } },
    { selector: "node.centre", style: {
      width: 40, height: 40, "border-width": 4, "font-size": crowded ? 26 : 17,
      "font-weight": "bold",
    } },
    { selector: "edge", style: {
      "curve-style": "bezier", "control-point-step-size": 55,
      "target-arrow-shape": "triangle", "arrow-scale": 1.1,
      width: (edge) => 1.5 + edge.data("shade"),
      "line-color": (edge) => colour(`p${edge.data("shade")}`),
      "target-arrow-color": (edge) => colour(`p${edge.data("shade")}`),
      label: crowded ? "" : "data(relation)", color: colour("ink"), "font-size": 12,
      "text-rotation": "autorotate", "text-outline-color": colour("paper"),
      "text-outline-width": 2.5, "min-zoomed-font-size": 7,
    } },
    { selector: "edge.rejected", style: { "line-style": "dashed" } },
    { selector: "edge.possible", style: { "line-style": "dotted" } },
    { selector: "edge.hidden, node.hidden", style: { display: "none" } },
    { selector: "edge.near", style: { label: "data(relation)", "z-index": 1 } },
    { selector: "node:selected", style: {
      "border-color": colour("chosen"), "border-width": 5,
    } },
    { selector: "edge:selected", style: {
      label: "data(relation)", "underlay-color": colour("chosen"), "underlay-opacity": 0.22,
      "underlay-padding": 5, "font-weight": "bold", "z-index": 2,
      "font-size": crowded ? 22 : 13, "min-zoomed-font-size": 0,
    } },
  ];

  // Where nodes start, the same at each opening: the few of a star on a ring, else on a spiral in
  // the order of the edges, so that the best are near.
  const centreId = nodes.find((node) => node.centre).id;
  const star = edges.every((edge) => edge.source === centreId || edge.target === centreId);
  const others = [...new Set(edges.flatMap((edge) => [edge.source, edge.target]))]
    .filter((id) => id !== centreId);
  const onRing = star && others.length <= RING;
  const startAt = (id) => {
    const place = others.indexOf(id) + 1; // 0 is the centre
    const turn = place * (onRing ? 2 * Math.PI / others.length : 2.39996);
    const reach = place === 0 ? 0 : onRing ? 150 + 6 * others.length : 75 * Math.sqrt(place);
    return { x: reach * Math.cos(turn), y: reach * Math.sin(turn) };
  };
  const elements = [
    ...nodes.map((node) => ({
      data: node, classes: node.centre ? "centre" : "", position: startAt(node.id),
    })),
    ...edges.map((edge) => ({ data: edge, classes: edge.status })),
  ];
  const cy = cytoscape({
    container: document.getElementById("graph"), elements, style: style(),
    layout: { name: "preset" }, minZoom: 0.05, maxZoom: 4,
  });

  const fit = () => cy.fit(cy.elements().not(".hidden"), 30);
  const arrange = () => {
    if (!star && nodes.length <= MANY_NODES) {
      cy.layout({ name: "cose", animate: false, randomize: false, numIter: 1500, gravity: 0.8,
        nodeDimensionsIncludeLabels: true, nodeRepulsion: () => 9000, nodeOverlap: 20,
        idealEdgeLength: () => (crowded ? 60 : 95), edgeElasticity: () => 100 }).run();
    }
    const box = cy.nodes().boundingBox();
    const wider = (cy.width() / cy.height()) / (box.w / box.h);
    const stretch = Math.min(Math.max(wider, 1), 2.5); // fills the width that screens have
    cy.nodes().positions((node) => ({ x: node.position("x") * stretch, y: node.position("y") }));
    fit();
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
  };

  const centre = cy.getElementById(centreId);
  const fromAddress = () => cy.getElementById(location.hash.replace("#show-", ""));
  const chosen = fromAddress();
  rejected.checked = chosen.nonempty() && chosen.hasClass("rejected");
  filter();
  arrange();
  show(chosen.nonempty() ? chosen : centre);
  cy.on("tap", "node, edge", (event) => {
    show(event.target);
    history.replaceState(null, "", `#show-${event.target.id()}`);
  });
  cy.on("mouseover", "node, edge", () => { cy.container().style.cursor = "pointer"; });
  cy.on("mouseout", "node, edge", () => { cy.container().style.cursor = ""; });
  least.addEventListener("input", filter);
  rejected.addEventListener("change", filter);
  document.getElementById("fit").addEventListener("click", fit);
  cy.on("resize", fit);
  window.addEventListener("hashchange", () => {
    if (fromAddress().nonempty()) show(fromAddress());
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => cy.style(style()));
  document.documentElement.dataset.drawn = String(cy.nodes().length);
}
