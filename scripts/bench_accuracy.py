#!/usr/bin/env python3
"""Trains the networks privately and plainly, from the same starts and in the same order, and tabulates accuracies.

bench_accuracy.py [--only a:sgd ...] [--sotto PATH] [--data DIRECTORY] [--out DIRECTORY]

A and D with SGD, Adam and AMSGrad for five epochs from three seeds; B and C with SGD and Adam for one epoch from one
seed. Each finished training is a file DIRECTORY/MODEL.OPTIMIZER.EPOCHS.SEED.json, so that an interrupted run goes on
where it stopped; accuracy.json and accuracy.md collect what is there.
"""

import argparse
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Model, optimizer: epochs, seeds, accuracy in percent that SecretFlow-SPU published (ATC'23, table 1, after five
# epochs), and by how many points private may differ from plain (of the mean over the seeds).
ROWS = {
    ("a", "sgd"): (5, (1, 2, 3), "96.9", 0.3),
    ("a", "adam"): (5, (1, 2, 3), "97.2", 0.3),
    ("a", "amsgrad"): (5, (1, 2, 3), "97.5", 0.3),
    ("b", "sgd"): (1, (1,), "98.4", 0.6),
    ("b", "adam"): (1, (1,), "98.7", 0.6),
    ("c", "sgd"): (1, (1,), "98.8", 0.6),
    ("c", "adam"): (1, (1,), "98.9", 0.6),
    ("d", "sgd"): (5, (1, 2, 3), "97.2", 0.3),
    ("d", "adam"): (5, (1, 2, 3), "97.7 to 98.3", 0.3),
    ("d", "amsgrad"): (5, (1, 2, 3), "97.7 to 98.3", 0.3),
}


def finished(file):
    """What a training gave, or None when it has not ended well yet."""
    try:
        return json.loads(file.read_text())
    except (OSError, ValueError):
        return None


def train(arguments, model, optimizer, epochs, seed):
    file = arguments.out / f"{model}.{optimizer}.{epochs}.{seed}.json"
    found = finished(file)
    if found is not None:
        return found
    print(f"training {model} with {optimizer}, {epochs} epochs, seed {seed}", file=sys.stderr, flush=True)
    command = [arguments.sotto, "demo", "--data", arguments.data, "--model", model, "--optimizer", optimizer,
               "--epochs", str(epochs), "--seed", str(seed), "--json"]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if ended.returncode != 0:
        print(f"error: {' '.join(map(str, command))} ended with {ended.returncode}", file=sys.stderr)
        return None
    result = json.loads(ended.stdout)
    temporary = file.with_suffix(".part")
    temporary.write_text(json.dumps(result, indent=1) + "\n")
    temporary.replace(file)
    return result


def mean(values):
    return sum(values) / len(values)


def summary(model, optimizer, results):
    """One row of the table over the seeds that are there."""
    epochs, seeds, published, allowed = ROWS[model, optimizer]
    private = [100 * result["accuracy"] for result in results]
    plain = [100 * result["plain"]["accuracy"] for result in results]
    return {"model": model, "optimizer": optimizer, "epochs": epochs, "seeds": [r["seed"] for r in results],
            "complete": len(results) == len(seeds), "private": private, "plain": plain,
            "private_mean": mean(private), "plain_mean": mean(plain), "difference": mean(private) - mean(plain),
            "allowed": allowed, "within": abs(mean(private) - mean(plain)) <= allowed, "spu_published": published,
            "seconds_per_step": mean([result["seconds_per_step"] for result in results]),
            "rounds_per_step": results[0]["rounds_per_step"], "bytes_all_per_step": results[0]["bytes_all_per_step"]}


def table(rows):
    lines = ["| network | optimizer | epochs | seeds | private | plain (float) | difference, points | allowed | "
             "SPU, 5 epochs, its own start | s/step |", "|" + "---|" * 10]
    for row in rows:
        lines.append(f"| {row['model'].upper()} | {row['optimizer']} | {row['epochs']} | "
                     f"{', '.join(map(str, row['seeds']))}{'' if row['complete'] else ' (not all)'} | "
                     f"{row['private_mean']:.2f} % | {row['plain_mean']:.2f} % | {row['difference']:+.2f} | "
                     f"{row['allowed']} | {row['spu_published']} % | {row['seconds_per_step']:.3f} |")
    return "\n".join(lines) + "\n"


def chosen(only):
    if not only:
        return list(ROWS)
    rows = []
    for word in only:
        row = tuple(word.split(":"))
        if row not in ROWS:
            sys.exit(f"error: {word} is no row.\n  hint: the rows are {', '.join(':'.join(r) for r in ROWS)}")
        rows.append(row)
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", metavar="MODEL:OPTIMIZER", help="one row; may be repeated")
    parser.add_argument("--sotto", default=ROOT / "build/release/sotto")
    parser.add_argument("--data", default=ROOT / "build/data", help="the directory with MNIST's four files")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "build/accuracy")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    failed = False
    for model, optimizer in chosen(arguments.only):
        epochs, seeds, _, _ = ROWS[model, optimizer]
        for seed in seeds:
            failed |= train(arguments, model, optimizer, epochs, seed) is None
    rows = []
    for (model, optimizer), (epochs, seeds, _, _) in ROWS.items():
        files = [finished(arguments.out / f"{model}.{optimizer}.{epochs}.{seed}.json") for seed in seeds]
        results = [result for result in files if result is not None]
        if results:
            rows.append(summary(model, optimizer, results))
    (arguments.out / "accuracy.json").write_text(json.dumps(rows, indent=1) + "\n")
    (arguments.out / "accuracy.md").write_text(table(rows))
    print(table(rows), end="")
    outside = [f"{row['model']}:{row['optimizer']}" for row in rows if not row["within"]]
    if outside:
        print(f"error: further from plain than allowed: {', '.join(outside)}", file=sys.stderr)
    return 1 if failed or outside else 0


if __name__ == "__main__":
    sys.exit(main())
