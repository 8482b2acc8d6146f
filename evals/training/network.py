"""The reranker as a network that can be trained: from the int8 ONNX file into torch, and back.

BERT (Devlin et al. 2019) with 12 layers of width 384, as MiniLM has it (Wang et al. 2020). On top one logit for
the pair, and two for each token: that the words that answer begin, and end, with it (Devlin et al. 2019, section 4.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

LAYERS, WIDTH, HEADS, INNER, WORDS, LONGEST = 12, 384, 12, 1536, 30522, 512
READ = 320  # tokens of a pair that training reads
BATCH = 64  # pairs scored at once
DROPOUT = 0.1
NONE = -100  # the token that `cross_entropy` passes over
LAST = f"/bert/encoder/layer.{LAYERS - 1}/output/LayerNorm/Add_1_output_0"  # the tokens behind the last layer
MARKS = ("marker.weight", "marker.bias")  # in our files

Arrays = dict[str, NDArray[np.float32]]


class Layer(nn.Module):
    """Self-attention and feed-forward, each with its residual and norm behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value, self.joined = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.wide, self.narrow = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.norm_attention, self.norm = nn.LayerNorm(WIDTH, eps=1e-12), nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        parts = [f(x).unflatten(-1, (HEADS, -1)).transpose(1, 2) for f in (self.query, self.key, self.value)]
        seen = functional.scaled_dot_product_attention(*parts, attn_mask=mask).transpose(1, 2).flatten(2)
        x = self.norm_attention(x + functional.dropout(self.joined(seen), DROPOUT, self.training))
        wide = functional.gelu(self.wide(x))
        out: Tensor = self.norm(x + functional.dropout(self.narrow(wide), DROPOUT, self.training))
        return out


class Network(nn.Module):
    """Token ids, mask and segment ids, each (pairs, tokens), to logits (pairs,) and marks (pairs, tokens, 2)."""

    def __init__(self) -> None:
        super().__init__()
        self.word, self.position, self.segment = (nn.Embedding(n, WIDTH) for n in (WORDS, LONGEST, 2))
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.pooler, self.classifier, self.marker = (nn.Linear(WIDTH, n) for n in (WIDTH, 1, 2))

    def forward(self, ids: Tensor, mask: Tensor, segments: Tensor) -> tuple[Tensor, Tensor]:
        x = self.norm(self.word(ids) + self.position.weight[: ids.shape[1]] + self.segment(segments))
        for layer in self.layers:
            x = layer(x, mask[:, None, None, :].bool())
        pooled = functional.dropout(torch.tanh(self.pooler(x[:, 0])), DROPOUT, self.training)
        return self.classifier(pooled)[:, 0], self.marker(x)


def load(file: Path) -> Network:
    """The network of an int8 ONNX file as `onnxruntime.quantization` writes it; the int8 weights become floats.

    Where the file has no marker, as the one at the start, it is left to chance.
    """
    model = onnx.load(file)
    arrays = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
    quantized = _quantized(model)
    network = Network()
    state = {}
    for ours, theirs in _names().items():
        name = quantized.get(theirs, theirs)
        if f"{name}_quantized" in arrays:
            whole = arrays[f"{name}_quantized"].astype(np.float32) - arrays[f"{name}_zero_point"].astype(np.float32)
            values = whole * arrays[f"{name}_scale"]
            values = values.T if theirs in quantized else values
        else:
            values = arrays[theirs]
        state[ours] = torch.tensor(values).reshape(network.state_dict()[ours].shape)
    if MARKS[0] in arrays:
        state |= {
            f"marker.{kind}": torch.tensor(arrays[n].T) for kind, n in zip(("weight", "bias"), MARKS, strict=True)
        }
    network.load_state_dict(state, strict=MARKS[0] in arrays)
    return network


def save(network: Network, pattern: Path, file: Path) -> None:
    """Writes the ONNX file `pattern` with the weights of `network`, its matrices as int8 with one scale each.

    The embeddings stay as they are: training does not touch them.
    """
    model = onnx.load(pattern)
    tensors = {i.name: i for i in model.graph.initializer}
    quantized = _quantized(model)

    def put(name: str, values: NDArray[np.generic]) -> None:
        shape = tuple(tensors[name].dims)
        tensors[name].CopyFrom(numpy_helper.from_array(values.reshape(shape), name))

    for ours, theirs in _names().items():
        values = network.state_dict()[ours].detach().float().numpy()
        if theirs in quantized:
            name = quantized[theirs]
            scale = np.float32(np.abs(values).max() / 127)
            put(f"{name}_quantized", np.round(values.T / scale).astype(np.int8))
            put(f"{name}_scale", np.array(scale))
            put(f"{name}_zero_point", np.array(0, np.int8))
        elif "embeddings." not in theirs or "LayerNorm" in theirs:
            put(theirs, values)
    _put_marker(model, network)
    onnx.save(model, file)


def _put_marker(model: onnx.ModelProto, network: Network) -> None:
    """Puts the marker behind the last layer as a second output `marks`, in place of one that is there."""
    graph = model.graph
    for part in (graph.initializer, graph.node, graph.output):
        for old in [n for n in part if n.name.startswith("mark")]:
            part.remove(old)
    weight, bias = (p.detach().float().numpy() for p in network.marker.parameters())
    graph.initializer.extend(
        [numpy_helper.from_array(weight.T.copy(), MARKS[0]), numpy_helper.from_array(bias, MARKS[1])]
    )
    graph.node.append(onnx.helper.make_node("MatMul", [LAST, MARKS[0]], ["marker/product"], name="marker/MatMul"))
    graph.node.append(onnx.helper.make_node("Add", ["marker/product", MARKS[1]], ["marks"], name="marker/Add"))
    shape = ["batch_size", "sequence", 2]
    graph.output.append(onnx.helper.make_tensor_value_info("marks", onnx.TensorProto.FLOAT, shape))


class Scorer:
    """Tokenises and scores pairs of texts."""

    def __init__(self, tokenizer: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()

    def batches(self, texts: Sequence[tuple[str, str]], size: int = BATCH) -> list[tuple[list[int], list[Tensor]]]:
        """Indexes and padded inputs of batches of pairs of like length."""
        read = [self._tokenizer.encode(query, text) for query, text in texts]
        order = sorted(range(len(texts)), key=lambda n: len(read[n].ids))
        made = []
        for start in range(0, len(order), size):
            chosen = order[start : start + size]
            rows = [(read[n].ids, read[n].attention_mask, read[n].type_ids) for n in chosen]
            made.append((chosen, [_padded([row[k][:READ] for row in rows]) for k in range(3)]))
        return made

    def tokens(self, query: str, text: str, marked: tuple[int, int] | None) -> tuple[int, int]:
        """The first and the last token of the words marked in `text`; (NONE, NONE) where there are none to be read."""
        if marked is None:
            return NONE, NONE
        read = self._tokenizer.encode(query, text)
        spans = zip(range(READ), read.type_ids, read.offsets, strict=False)
        held = [n for n, segment, (a, b) in spans if segment and b > a and a < marked[1] and b > marked[0]]
        return (held[0], held[-1]) if held else (NONE, NONE)

    def score(self, network: Network, texts: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """One logit a pair."""
        network.eval()
        logits = np.zeros(len(texts))
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            for chosen, inputs in self.batches(texts):
                logits[chosen] = network(*inputs)[0].float().numpy()
        return logits


def _padded(rows: Sequence[Sequence[int]]) -> Tensor:
    return nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], batch_first=True)


def _quantized(model: onnx.ModelProto) -> dict[str, str]:
    """The name of each int8 matrix in the file, by its weight's name in BERT."""
    found = {}
    for node in model.graph.node:
        if node.op_type == "MatMulInteger":
            place = (
                node.name.strip("/").removesuffix("_quant").removesuffix("MatMul").rstrip("/_").removesuffix("/Gemm")
            )
            found[place.replace("/", ".") + ".weight"] = node.input[1].removesuffix("_quantized")
    return found


def _names() -> dict[str, str]:
    """The names of our parameters, each with its name in BERT."""
    parts = {
        "query": "attention.self.query",
        "key": "attention.self.key",
        "value": "attention.self.value",
        "joined": "attention.output.dense",
        "norm_attention": "attention.output.LayerNorm",
        "wide": "intermediate.dense",
        "narrow": "output.dense",
        "norm": "output.LayerNorm",
    }
    tables = {"word": "word_embeddings", "position": "position_embeddings", "segment": "token_type_embeddings"}
    names = {f"{ours}.weight": f"bert.embeddings.{theirs}.weight" for ours, theirs in tables.items()}
    for kind in ("weight", "bias"):
        names[f"norm.{kind}"] = f"bert.embeddings.LayerNorm.{kind}"
        names[f"pooler.{kind}"] = f"bert.pooler.dense.{kind}"
        names[f"classifier.{kind}"] = f"classifier.{kind}"
        for n in range(LAYERS):
            for ours, theirs in parts.items():
                names[f"layers.{n}.{ours}.{kind}"] = f"bert.encoder.layer.{n}.{theirs}.{kind}"
    return names
