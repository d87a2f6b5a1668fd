"""The graph around a document in all its forms: built from hand-made documents, then read back."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from index.backend import open_index
from index.build import build
from qa import graph_forms
from qa.cli import run
from qa.config import Settings
from qa.graph import Graph
from qa.service import PolicyQA
from tests.index_samples import TinyEmbedder

EMBEDDER = TinyEmbedder()
TEXTS = {
    "办法.txt": """甲市停车管理办法
（2022年6月1日甲市人民政府令第40号公布）
第一条 为了规范停车，根据《甲市城市管理条例》第三条和《中华人民共和国道路交通安全法》，制定本办法。
第二条 违反前条规定的，依照第一条处理。
第三条 本办法自2022年7月1日起施行。《甲市停车暂行规定》同时废止。
""",
    "条例.txt": """甲市城市管理条例
（2018年5月1日甲市人民代表大会常务委员会通过）
第一条 为了管理城市，制定本条例。
第二条 市政府按照“依法”原则管理。
第三条 违反规定的，处以罚款。
第四条 本条例自2018年6月1日起施行。
""",
    "规定.txt": """甲市停车暂行规定
（2012年5月1日甲市人民政府令第7号公布）
第一条 为了停车，制定本规定。
第二条 本规定自2012年6月1日起施行。
""",
    "要求.txt": """关于"停车" <试点> 的通知

甲府发〔2023〕3号

各区：
按照《甲市停车暂行规定》第一条和《甲市停车管理办法》要求，做好停车工作。

甲市人民政府
2023年1月5日
""",
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> PolicyQA:
    folder, target = tmp_path_factory.mktemp("files"), tmp_path_factory.mktemp("index")
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    assert build([folder], target, EMBEDDER).documents == len(TEXTS)
    return PolicyQA(Settings(), backend=open_index(target), embedder=EMBEDDER)


@pytest.fixture(scope="module")
def graph(service: PolicyQA) -> Graph:
    return service.graph(service.document("甲市停车管理办法"))


def test_edges(graph: Graph) -> None:
    cites = [(edge.kind, graph.node(edge.target).name, graph.node(edge.target).held) for edge in graph.cites]
    assert cites == [
        ("依据", "《甲市城市管理条例》", True),
        ("依据", "《中华人民共和国道路交通安全法》", False),
        ("废止", "《甲市停车暂行规定》（甲市人民政府令第7号）", True),
    ]
    assert [(edge.kind, edge.places[0].parts) for edge in graph.cited_by] == [("依据", ())]
    assert graph.internal == 2


def test_text(graph: Graph) -> None:
    assert graph_forms.as_text(graph).split("\n") == [
        "《甲市停车管理办法》（甲市人民政府令第40号）  【现行有效；2022-07-01 起施行】",
        "├─ 依据",
        "│  ├─ 《甲市城市管理条例》  第一条 → 第三条",
        "│  └─ 《中华人民共和国道路交通安全法》【不在索引中】  第一条",
        "├─ 废止",
        "│  └─ 《甲市停车暂行规定》（甲市人民政府令第7号）【已废止】  第三条",
        "├─ 被引用（1 份文件）",
        '│  └─ 《关于"停车"<试点>的通知》（甲府发〔2023〕3号）  ¶2（依据）',
        "└─ 引用本文件内的条款 2 处",
    ]


def test_a_warning_where_a_clause_rests_on_something_repealed(service: PolicyQA) -> None:
    found = service.graph(service.document("甲府发〔2023〕3号"))
    assert [edge.warning for edge in found.cites] == ["所引《甲市停车暂行规定》已废止。", None]
    assert "【已废止】" in graph_forms.as_text(found)


def test_forms_name_every_node(service: PolicyQA, graph: Graph) -> None:
    for one in (graph, service.graph(service.document("甲府发〔2023〕3号"))):
        values = json.loads(json.dumps(graph_forms.as_json(one), ensure_ascii=False))
        assert {node["id"] for node in values["nodes"]} == {node.id for node in one.nodes}
        dot, mermaid = graph_forms.as_dot(one), graph_forms.as_mermaid(one)
        edges = len(one.cites) + len(one.cited_by)
        assert dot.count("->") == mermaid.count("-->") == edges
        assert len(re.findall(r"^  n\d+ \[label=\"(?:[^\"\\]|\\.)*\"", dot, re.M)) == len(one.nodes)
        picture = ElementTree.fromstring(graph_forms.as_svg(one))
        titles = [title.text or "" for title in picture.iter("{http://www.w3.org/2000/svg}title")]
        assert len(titles) == 1 + 1 + edges
        assert all(any(node.name in title for title in titles) for node in one.nodes)


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], service: PolicyQA) -> None:
    assert run(["graph", "--help"]) == 0
    assert "引用关系" in capsys.readouterr().out
    assert run(["graph", "甲", "--json", "--dot"]) == 2
    assert "只能选一个" in capsys.readouterr().err
