"""Numbers as people read them in a Markdown table."""


def number(x):
    """Three digits that count."""
    for limit, digits in ((10, 2), (100, 1)):
        if 1 <= x < limit:
            return f"{x:.{digits}f}"
    return f"{x:,.0f}" if x >= 100 or x == 0 else f"{x:.3g}" if x >= 1e-4 else f"{x:.6f}"


def page_faults(x):
    return number(round(x)) if x >= 0.5 else "0"


def table(head, rows, left=(0,)):
    """Lines of cells; all columns but those of `left` stand on the right."""
    rule = "|" + "|".join("---" if i in left else "--:" for i in range(len(head))) + "|"
    head, *lines = ["| " + " | ".join(line) + " |" for line in [head, *rows]]
    return "\n".join([head, rule, *lines]) + "\n"
