"""The HTML and the style of a context page; `flows.pages.context_view` fills them in."""

PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}: context of a pair</title>
<style>{style}</style>
</head>
<body>
<main>
<h1><bdi>{title}</bdi></h1>
<p class="pair">{head} and {tail}</p>
<ul class="statements">
{statements}
</ul>
<p class="note">Margins and probabilities by checkpoint <b><bdi>{checkpoint}</bdi></b>.</p>

<h2>Where the model looks for this pair</h2>
<p class="legend">Weight of a word: {legend}</p>
<p class="note">Shades and the bars under the words are relative to the largest weight; hover over a
word for its own. Words hold all of the pair's localized context attention but {hidden}, which lies
on entity markers and special tokens. In the margin: the sentence's number (from 0), its share of
the attention with the markers, and whether it is evidence.</p>
<ol class="text">
{sentences}
</ol>

<h2>Words with the largest weight</h2>
<table>
<thead><tr><th scope="col">word</th><th scope="col">weight</th></tr></thead>
<tbody>
{strongest}
</tbody>
</table>
</main>
</body>
</html>
"""

STYLE = """
:root {
  color-scheme: light dark;
  --ink: #1b1d21; --paper: #ffffff; --faint: #5a6068; --rule: #d5d9de;
  --shade: 240 190 60; --strength: .8; --bar: #8a5a00;
  --head: #0060a8; --tail: #b04000; --evidence: #00755a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e9ebee; --paper: #15171b; --faint: #a3aab3; --rule: #3a3f47;
    --shade: 200 140 20; --strength: .5; --bar: #f0c060;
    --head: #6cc0ff; --tail: #ff9a5c; --evidence: #45d0a5;
  }
}
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: var(--paper);
  font: 1rem/1.5 system-ui, sans-serif; print-color-adjust: exact; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
.pair { font-size: 1.1rem; margin: .5rem 0; }
.statements { margin: .5rem 0; padding-inline-start: 1.25rem; }
.note { color: var(--faint); font-size: .9rem; margin: .5rem 0; }
.w { padding: .2em 0 .3em; border-radius: .15em;
  background:
    linear-gradient(var(--bar), var(--bar)) bottom / 100% calc(var(--w) * .25em) no-repeat,
    rgb(var(--shade) / calc(var(--w) * var(--strength))); }
.legend .w { padding-inline: .6em; margin-inline-end: .2em; }
.mention { padding: .35em .15em; border: 2px solid var(--head); border-radius: .3em;
  box-decoration-break: clone; -webkit-box-decoration-break: clone; }
.mention.tail { border: 2px dashed var(--tail); }
sup { font-size: .65em; line-height: 0; margin-inline-start: .25em; color: var(--head);
  font-weight: 700; user-select: none; }
.tail > sup { color: var(--tail); }
.text { list-style: none; margin: 1rem 0; padding: 0; }
.text li { display: grid; grid-template-columns: 11rem minmax(0, 1fr); gap: 1rem;
  border-inline-start: .3rem solid transparent; padding-inline-start: .75rem; }
.text li.evidence { border-inline-start-color: var(--evidence); }
.text p { margin: 0; padding: .4rem 0; line-height: 2.2; overflow-wrap: anywhere;
  white-space: pre-wrap; }
.margin { padding-top: .75rem; font-size: .85rem; color: var(--faint); }
.margin b { color: var(--evidence); }
.margin span:first-child { display: inline-block; min-width: 1.2rem; }
.bar { height: .25rem; margin-top: .2rem;
  background:
    linear-gradient(var(--faint), var(--faint)) left / calc(var(--w) * 100%) 100% no-repeat
    var(--rule); }
table { border-collapse: collapse; overflow-wrap: anywhere; }
th, td { text-align: start; padding: .2rem 1.5rem .2rem 0; border-bottom: 1px solid var(--rule); }
th, td:last-child { white-space: nowrap; }
td:last-child { font-variant-numeric: tabular-nums; text-align: end; padding-inline-end: 0; }
@media (max-width: 40rem) { .text li { grid-template-columns: 1fr; gap: 0; } }
"""
