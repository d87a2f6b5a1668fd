"""``qa graph``: the documents around a document, as a tree, as data, as source for other tools, as a picture."""

from pathlib import Path
from typing import Annotated

import typer

from qa.cli_state import State, state
from qa.visible import visible

app = typer.Typer()


@app.command(
    help="引用关系：一份文件引用了谁、被谁引用。\n\n依据、印发、修改、废止了哪些文件，又被哪些文件引用；失效的会标出。"
    "默认输出文本树；--json、--dot（Graphviz）、--mermaid 供其他程序使用，--svg 写成图片。"
)
def graph(
    ctx: typer.Context,
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help="文件：id、任意写法的发文字号，或标题。")],
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
    dot: Annotated[bool, typer.Option("--dot", help="输出 Graphviz 源码。")] = False,
    mermaid: Annotated[bool, typer.Option("--mermaid", help="输出 Mermaid 源码。")] = False,
    svg: Annotated[Path | None, typer.Option("--svg", metavar="FILE", help="写成 SVG 图片（- 为标准输出）。")] = None,
) -> None:
    """Shows the graph around a document."""
    chosen = [name for name, wanted in (("json", as_json), ("dot", dot), ("mermaid", mermaid), ("svg", svg)) if wanted]
    if len(chosen) > 1:
        raise typer.BadParameter("--json、--dot、--mermaid、--svg 只能选一个。")
    run_graph(state(ctx), document, chosen[0] if chosen else "text", svg)


def run_graph(state: State, name: str, form: str, file: Path | None) -> None:
    """Writes the graph around the document that ``name`` means, in one of the forms of :mod:`qa.graph_forms`.

    Raises:
        NotFoundError: no document is meant, or several.
        PolicyError: the picture cannot be written.
    """
    from index.errors import PolicyError
    from qa import graph_forms

    found = state.service.graph(state.service.document(name))
    if form == "json":
        state.write_json(graph_forms.as_json(found))
        return
    text = {
        "text": graph_forms.as_text,
        "dot": graph_forms.as_dot,
        "mermaid": graph_forms.as_mermaid,
        "svg": graph_forms.as_svg,
    }[form](found)
    if file is None or str(file) == "-":
        state.write_line(state.shapes.text(text))
        return
    try:
        file.write_text(visible(state.shapes.text(text)) + "\n", encoding="utf-8")
    except OSError as error:
        raise PolicyError(f"图片 {file} 写不成（{error.strerror}），请换一个可写的位置。") from error
    state.talk(f"已写入 {file}。")
