"""A BERT of a sentence-transformers folder (mean pooling) on onnxruntime: the same weights
by other people's arithmetic, for reference vectors and to compare speed."""

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file
from tokenizers import Tokenizer


def build(folder):
    """The graph from ids and mask (batch, length) to unit vectors (batch, hidden)."""
    folder = Path(folder)
    config = json.loads((folder / "config.json").read_text())
    tensors = load_file(folder / "model.safetensors")
    hidden, heads = config["hidden_size"], config["num_attention_heads"]
    nodes, constants, count = [], [], 0

    def op(kind, *inputs, **attributes):
        nonlocal count
        count += 1
        name = f"n{count}"
        nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def constant(values):
        nonlocal count
        count += 1
        name = f"c{count}"
        constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def weight(name):
        return constant(tensors[name].astype(np.float32))

    def linear(x, name):
        product = op("MatMul", x, constant(tensors[name + ".weight"].astype(np.float32).T))
        return op("Add", product, weight(name + ".bias"))

    def norm(x, name):
        scale, bias = weight(name + ".weight"), weight(name + ".bias")
        return op("LayerNormalization", x, scale, bias, axis=-1, epsilon=config["layer_norm_eps"])

    def split(x, order):
        shape = constant(np.array([0, 0, heads, hidden // heads]))
        return op("Transpose", op("Reshape", x, shape), perm=order)

    length = op("Shape", "ids", start=1, end=2)
    zero = constant(np.array([0]))
    positions = op("Slice", weight("embeddings.position_embeddings.weight"), zero, length, zero)
    types = constant(tensors["embeddings.token_type_embeddings.weight"][0])
    x = op("Gather", weight("embeddings.word_embeddings.weight"), "ids")
    x = norm(op("Add", op("Add", x, positions), types), "embeddings.LayerNorm")
    mask = op("Cast", "mask", to=TensorProto.FLOAT)
    one = constant(np.float32(1))
    far = op("Mul", op("Sub", one, mask), constant(np.float32(-10000)))
    far = op("Unsqueeze", far, constant(np.array([1, 2])))
    scale = constant(np.float32((hidden // heads) ** -0.5))
    for layer in range(config["num_hidden_layers"]):
        at = f"encoder.layer.{layer}."
        query = split(linear(x, at + "attention.self.query"), [0, 2, 1, 3])
        key = split(linear(x, at + "attention.self.key"), [0, 2, 3, 1])
        value = split(linear(x, at + "attention.self.value"), [0, 2, 1, 3])
        scores = op("Add", op("Mul", op("MatMul", query, key), scale), far)
        context = op("MatMul", op("Softmax", scores, axis=-1), value)
        context = op("Transpose", context, perm=[0, 2, 1, 3])
        context = op("Reshape", context, constant(np.array([0, 0, hidden])))
        attended = linear(context, at + "attention.output.dense")
        x = norm(op("Add", x, attended), at + "attention.output.LayerNorm")
        inner = op("Gelu", linear(x, at + "intermediate.dense"))
        x = norm(op("Add", x, linear(inner, at + "output.dense")), at + "output.LayerNorm")
    wide = op("Unsqueeze", mask, constant(np.array([2])))
    total = op("ReduceSum", op("Mul", x, wide), constant(np.array([1])), keepdims=0)
    mean = op("Div", total, op("ReduceSum", wide, constant(np.array([1])), keepdims=0))
    length = op("ReduceL2", mean, constant(np.array([1])), keepdims=1)
    nodes.append(helper.make_node("Div", [mean, length], ["vectors"]))
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "length"]) for name in ("ids", "mask")]
    outputs = [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["n", hidden])]
    graph = helper.make_graph(nodes, "encoder", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    return model.SerializeToString()


class Encoder:
    """Texts to unit vectors, in batches of like length."""

    def __init__(self, folder, threads, prefix="query: "):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self.session = onnxruntime.InferenceSession(build(folder), options, providers=["CPUExecutionProvider"])
        self.tokenizer = Tokenizer.from_file(str(Path(folder, "tokenizer.json")))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(512)
        self.prefix = prefix

    def encode(self, texts, batch=32):
        ids = [one.ids for one in self.tokenizer.encode_batch([self.prefix + text for text in texts])]
        order = sorted(range(len(ids)), key=lambda at: -len(ids[at]))
        rows = [None] * len(ids)
        for start in range(0, len(order), batch):
            part = order[start : start + batch]
            length = len(ids[part[0]])
            padded = np.zeros((len(part), length), np.int64)
            mask = np.zeros((len(part), length), np.int64)
            for row, at in enumerate(part):
                padded[row, : len(ids[at])] = ids[at]
                mask[row, : len(ids[at])] = 1
            (vectors,) = self.session.run(["vectors"], {"ids": padded, "mask": mask})
            for row, at in enumerate(part):
                rows[at] = vectors[row]
        return np.array(rows)
