"""Training: reading the authored data, pairing, fitting, measuring."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the extra: pip install 'policy-qa[transformers]'")
pytest.importorskip("scipy", reason="needs the extra: pip install 'policy-qa[dev]'")

import scipy.sparse as sp

from train import data
from train.bags import choose, count_units
from train.corpus import Passage, laws
from train.data import Question, fold_of
from train.fit import Recipe, fit
from train.mine import Pool, encode, mine
from train.pairs import Texts, concept_pairs, gold_passages, question_pairs, sentence_pairs
from train.validate import Clauses, bm25, ranks, summed

SHARED = Path(__file__).parents[2] / "shared"


def passage(
    body: str, *, document: str = "a.txt", clause: str = "a-1", context: str = "关于支持企业发展的通知"
) -> Passage:
    return Passage(document=document, clause=clause, context=context, body=body, text=body)


def test_every_authored_question_is_whole() -> None:
    questions = [*data.law_questions(data.DATA / "law_questions.jsonl", "law"), *data.policy_questions()]
    assert len(questions) > 16_000
    assert len({question.id for question in questions}) == len(questions)
    assert all(question.text.strip() and question.document for question in questions)
    assert all(question.quote or question.articles for question in questions)


def test_concepts_pair_every_word_of_a_line(tmp_path: Path) -> None:
    (tmp_path / "lexicon.tsv").write_text(
        "行政审批|行政许可\t办证|批文\t政务\n居住证\t暂住证\t户籍\n坏行\n", encoding="utf-8"
    )
    assert data.concepts(tmp_path) == [
        ("办证", "行政审批"),
        ("批文", "行政审批"),
        ("办证", "行政许可"),
        ("批文", "行政许可"),
        ("暂住证", "居住证"),
    ]
    assert len(data.concepts()) > 50_000


def test_articles_of_a_law(tmp_path: Path) -> None:
    (tmp_path / "manifest.jsonl").write_text(
        '{"file": "甲法.txt", "title": "甲法", "n_articles": 3}\n', encoding="utf-8"
    )
    (tmp_path / "甲法.txt").write_text(
        "甲法\n（2020年通过）\n第一章　总则\n第一条　为了甲。\n第二条 甲是指：\n（一）乙；\n"
        "第二章 责任\n第三条之一 罚款。\n",
        encoding="utf-8",
    )
    assert [(one.clause, one.context, one.body) for one in laws(tmp_path)] == [
        ("第一条", "甲法 › 第一章　总则", "第一条　为了甲。"),
        ("第二条", "甲法 › 第一章　总则", "第二条 甲是指：\n（一）乙；"),
        ("第三条之一", "甲法 › 第二章 责任", "第三条之一 罚款。"),
    ]
    assert laws(tmp_path / "none") == []


@pytest.mark.skipif(not (SHARED / "corpus" / "laws").exists(), reason="no corpus beside the checkout")
def test_every_law_question_finds_its_article() -> None:
    questions = data.law_questions(data.DATA / "law_questions.jsonl", "law")
    assert len(gold_passages(questions, laws(SHARED / "corpus" / "laws"))) == len(questions)


def test_gold_is_where_the_quote_is() -> None:
    passages = [
        passage("一、给予 ２０万元\n奖励。"),
        passage("二、其他。", clause="a-2"),
        passage("给予20万元奖励", document="b.txt"),
    ]
    question = Question(id="q1", text="奖多少", source="policy", document="a.txt", quote="给予20万元奖励")
    lost = Question(id="q2", text="奖多少", source="policy", document="a.txt", quote="给予30万元奖励")
    assert gold_passages([question, lost], passages) == {"q1": [0]}


def test_pairs_name_their_document() -> None:
    passages = [passage("给予20万元奖励。"), passage("第三条 罚款。", document="甲法.txt", clause="第三条")]
    questions = [
        Question(id="1", text="奖多少", source="policy", document="a.txt", quote="20万元"),
        Question(id="2", text="罚不罚", source="law", document="甲法.txt", articles=(("甲法.txt", "第三条"),)),
        Question(
            id="3", text="谁来管", source="clause", document="乙市办法", quote="由城管部门管理。", path="二、分工"
        ),
    ]
    texts = Texts()
    pairs = question_pairs(texts, questions, passages, gold_passages(questions, passages))
    assert [(texts.all[left], texts.all[right], document) for left, right, document in pairs] == [
        ("奖多少", passages[0].full, "a.txt"),
        ("罚不罚", passages[1].full, "甲法.txt"),
        ("谁来管", "乙市办法 › 二、分工 › 由城管部门管理。", "乙市办法"),
    ]


def test_a_sentence_is_paired_with_the_rest() -> None:
    texts = Texts()
    body = "对新认定的企业给予奖励。奖励资金由市财政承担。"
    ((left, right, document),) = sentence_pairs(texts, [passage(body), passage("只有一句话的条款在这里。")], seed=1)
    sentences = {"对新认定的企业给予奖励。", "奖励资金由市财政承担。"}
    assert texts.all[left] in sentences
    assert texts.all[right] == f"关于支持企业发展的通知 › {(sentences - {texts.all[left]}).pop()}"
    assert document == "a.txt"


def _toy() -> tuple[Texts, np.ndarray]:
    words = [
        ("垃圾桶", "生活垃圾投放"),
        ("工资", "劳动报酬"),
        ("看病", "医疗服务"),
        ("上学", "义务教育"),
        ("开店", "市场主体登记"),
    ]
    texts = Texts()
    pairs = concept_pairs(texts, words)
    pairs += [(texts.add(f"想问{left}的事"), texts.add(f"本市{right}按规定办理"), "") for left, right in words]
    return texts, np.array([pair[:2] for pair in pairs], dtype=np.int64)


def test_fitting_brings_pairs_together_and_repeats_exactly() -> None:
    texts, pairs = _toy()
    bags, weights = choose(count_units(texts.all), pairs[:, 1], pairs[:, 0], 500)
    recipe = Recipe(dimension=16, epochs=12, batch=5, rate=0.1, dropout=0.1)
    tables = [fit(bags, weights, {"toy": pairs}, recipe) for _ in range(2)]
    vectors, factors = tables[0].vectors()
    scores = encode(bags.counts[pairs[:, 0]], vectors, factors) @ encode(bags.counts[pairs[:, 1]], vectors).T
    own = np.arange(len(pairs)) % 5
    best = np.array([max(range(10), key=lambda column: scores[row, column]) for row in range(10)]) % 5
    assert (best == own).all()
    assert np.array_equal(tables[0].directions.numpy(), tables[1].directions.numpy())
    assert np.array_equal(tables[0].tensors(bags.keys).table, tables[1].tensors(bags.keys).table)


def test_the_vocabulary_prefers_what_is_common() -> None:
    bags = count_units(["企业奖励", "企业补贴", "企业税收", "稀字"])
    chosen, weights = choose(bags, np.array([0, 1, 2, 3]), np.array([], dtype=np.int64), 100)
    assert len(chosen.keys) == len(weights) == 3  # 企, 业 and 企业: all others occur once
    assert (np.diff(chosen.keys) > 0).all()
    assert chosen.counts.toarray().sum(axis=1).tolist() == [4, 4, 4, 0]  # 企业 is a pair and a word


def test_bm25_prefers_the_rare_word() -> None:
    bags = count_units(["企业奖励办法", "企业补贴办法", "企业垃圾办法", "企业"])
    scores = bm25(bags.counts[:3], count_units(["企业奖励办法", "企业补贴办法", "企业垃圾办法", "企业"]).counts[[0, 3]])
    assert scores[0].argmax() == 0
    assert np.ptp(scores[1]) == pytest.approx(0, abs=1e-6)


def test_rank_counts_clauses_not_pieces() -> None:
    clauses = Clauses(starts=np.array([0, 2, 3]), of=np.array([0, 0, 1, 2]), whole=np.ones(4, dtype=bool))
    best = clauses.best(np.array([[0.9, 0.8, 0.7, 0.6], [0.1, 0.2, 0.3, 0.3]], dtype=np.float32))
    np.testing.assert_allclose(best, [[0.9, 0.7, 0.6], [0.2, 0.3, 0.3]])
    assert ranks(best, [np.array([2]), np.array([1])]).tolist() == [3, 1]


def test_sum_weighs_both_parts() -> None:
    total = summed(np.array([[2.0, 4.0]], dtype=np.float32), np.array([[1.0, 0.5]], dtype=np.float32))
    np.testing.assert_allclose(total, [[0.5 + 1.2, 1 + 0.6]], rtol=1e-6)


def test_folds_are_fixed() -> None:
    assert [fold_of(name) for name in ("cq_01.txt", "gwy_12.html", "web_flfg_272.html")] == [0, 0, 1]


def test_hard_wrong_answers_are_near_and_wrong() -> None:
    texts = [f"第{number}号文件说企业奖励{'很' * (number % 7)}多" for number in range(200)] + ["企业奖励多少"]
    counts = count_units(texts).counts
    vectors = np.random.default_rng(0).normal(size=(counts.shape[1], 8)).astype(np.float32)
    factors = np.ones(counts.shape[1], dtype=np.float32)
    scores = (encode(counts[[200]], vectors, factors) @ encode(counts[:200], vectors).T)[0]
    right = int(np.argsort(-scores)[5])
    known = sp.csr_matrix(([True], ([200], [right])), shape=(201, 201))
    pool = Pool(questions=np.array([200]), passages=np.arange(200))
    found = mine(counts, (vectors, factors), [pool], known)[200]
    assert right not in found
    assert scores[found].tolist() == sorted(np.delete(scores, right), reverse=True)[3:50]
    assert mine(counts, (vectors, factors), [Pool(questions=np.array([200]), passages=np.arange(20))], known) == {}
