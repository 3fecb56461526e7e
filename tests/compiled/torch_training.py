"""Trains the networks of examples/ with PyTorch, for torch_test.cc: an implementation that shares nothing with ours.

torch_training.py NETWORK DIRECTORY STEPS: reads x.f32 (images), labels.f32 (one-hot) and each parameter's NAME.f32 from the
directory (raw, row-major, as the StableHLO program has them), takes STEPS of SGD over consecutive batches of 128, and
writes each parameter's NAME.out.
"""
import array
import sys

import torch
import torch.nn.functional as F

BATCH = 128
SHAPES = {
    "mnist_b": dict(k0=(5, 5, 1, 16), b0=(16,), k1=(5, 5, 16, 16), b1=(16,), w2=(256, 100), b2=(100,), w3=(100, 10), b3=(10,)),
    "mnist_c": dict(k0=(5, 5, 1, 20), b0=(20,), k1=(5, 5, 20, 50), b1=(50,), w2=(800, 500), b2=(500,), w3=(500, 10), b3=(10,)),
    "mnist_d": dict(k0=(5, 5, 1, 5), b0=(5,), w1=(980, 100), b1=(100,), w2=(100, 10), b2=(10,)),
}


def read(path):
    with open(path, "rb") as file:
        values = array.array("f", file.read())
    return torch.tensor(values.tolist(), dtype=torch.float64)


def convolve(h, kernel, bias, **options):
    """h is NCHW; the kernel comes as HWIO."""
    return F.conv2d(h, kernel.permute(3, 2, 0, 1), bias, **options)


def flat(h):
    """Rows in the order of NHWC."""
    return h.permute(0, 2, 3, 1).reshape(h.shape[0], -1)


def network_bc(p, x):
    h = F.relu(F.max_pool2d(convolve(x, p["k0"], p["b0"]), 2))
    h = F.relu(F.max_pool2d(convolve(h, p["k1"], p["b1"]), 2))
    h = F.relu(flat(h) @ p["w2"] + p["b2"])
    return h @ p["w3"] + p["b3"]


def network_d(p, x):
    h = F.relu(convolve(F.pad(x, (1, 2, 1, 2)), p["k0"], p["b0"], stride=2))
    h = F.relu(flat(h) @ p["w1"] + p["b1"])
    return h @ p["w2"] + p["b2"]


def main(name, directory, steps):
    network = network_d if name == "mnist_d" else network_bc
    parameters = {key: read(f"{directory}/{key}.f32").reshape(shape).requires_grad_() for key, shape in SHAPES[name].items()}
    images = read(f"{directory}/x.f32").reshape(-1, 1, 28, 28)
    labels = read(f"{directory}/labels.f32").reshape(-1, 10).argmax(1)
    optimizer = torch.optim.SGD(parameters.values(), lr=0.01, momentum=0.9)
    for step in range(steps):
        rows = slice(step * BATCH, (step + 1) * BATCH)
        optimizer.zero_grad()
        F.cross_entropy(network(parameters, images[rows]), labels[rows]).backward()
        optimizer.step()
    for key, parameter in parameters.items():
        with open(f"{directory}/{key}.out", "wb") as file:
            array.array("f", parameter.detach().flatten().tolist()).tofile(file)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
