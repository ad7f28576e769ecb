"""The frame of a bundle's page: its style, for a desk, a phone and paper, and its first words."""

PAGE = """<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 1.1rem/1.5 Arial, sans-serif; max-width: 46rem; color: #0b0c0c; }}
body {{ margin: 2rem auto; padding: 0 1rem; }}
table {{ border-collapse: collapse; width: 100%; margin: .5rem 0; }}
th, td {{ border-bottom: 1px solid #b1b4b6; padding: .3rem .6rem .3rem 0; }}
th, td {{ text-align: left; vertical-align: top; }}
td {{ overflow-wrap: anywhere; }}
th {{ overflow-wrap: break-word; }}
ul {{ padding-left: 1.2rem; }}
li {{ margin: .3rem 0; }}
a {{ color: #1d70b8; }}
a:focus {{ outline: 3px solid #fd0; background: #fd0; color: #0b0c0c; }}
h1, h2, h3 {{ line-height: 1.25; overflow-wrap: anywhere; }}
section {{ border-top: 2px solid #0b0c0c; margin-top: 2rem; }}
article {{ border-left: .3rem solid #b1b4b6; padding-left: 1rem; margin: 1.5rem 0; }}
.place {{ color: #505a5f; font-size: .95rem; }}
@media (max-width: 30rem) {{
  body {{ margin: 1rem auto; font-size: 1rem; }}
  article {{ padding-left: .6rem; }}
  #glance tr {{ display: grid; grid-template-columns: 1fr auto; }}
  #glance td:empty {{ display: none; }}
  #glance td:last-child, #glance th:last-child {{ grid-column: 1 / 3; }}
  #waits th, #waits td {{ display: block; padding: .1rem 0; border: 0; }}
  #waits tr {{ display: block; border-bottom: 1px solid #b1b4b6; padding: .3rem 0; }}
  #waits tr:first-child {{ display: none; }}
  #waits td::before {{ content: attr(data-what) ": "; }}
}}
@media print {{
  @page {{ margin: 18mm; @bottom-right {{ content: counter(page); }} }}
  body {{ font-size: 10pt; max-width: none; margin: 0; padding: 0; }}
  .place {{ font-size: 8.5pt; }}
  #contents {{ break-before: page; }}
  a {{ color: inherit; text-decoration: none; }}
  article, tr, li {{ break-inside: avoid; }}
  h2, h3 {{ break-after: avoid; }}
}}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{opening}
<p>Each decision below is an entry of the council's record. The file <b>READ-ME-FIRST.txt</b> beside this page
says how to check that this page says what the record says, and that the record was not changed.
People are called by their number in the council's directory, so that the page may be kept.
Times are those of London.</p>
{sections}
</main>
</body>
</html>
"""
