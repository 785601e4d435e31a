"""Writes the ONNX files of tests/network.rs: networks small enough to know what they say, and files that are none.

    python tests/data/network/make_fixtures.py        (needs onnx and numpy; writes beside itself)

brightening.onnx: a pixel is new where the mean of its 7x7 neighbourhood over all bands is at least 40 brighter after than
before (even odds at 40, 0.98 at 60), removed where it is as much darker, a structure where that mean is above 150, and
a border where blue exceeds red by 64. Six channels, the interface of docs/MODELS.md. The others are the same network with one
thing wrong, as their names say; desert.onnx is made for pixels of 0.1 to 0.15 m.
"""
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).parent


def constant(name, value):
    return numpy_helper.from_array(np.asarray(value, np.float32), name)


def network(inputs=("before", "after"), output="probability", channels=6, kind=TensorProto.FLOAT, bands=3, sigmoid=True, stride=1):
    nodes, weights = [], [
        constant("box", np.full((1, bands, 7, 7), 1 / (49 * bands))),
        constant("blueness", np.array([-1] + [0] * (bands - 2) + [1]).reshape(1, bands, 1, 1)),
        constant("k", 0.2), constant("step", 40), constant("bright", 150), constant("blue", 64),
    ]

    def add(op, ins, out, **attributes):
        nodes.append(helper.make_node(op, ins, [out], **attributes))
        return out

    def logit(value, level, out):
        return add("Mul", [add("Sub", [value, level], f"{out}_above"), "k"], out)

    before, after = (add("Cast", [name], f"{name}_float", to=TensorProto.FLOAT) if kind != TensorProto.FLOAT else name for name in inputs)
    mean = {d: add("Conv", [x, "box"], f"mean_{d}", pads=[3] * 4, dilations=[1, 1], strides=[stride] * 2) for d, x in (("b", before), ("a", after))}
    blue = {d: add("Conv", [x, "blueness"], f"blue_{d}", pads=[0] * 4, dilations=[1, 1], strides=[stride] * 2) for d, x in (("b", before), ("a", after))}
    logits = [
        logit(mean["b"], "bright", "structure_before"),
        logit(mean["a"], "bright", "structure_after"),
        logit(add("Sub", [mean["a"], mean["b"]], "rise"), "step", "new"),
        logit(add("Sub", [mean["b"], mean["a"]], "fall"), "step", "removed"),
        logit(blue["b"], "blue", "border_before"),
        logit(blue["a"], "blue", "border_after"),
    ]
    joined = add("Concat", logits[:channels], "joined" if sigmoid else output, axis=1)
    if sigmoid:
        add("Sigmoid", [joined], output)
    ends = [helper.make_tensor_value_info(name, kind, [1, bands, "height", "width"]) for name in inputs]
    out = helper.make_tensor_value_info(output, TensorProto.FLOAT, [1, "channels", "out_height", "out_width"])
    graph = helper.make_graph(nodes, "brightening", ends, [out], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def write(name, model, **metadata):
    for key, value in metadata.items():
        helper.set_model_props(model, {**{p.key: p.value for p in model.metadata_props}, key: value})
    onnx.checker.check_model(model)
    onnx.save(model, HERE / name)


write("brightening.onnx", network())
write("four_channels.onnx", network(channels=4))
write("desert.onnx", network(), gsd_min_m="0.1", gsd_max_m="0.15")
write("other_names.onnx", network(inputs=("a", "b"), output="prob"))
write("three_channels.onnx", network(channels=3))
write("four_bands.onnx", network(bands=4))
write("integer_inputs.onnx", network(kind=TensorProto.INT32))
write("without_sigmoid.onnx", network(sigmoid=False))
write("half_size.onnx", network(stride=2))
write("bad_metadata.onnx", network(), gsd_min_m="half a metre")
