#include "explain_html.hpp"

namespace g2p {

// A shade is so much of its hue on paper. On the four strongest, text takes the colour of paper. Every text
// has a contrast of 4.5 : 1 or more, on light screens, on dark ones and on paper.
const std::string_view style_sheet = R"css(
:root {
    --paper: #fdfcfa; --ink: #1a1917; --quiet: #5b5852; --line: #d8d4cc; --hatch: #e9e6df;
    --seen: #07443f; --up: #7a2b02; --down: #0d3a78; --nll: #243049; --smooth: #7f8dab;
}
@media (prefers-color-scheme: dark) {
    :root {
        --paper: #14161a; --ink: #eae8e3; --quiet: #a8a59e; --line: #363a41; --hatch: #25292f;
        --seen: #86e0cf; --up: #ffb184; --down: #a3cbff; --nll: #cbd8f2; --smooth: #616f8c;
    }
}
* { box-sizing: border-box; }
body {
    margin: 0 auto; padding: 1.5rem clamp(0.75rem, 2vw, 2rem) 4rem; max-width: 90rem;
    background: var(--paper); color: var(--ink);
    font: 1rem/1.5 Charter, "Bitstream Charter", "Iowan Old Style", Georgia, serif;
}
header p, main > p, .origin, footer { max-width: 42rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 0.75rem; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 2.5rem 0 0.25rem; }
h2 span { font-weight: normal; word-spacing: 0.2em; color: var(--quiet); padding-left: 0.5em; }
h1, h2, caption { text-wrap: balance; }
p { margin: 0 0 0.75rem; }
.formula { font-size: 1.15rem; font-style: italic; padding-left: 1.5rem; }
.origin, footer { color: var(--quiet); }
a { color: inherit; text-underline-offset: 0.15em; }
section { border-top: 1px solid var(--line); margin-top: 2.5rem; }
section h2 { margin-top: 1.25rem; }
footer { border-top: 1px solid var(--line); margin-top: 2.5rem; padding-top: 1rem; }
:focus-visible { outline: 2px solid var(--down); outline-offset: 2px; }

table, pre, summary {
    font: 0.8125rem/1.35 ui-sans-serif, system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
    font-variant-numeric: tabular-nums;
}
table { border-collapse: collapse; }
caption {
    text-align: left; color: var(--quiet); padding: 0.25rem 0 0.4rem;
    max-width: min(42rem, 100vw - 2rem); position: sticky; left: 0;
}
caption b, thead th { color: var(--ink); }
small { font-size: 0.85em; color: var(--quiet); }
th { font-weight: 600; text-align: left; }
thead th { vertical-align: bottom; border-bottom: 1px solid var(--ink); }
.scroll { overflow-x: auto; margin-bottom: 1rem; padding-bottom: 0.25rem; }
.unseen { position: absolute; clip-path: inset(50%); }

.matrix td, .matrix th { padding: 0.15rem 0.5rem; }
.losses td, .losses th { padding: 0.15rem 0.4rem; }
.losses th:first-child { padding-left: 0; }
.matrix td, .matrix th, .losses td, .losses th { white-space: nowrap; }
.matrix td, .losses td, .matrix thead th + th { text-align: right; }
.losses thead th + th { text-align: right; }
.matrix td small { color: inherit; padding-right: 0.25em; }
.shaded { background: color-mix(in srgb, var(--nll) var(--v), var(--paper)); }
.matrix td { border: 1px solid var(--paper); }
.matrix .sum { font-weight: 600; }
tfoot th, tfoot td { border-top: 1px solid var(--ink); }
.bar {
    min-width: 5.5rem; font-size: 0; text-align: left !important; padding: 0 !important;
    background: linear-gradient(var(--quiet) 0 0) var(--least) 50% / 1px 100% no-repeat;
}
.bar i, .key { display: inline-block; height: 0.8rem; }
.key { width: 0.8rem; vertical-align: -0.1em; }
.nll { background: var(--nll); }
.smooth { background: var(--smooth); }

.word { display: grid; gap: 1rem 2rem; grid-template-columns: minmax(0, 1fr); align-items: start; }
@media (min-width: 84rem) {
    .word { grid-template-columns: auto minmax(0, 1fr); }
    .losses { position: sticky; top: 0.5rem; }
}
.losses caption { max-width: min(24rem, 100vw - 2rem); }
.map { --hue: var(--seen); }
.map th, .map td { padding: 0; height: 1.25rem; }
.map td { min-width: 1.25rem; text-align: center; font-size: 0.625rem; }
.map thead th { font-size: 0.625rem; font-weight: 500; text-align: center; min-width: 1.25rem; }
.map thead th:first-child, .map tbody th { text-align: left; white-space: nowrap; padding-right: 0.5rem; }
.map tbody th, .map thead th:first-child { position: sticky; left: 0; background: var(--paper); }
.map td { background: color-mix(in srgb, var(--hue) var(--v, 0%), var(--paper)); }
.map .target { box-shadow: inset 0 0 0 1.5px var(--ink); }
.tall { writing-mode: vertical-rl; transform: rotate(180deg); }
.legend { margin: 0 0 0.5rem; }
.legend td { min-width: 2rem; }
.legend th { min-width: 3rem; }
.u { --hue: var(--up); }
.d { --hue: var(--down); }
.s1 { --v: 4%; } .s2 { --v: 8%; } .s3 { --v: 14%; } .s4 { --v: 22%; } .s5 { --v: 32%; }
.s6 { --v: 44%; } .s7 { --v: 72%; } .s8 { --v: 80%; } .s9 { --v: 90%; } .s10 { --v: 100%; }
.s7, .s8, .s9, .s10 { color: var(--paper); }
td.pad, tr.pad > * {
    color: var(--quiet);
    background: repeating-linear-gradient(135deg, var(--hatch) 0 2px, transparent 2px 5px);
}

@media (max-width: 32rem) {
    .losses td, .losses th { padding: 0.15rem 0.2rem; }
    .bar { min-width: 3.5rem; }
}

details { margin-top: 0.5rem; }
summary { cursor: pointer; color: var(--quiet); }
pre { max-height: 20rem; overflow: auto; tab-size: 12; border: 1px solid var(--line); padding: 0.75rem; }

@media print {
    :root {
        --paper: #fff; --ink: #000; --quiet: #444; --line: #bbb; --hatch: #ddd; --seen: #07443f;
        --up: #7a2b02; --down: #0d3a78; --nll: #243049; --smooth: #7f8dab;
    }
    * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    @page { size: A4; margin: 12mm; }
    body { padding: 0; font-size: 0.8rem; }
    table { font-size: 0.7rem; }
    section { break-before: page; border: 0; margin: 0; }
    .scroll { overflow: visible; break-inside: avoid; margin-bottom: 0.5rem; }
    .word { display: block; }
    .map th, .map td { min-width: 0.86rem; height: 0.9rem; }
    .map td, .map thead th { font-size: 0.48rem; }
    .legend td { min-width: 1.4rem; }
    details { display: none; }
}
)css";

}  // namespace g2p
