"""The command line: exit codes, what goes to stdout and what to stderr, hostile input."""

import io
import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from index import approximate
from index.errors import IndexDamagedError, ModelError
from index.records import BuildReport, FileReport
from qa import cli, cli_errors
from qa.cli_arguments import hoisted
from qa.cli_index import report_lines
from qa.errors import ConfigError, NotFoundError, UsageError

ROOT = Path(__file__).parents[1]
QUESTION = "国家级开发区工业用地产出强度2025年要达到多少？"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index over the seeds."""
    found = tmp_path_factory.mktemp("index")
    assert cli.run(["--quiet", "--index", str(found), "index", str(ROOT / "seeds")]) == 0
    return found


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("QA_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def pipe(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), encoding="utf-8"))


def test_answer_names_path_number_and_date_before_the_quote(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["ask", QUESTION, "--index", str(folder)]) == 0
    out = capsys.readouterr().out
    assert "500万元/亩" in out.splitlines()[0]
    assert "[1] 二、（四）9. · 筑府办函〔2021〕33号 · 2021-05-31" in out
    assert "\x1b" not in out


def test_json_of_an_answer_has_the_promised_shape(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["ask", "--json", "-k", "3", QUESTION, "--index", str(folder)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == [
        "question", "answered", "answer", "citations", "refusal", "hits", "interpretation", "took_ms",
    ]  # fmt: skip
    assert found["question"] == QUESTION
    assert found["answered"] is True and found["refusal"] is None
    assert [hit["rank"] for hit in found["hits"]] == [1, 2, 3]
    citation = found["citations"][0]
    assert list(citation) == ["marker", "document", "clause", "quote", "start", "end"]
    assert list(citation["document"]) == [
        "id", "title", "number", "issuer", "type", "issued_on", "published_on", "effective_on", "validity",
        "disclosure", "source",
    ]  # fmt: skip
    assert list(citation["clause"]) == ["id", "path", "heading", "text", "start", "end", "duties"]
    assert list(found["interpretation"]) == ["numbers", "articles", "years", "units", "filters"]
    source = (ROOT / "seeds" / citation["document"]["source"]).read_text(encoding="utf-8")
    cut = source[citation["start"] : citation["end"]]
    assert "".join(cut.split()) == "".join(citation["quote"].split())


def test_refusal_exits_with_1(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["ask", "黔府办发〔2021〕6号怎么考核开发区？", "--json", "--index", str(folder)]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["answered"], found["answer"], found["citations"]) == (False, "", [])
    assert found["refusal"]["reason"] == "unknown_document"
    assert len(found["refusal"]["nearest"]) <= 3


def test_refusal_for_people_says_why(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["ask", "黔府办发〔2021〕6号怎么考核开发区？", "--index", str(folder)]) == 1
    assert "没有回答" in capsys.readouterr().out


@pytest.mark.parametrize(
    "question",
    ["", "   ", "问" * 10_000, "a\x00b", "\udc89PNG\udcff", "？！"],
    ids=["", "blank", "long", "nul", "bytes", "dots"],
)
def test_what_is_no_question_exits_with_2(question: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["ask", "--index", str(folder), "--", question]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.strip()


def test_pipe_gives_one_json_a_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [QUESTION, "", "黔府办发〔2021〕6号怎么考核？", "谁牵头开发区参与国际合作？"]
    pipe(monkeypatch, "\n".join(lines).encode())
    assert cli.run(["ask", "--json", "--index", str(folder)]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["question"] for one in found] == [line for line in lines if line]
    assert [one["answered"] for one in found][:2] == [True, False]


def test_dash_reads_lines_too_and_a_bad_line_does_not_stop_the_rest(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe(monkeypatch, b"\xef\xbb\xbf" + b"\xff\x00\n" + QUESTION.encode() + b"\r\n")
    assert cli.run(["ask", "-", "--json", "--index", str(folder)]) == 2
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first["line"] == 1 and "文字" in first["error"]
    assert second["question"] == QUESTION and second["answered"]


def test_pipe_of_refusals_exits_with_1(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, "黔府办发〔2021〕6号怎么考核？\n".encode())
    assert cli.run(["ask", "--index", str(folder)]) == 1


def test_empty_pipe_exits_with_2(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, b"\n\n")
    assert cli.run(["ask", "--index", str(folder)]) == 2


def test_search_gives_ranked_clauses(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["search", "工业用地", "产出强度", "--json", "-k", "2", "--index", str(folder)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["query", "hits", "interpretation", "took_ms"]
    assert found["query"] == "工业用地 产出强度"
    assert found["hits"][0]["clause"]["path"] == "二、（四）9."
    assert list(found["hits"][0]["scores"]) == ["lexical", "dense"]


def test_filters_restrict_before_ranking(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["search", "开发区", "--json", "-k", "50", "--since", "2024年1月1日", "--index", str(folder)]
    assert cli.run(arguments) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["interpretation"]["filters"] == {"since": "2024-01-01"}
    assert {hit["document"]["number"] for hit in found["hits"]} == {"黔投提复字〔2024〕64号"}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--since", "去年"], "去年"),
        (["--validity", "valid"], "in_force"),
        (["--disclosure", "公开"], "依申请公开"),
        (["-k", "0"], "1 到 200"),
        (["-k", "201"], "1 到 200"),
        (["-k", "many"], "-k"),
        (["--colour"], "--colour"),
    ],
)
def test_wrong_usage_exits_with_2(
    arguments: list[str], expected: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["search", "开发区", *arguments, "--index", str(folder)]) == 2
    captured = capsys.readouterr()
    assert expected in captured.err
    assert captured.out == ""


@pytest.mark.parametrize(("arguments", "expected"), [(["frob"], "frob"), (["show"], "DOCUMENT"), (["search"], "QUERY")])
def test_wrong_commands_exit_with_2(arguments: list[str], expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(arguments) == 2
    assert expected in capsys.readouterr().err


@pytest.mark.parametrize(
    "name", ["筑府办函〔2021〕33号", "筑府办函2021年33号", "推进开发区高质量发展的实施方案", "004_45641886752e0abb.txt"]
)
def test_show_finds_a_document_by_any_name(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["show", name, "--json", "--index", str(folder)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["document"]["number"] == "筑府办函〔2021〕33号"
    clauses = found["clauses"]
    assert (clauses[0]["start"], clauses[-1]["end"]) == (0, found["source_text_length"])
    assert all(one["end"] == other["start"] for one, other in pairwise(clauses))
    assert list(clauses[0]) == [
        "id", "path", "level", "marker", "heading", "text", "start", "end", "parent", "duties",
    ]  # fmt: skip
    ids = {clause["id"] for clause in clauses}
    assert all(clause["parent"] is None or clause["parent"] in ids for clause in clauses)


@pytest.mark.parametrize("name", ["二、（四）9.", "二（四）9", "二、(四)9"])
def test_show_finds_a_clause(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["show", "筑府办函2021年33号", name, "--json", "--index", str(folder)]) == 0
    (clause,) = json.loads(capsys.readouterr().out)["clauses"]
    assert clause["path"] == "二、（四）9."


@pytest.mark.parametrize("arguments", [["某发〔1999〕1号"], ["筑府办函2021年33号", "第九百条"], ["省投资促进局"]])
def test_show_of_what_is_not_there_exits_with_1(
    arguments: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["show", *arguments, "--index", str(folder)]) == 1
    assert "qa docs" in (err := capsys.readouterr().err) or "qa show" in err or "id" in err


def test_docs_in_a_pipe_is_one_line_each(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["docs", "--index", str(folder)]) == 0
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 5
    assert all(line.count("\t") == 3 for line in captured.out.splitlines())
    assert "5" in captured.err


def test_quiet_leaves_stderr_empty(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["docs", "--quiet", "--json", "--index", str(folder)]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert len(json.loads(captured.out)["documents"]) == 5


def test_mobile_numbers_are_masked_unless_the_settings_say_otherwise(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["show", "黔投议复字〔2023〕17号", "--index", str(folder)]) == 0
    out = capsys.readouterr().out
    assert "****" in out
    (tmp_path / "config.yaml").write_text("privacy: {show_phone: true}\n", encoding="utf-8")
    assert cli.run(["show", "黔投议复字〔2023〕17号", "--index", str(folder)]) == 0
    assert "****" not in capsys.readouterr().out


def test_missing_index_exits_with_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["ask", QUESTION, "--index", str(tmp_path / "none")]) == 3
    assert "qa index" in capsys.readouterr().err


def test_damaged_index_exits_with_3(tmp_path: Path) -> None:
    (tmp_path / "CURRENT").write_text("nonsense")
    assert cli.run(["ask", QUESTION, "--index", str(tmp_path)]) == 3


def test_faulty_configuration_exits_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.yaml").write_text("answer: {hitz: 3}\n", encoding="utf-8")
    assert cli.run(["docs"]) == 2
    assert "answer.hitz" in capsys.readouterr().err


def test_unreadable_file_exits_with_4_and_the_rest_is_indexed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    (inbox / "empty.txt").touch()
    (inbox / "good.txt").write_bytes(next((ROOT / "seeds").glob("000*")).read_bytes())
    report = tmp_path / "report.json"
    arguments = ["index", str(inbox), "--report", str(report), "--index", str(tmp_path / "idx")]
    assert cli.run(arguments) == 4
    out = capsys.readouterr().out
    assert "empty.txt" in out and "good.txt" in out
    written = {file["source"]: file for file in json.loads(report.read_text(encoding="utf-8"))["files"]}
    assert written["empty.txt"]["status"] == "refused" and written["empty.txt"]["reason"]
    assert written["good.txt"]["status"] == "indexed"
    assert cli.run(["docs", "--index", str(tmp_path / "idx")]) == 0


def test_missing_path_exits_with_2_and_touches_nothing(tmp_path: Path) -> None:
    assert cli.run(["index", str(tmp_path / "absent"), "--index", str(tmp_path / "idx")]) == 2
    assert not (tmp_path / "idx").exists()


def test_report_that_cannot_be_written_is_known_before_the_work(tmp_path: Path) -> None:
    arguments = ["index", str(ROOT / "seeds"), "--report", str(tmp_path / "no/r.json"), "--index", str(tmp_path / "i")]
    assert cli.run(arguments) == 2
    assert not (tmp_path / "i").exists()


def test_eval_reports_by_type(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        {"id": "1", "question": QUESTION, "type": "number", "answerable": True,
         "gold": [{"doc": "004", "clause": "二、（四）9.", "quote": "分别达到500万元/亩、300万元/亩以上"}]},
        {"id": "2", "question": "黔府办发〔2021〕6号怎么考核？", "type": "unanswerable", "answerable": False, "gold": []},
    ]  # fmt: skip
    file = tmp_path / "set.jsonl"
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    assert cli.run(["eval", str(file), "--json", "--index", str(folder)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["all"]["hit_1"] == 1.0 and found["all"]["refusal_recall"] == 1.0
    assert cli.run(["eval", str(file), "--index", str(folder)]) == 0
    assert "hit@1" in capsys.readouterr().out
    file.write_text("{}", encoding="utf-8")
    assert cli.run(["eval", str(file), "--index", str(folder)]) == 2


def test_doctor_says_what_is_wrong_and_what_to_do(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["doctor", "--index", str(folder)]) == 0
    assert "校验一致" in capsys.readouterr().out
    assert cli.run(["doctor", "--json", "--index", str(tmp_path / "none")]) == 3
    found = json.loads(capsys.readouterr().out)["findings"]
    (fault,) = [one for one in found if one["state"] == "fail"]
    assert fault["name"] == "索引" and "qa index" in fault["cure"]


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("qa ")


@pytest.mark.parametrize("command", [[], ["index"], ["ask"], ["search"], ["show"], ["docs"], ["eval"], ["doctor"]])
def test_every_command_has_chinese_help(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([*command, "--help"]) == 0
    out = capsys.readouterr().out
    assert any("\u4e00" <= sign <= "\u9fff" for sign in out)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["ask", "问题", "--index", "x"], ["--index", "x", "ask", "问题"]),
        (["ask", "--config=c", "问题"], ["--config=c", "ask", "问题"]),
        (["ask", "--quiet", "--", "--index"], ["--quiet", "ask", "--", "--index"]),
        (["ask", "--index"], ["ask", "--index"]),
    ],
)
def test_global_options_may_stand_anywhere(given: list[str], expected: list[str]) -> None:
    assert hoisted(given) == expected


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("qa in", ["index", "index verify", "index stats", "index list", "index rollback", "index gc"]),
        ("qa index v", ["verify"]),
        ("qa ask --is", ["--issuer"]),
        ("qa docs --disclosure 主", ["主动公开"]),
        ("qa ask --validity ex", ["expired"]),
    ],
)
def test_completion(words: str, offered: list[str]) -> None:
    assert complete("bash", COMP_WORDS=words, COMP_CWORD=str(words.count(" "))).split("\n")[:-1] == offered


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_completion_of_other_shells_tells_what_commands_do(shell: str) -> None:
    said = complete(shell, _TYPER_COMPLETE_ARGS="qa do", _TYPER_COMPLETE_FISH_ACTION="get-args")
    assert all(word in said for word in ("docs", "列出索引中的文件。", "doctor")) and "search" not in said


def complete(shell: str, **settings: str) -> str:
    call = [sys.executable, "-c", "from qa.cli import main; main()"]
    environment = os.environ | {"_QA_COMPLETE": f"complete_{shell}", "PYTHONPATH": str(ROOT)} | settings
    return subprocess.run(call, env=environment, capture_output=True, text=True, check=True).stdout


def test_completion_for_an_unknown_shell_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("typer._completion_shared._get_shell_name", lambda: "nu")
    assert cli.run(["--install-completion"]) == 2
    assert "bash、zsh、fish" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("x"), 2),
        (ConfigError("x"), 2),
        (NotFoundError("x"), 1),
        (IndexDamagedError("x"), 3),
        (ModelError("x"), 3),
        (KeyboardInterrupt(), 130),
        (ZeroDivisionError("x"), 70),
    ],
)
def test_every_error_has_its_exit_code(error: BaseException, code: int) -> None:
    assert cli_errors.report(error) == code


def test_colours_on_a_terminal_only_and_never_with_no_color(folder: Path) -> None:
    """A real process on a pseudo-terminal."""
    pty = pytest.importorskip("pty")
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | {"TERM": "xterm-256color"}
    for extra, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        leader, follower = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "qa.cli", "search", "产出强度", "-k", "1", "--index", str(folder)],
            stdout=follower, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=environment | extra, cwd=ROOT,
        )  # fmt: skip
        os.close(follower)
        shown = b""
        try:
            while chunk := os.read(leader, 4096):
                shown += chunk
        except OSError:
            pass  # the terminal is gone: Linux says so with EIO
        os.close(leader)
        assert process.wait() == 0
        assert (b"\x1b[1;33m" in shown) == coloured


def test_conversation_goes_on_after_a_bad_question(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = iter(["", "？？", QUESTION, "exit", "never asked"])
    monkeypatch.setattr("builtins.input", lambda prompt: next(typed))
    stdin = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(stdin, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", stdin)
    assert cli.run(["ask", "--index", str(folder)]) == 0
    captured = capsys.readouterr()
    assert "500万元/亩" in captured.out
    assert "标点" in captured.err
    assert next(typed) == "never asked"


def test_interruption_exits_with_130(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("qa.service.PolicyQA.ask", interrupt)
    assert cli.run(["ask", QUESTION, "--index", str(folder)]) == 130


def test_fault_of_the_program_is_told_from_a_refusal(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr("qa.service.PolicyQA.ask", fail)
    assert cli.run(["ask", QUESTION, "--index", str(folder)]) == 70
    assert "planted" in capsys.readouterr().err


def test_cold_start_leaves_heavy_libraries_alone(folder: Path) -> None:
    """What an answer on the command line must not wait for."""
    script = (
        "import sys; from qa import cli; cli.run(sys.argv[1:]);"
        "print(sorted({'torch', 'sentence_transformers', 'transformers', 'fastapi', 'uvicorn', 'jieba', 'sklearn',"
        " 'pandas', 'lxml', 'pypdfium2', 'docx', 'index.build', 'rich.markdown', 'typer.rich_utils'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "ask", QUESTION, "--index", str(folder)],
        capture_output=True, text=True, encoding="utf-8", check=True, cwd=ROOT,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "[]"


def test_report_lists_few_files_all_and_of_many_only_those_with_something_to_say() -> None:
    def lines(count: int) -> list[str]:
        plain = [FileReport(source=f"{n}.txt", status="indexed", kind="txt", clauses=1) for n in range(count)]
        odd = [
            FileReport(source="gap.txt", status="indexed", kind="txt", clauses=9, remarks=tuple("一二三四五")),
            FileReport(source="bad.pdf", status="refused", reason="文件是空的。", code="empty"),
            FileReport(source="same.txt", status="unchanged", kind="txt", clauses=3),
        ]
        return report_lines(BuildReport(files=(*plain, *odd), documents=count, clauses=count))

    few, many = lines(3), lines(60)
    assert "已收录  0.txt（txt，1 个条款）" in few
    assert not [line for line in many if "0.txt" in line]
    for found in (few, many):
        assert "未收录  bad.pdf：文件是空的。" in found
        assert "    另有 2 条提示，见 --report 写出的报告。" in found
        assert not [line for line in found if "same.txt" in line]
    assert "共 63 个文件（已收录 61 个，未变 1 个，未收录 1 个）；" in many


def test_what_compressed_vectors_find_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(approximate, "EXACT_ROWS", 100)
    index = ["--index", str(tmp_path / "index")]
    assert cli.run([*index, "index", str(ROOT / "seeds")]) == 0
    assert "向量已压缩，找回精确查找结果的 100.00%。" in capsys.readouterr().out
    assert cli.run([*index, "index", "verify"]) == 0
    assert "压缩向量找回精确查找结果的 100.00%" in capsys.readouterr().out
    assert cli.run([*index, "index", "stats", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["approximate"], found["recall"], found["moved"]) == (True, 1.0, 0)
    assert cli.run([*index, "index", "stats"]) == 0
    assert "召回为 100.00%" in capsys.readouterr().out
