"""Wire shapes of the check of a memo: what ``qa verify --json`` prints; change only with a version."""

from collections import Counter
from collections.abc import Sequence

from pydantic import Field

from qa.schemas import DocumentShape, Shapes, Wire
from qa.verify import OK, UNSURE, WRONG, Finding


class CountsShape(Wire):
    """How many findings are of which state."""

    ok: int = Field(description="无误")
    wrong: int = Field(description="有误")
    unsure: int = Field(description="存疑：没有可核对的")


class PieceShape(Wire):
    """A piece of the way from the source's words to the memo's."""

    kind: str = Field(description="equal、delete（原文有，材料没有）或 insert（材料多出）")
    text: str = Field(description="文字")


class FindingShape(Wire):
    """What became of one citation or quotation."""

    kind: str = Field(description="document、clause 或 quotation")
    text: str = Field(description="材料里的写法")
    line: int = Field(description="第几段，从 1 起")
    start: int = Field(description="在材料文字中的起点（码点，含）")
    end: int = Field(description="在材料文字中的终点（不含）")
    state: str = Field(description="ok、wrong 或 unsure")
    problem: str | None = Field(description="问题的代码，如 number_differs、repealed；没有问题为 null")
    message: str = Field(description="核对的结果，一句话")
    document: DocumentShape | None = Field(description="所指的文件")
    clause: str | None = Field(description="所指的条款的 id")
    pieces: list[PieceShape] = Field(description="引文有出入时，逐段的对照")


class VerifyShape(Wire):
    """``qa verify --json``."""

    file: str = Field(description="材料的名称")
    counts: CountsShape = Field(description="各种结果的数目")
    findings: list[FindingShape] = Field(description="每处引用和引文，按在材料中的顺序")


def verify_shape(name: str, found: Sequence[Finding], shapes: Shapes) -> VerifyShape:
    """Findings -> shape, masked as ``shapes`` says."""
    counts = Counter(finding.state for finding in found)
    return VerifyShape(
        file=name,
        counts=CountsShape(ok=counts[OK], wrong=counts[WRONG], unsure=counts[UNSURE]),
        findings=[_finding(finding, shapes) for finding in found],
    )


def _finding(finding: Finding, shapes: Shapes) -> FindingShape:
    return FindingShape(
        kind=finding.kind,
        text=shapes.text(finding.text),
        line=finding.line,
        start=finding.span.start,
        end=finding.span.end,
        state=finding.state,
        problem=finding.problem,
        message=shapes.text(finding.message),
        document=shapes.document(finding.document) if finding.document is not None else None,
        clause=finding.clause_id,
        pieces=[PieceShape(kind=piece.kind, text=shapes.text(piece.text)) for piece in finding.pieces],
    )
