"""Documents put in and taken out one by one, through the service."""

from pathlib import Path

import pytest
from index_samples import TinyEmbedder, texts_in

from index.errors import IndexDamagedError, IndexMissingError, PolicyError
from index.generation import open_generation
from index.passages import passages
from index.uploads import upload_name
from qa.config import Settings
from qa.service import PolicyQA

LAMP = "关于路灯维修的通知\n\n一、路灯坏了三天内修好。\n\n二、路灯管理由城管局负责。\n"
WASTE = "关于垃圾分类的通知\n\n一、垃圾每天清运两次。\n"
TEA = "关于茶叶加工的通知\n\n一、茶叶加工厂每年检查一次。\n"


@pytest.fixture
def service(tmp_path: Path) -> PolicyQA:
    settings = Settings()
    settings = settings.model_copy(update={"index": settings.index.model_copy(update={"folder": tmp_path / "index"})})
    return PolicyQA(settings, embedder=TinyEmbedder())


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "waste.txt").write_text(WASTE, "utf-8")
    return tmp_path / "in"


def _sources(service: PolicyQA) -> list[str]:
    return [document.source for document in service.documents()]


def test_a_document_put_in_is_found_at_once_and_kept_by_the_next_build(service: PolicyQA, inbox: Path) -> None:
    service.index([inbox])
    report = service.put("lamp.txt", LAMP.encode())
    assert [(file.source, file.status) for file in report.files] == [("uploads/lamp.txt", "indexed")]
    assert _sources(service) == ["uploads/lamp.txt", "waste.txt"]
    assert service.search("路灯", k=1).hits[0].document.source == "uploads/lamp.txt"
    service.index([inbox])
    assert _sources(service) == ["uploads/lamp.txt", "waste.txt"]
    service.index([inbox], rebuild=True)
    assert _sources(service) == ["uploads/lamp.txt", "waste.txt"]


def test_the_first_document_makes_the_index_and_the_last_one_leaves_it_empty(service: PolicyQA) -> None:
    service.put("lamp.txt", LAMP.encode())
    document = service.document("uploads/lamp.txt")
    assert service.original(document.id) == service.folder / "uploads" / "lamp.txt"
    report = service.remove(document.id)
    assert report.removed == ("uploads/lamp.txt",)
    assert _sources(service) == []
    assert not service.search("路灯").hits
    assert service.ask("路灯几天修好？").answer is None
    assert not list((service.folder / "uploads").iterdir())


def test_putting_again_replaces(service: PolicyQA) -> None:
    service.put("lamp.txt", LAMP.encode())
    service.put("lamp.txt", LAMP.replace("三天", "五天").encode())
    assert _sources(service) == ["uploads/lamp.txt"]
    assert "五天" in service.source_text(service.document("uploads/lamp.txt").id)


def test_what_is_no_document_changes_nothing(service: PolicyQA) -> None:
    service.put("lamp.txt", LAMP.encode())
    report = service.put("lamp.txt", b"")
    assert report.files[0].status == "refused"
    assert (service.folder / "uploads" / "lamp.txt").read_text("utf-8") == LAMP
    assert _sources(service) == ["uploads/lamp.txt"]
    assert [path.name for path in (service.folder / "uploads").iterdir()] == ["lamp.txt"]


def test_a_failure_leaves_file_and_index_as_they_were(service: PolicyQA, monkeypatch: pytest.MonkeyPatch) -> None:
    service.put("lamp.txt", LAMP.encode())
    with monkeypatch.context() as patch:
        patch.setattr("index.build.publish", _full)
        with pytest.raises(PolicyError, match="No space"):
            service.put("lamp.txt", WASTE.encode())
        with pytest.raises(PolicyError, match="No space"):
            service.remove(service.document("uploads/lamp.txt").id)
    assert (service.folder / "uploads" / "lamp.txt").read_text("utf-8") == LAMP
    assert "路灯" in service.source_text(service.document("uploads/lamp.txt").id)


def _full(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_document_of_a_folder_goes_until_the_folder_is_indexed_again(service: PolicyQA, inbox: Path) -> None:
    service.index([inbox])
    service.put("lamp.txt", LAMP.encode())
    service.remove(service.document("waste.txt").id)
    assert _sources(service) == ["uploads/lamp.txt"]
    assert (inbox / "waste.txt").exists()
    service.index([inbox])
    assert _sources(service) == ["uploads/lamp.txt", "waste.txt"]


def test_files_of_folders_may_go_without_harm(service: PolicyQA, inbox: Path) -> None:
    service.index([inbox])
    (inbox / "waste.txt").unlink()
    service.put("lamp.txt", LAMP.encode())
    assert _sources(service) == ["uploads/lamp.txt", "waste.txt"]
    assert service.original(service.document("waste.txt").id) is None


def test_an_original_that_changed_is_no_original(service: PolicyQA, inbox: Path) -> None:
    service.index([inbox])
    document = service.document("waste.txt")
    assert service.original(document.id) == inbox / "waste.txt"
    (inbox / "waste.txt").write_text(TEA, "utf-8")
    assert service.original(document.id) is None


def test_who_is_not_there_cannot_be_removed(service: PolicyQA) -> None:
    with pytest.raises(IndexMissingError):
        service.remove("abcdefghijkl")
    service.put("lamp.txt", LAMP.encode())
    with pytest.raises(KeyError):
        service.remove("abcdefghijkl")


def test_an_index_of_another_model_is_not_mixed(service: PolicyQA) -> None:
    service.put("lamp.txt", LAMP.encode())
    other = PolicyQA(service.settings, embedder=TinyEmbedder(16, "other"))
    with pytest.raises(IndexDamagedError, match="tiny-32"):
        other.put("tea.txt", TEA.encode())
    assert _sources(service) == ["uploads/lamp.txt"]


def test_what_is_removed_leaves_no_trace_in_the_generation(service: PolicyQA, inbox: Path) -> None:
    service.index([inbox])
    service.put("lamp.txt", LAMP.encode())
    service.put("tea.txt", TEA.encode())
    lamp = service.document("uploads/lamp.txt")
    texts = [text for clause in service.clauses(lamp) for text in passages(lamp.metadata, clause)]
    vectors = [row.astype("<f2").tobytes() for row in service.embedder.passages(texts)]
    before = texts_in(open_generation(service.folder).path)
    assert "路灯".encode() in before
    assert all(row in before for row in vectors)
    assert service.backend.idf(["路灯"]) < service.backend.idf(["没有的词"])
    service.remove(lamp.id)
    assert service.backend.idf(["路灯"]) == service.backend.idf(["没有的词"])
    after = texts_in(open_generation(service.folder).path)
    assert "路灯".encode() not in after
    assert lamp.id.encode() not in after
    assert not any(row in after for row in vectors)
    assert "茶叶".encode() in after


@pytest.mark.parametrize(
    "name",
    ["", " ", ".", "..", ".hidden", "../a.txt", "a/b.txt", "/etc/passwd", "a\\b.txt", "C:a.txt", "a\0b", "a\nb",
     "a\u202eb.txt", "x" * 201, "文" * 67, "~$a.docx"],
)  # fmt: skip
def test_names_that_are_none(service: PolicyQA, name: str) -> None:
    with pytest.raises(PolicyError):
        service.put(name, LAMP.encode())
    assert not service.folder.exists()


def test_names_are_composed() -> None:
    assert upload_name("e\u0301.txt") == "\u00e9.txt"
    assert upload_name("关于路灯的通知（2024年）.docx") == "关于路灯的通知（2024年）.docx"
