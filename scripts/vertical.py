#!/usr/bin/python3
"""vertical.py SOTTO DATA [--protocol NAME] [--check]: a logistic regression on a table split by columns between two processes
that show each other nothing, beside scikit-learn on the whole table with the same rows and the same penalty.

DATA is breast (Debian's python3-sklearn has it), or credit or a9a, which are looked for in ../shared/data. Exit code 77: not
there. --check: fail when the area under the ROC curve differs from scikit-learn's by more than 0.002."""
import argparse
import csv
import gzip
import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score
from sklearn.preprocessing import StandardScaler

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"


class Data:
    """The two tables and how they are trained."""

    def __init__(self, ids, label, columns, split, scale=True, **training):
        self.ids, self.label, self.columns, self.split, self.scale, self.training = ids, label, columns, split, scale, training


def breast():
    from sklearn.datasets import load_breast_cancer
    table = load_breast_cancer()
    ids = [f"patient-{row:04d}" for row in range(len(table.data))]
    return Data(ids, table.target, table.data, 10, epochs=20, batch=64, learning_rate=0.1, l2=0.01, holdout=0.25)


def need(path):
    if not path.exists():
        print(f"skipped: there is no {path}, which only developers of Sotto have")
        sys.exit(77)
    return path


def credit():
    def rows(name):
        with gzip.open(need(SHARED / "credit" / f"default_credit_hetero_{name}.csv.gz"), "rt") as file:
            return list(csv.reader(file))[1:]
    guest, host = rows("guest"), {row[0]: row[1:] for row in rows("host")}
    columns = np.array([[float(v) for v in row[2:] + host[row[0]]] for row in guest])
    labels = np.array([int(row[1]) for row in guest])
    return Data([row[0] for row in guest], labels, columns, 13, epochs=6, batch=512, learning_rate=0.05, l2=0.001, holdout=0.2)


def a9a():
    labels, columns = [], []
    with gzip.open(need(SHARED / "a9a" / "a9a.gz"), "rt") as file:
        for line in file:
            words = line.split()
            row = np.zeros(123)
            for word in words[1:]:
                index, value = word.split(":")
                row[int(index) - 1] = float(value)
            labels.append(1 if int(words[0]) > 0 else 0)
            columns.append(row)
    columns = np.array(columns)
    columns = columns[:, columns.sum(axis=0) >= 20]  # a column that is constant in the training rows is refused
    ids = [str(row) for row in range(len(labels))]
    return Data(ids, np.array(labels), columns, 60, scale=False, epochs=6, batch=512, learning_rate=0.5, l2=0.0003, holdout=0.2)


def free_ports(count):
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def write_tables(data, work):
    a, b = data.columns[:, :data.split], data.columns[:, data.split:]
    with open(work / "hospital.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", *(f"a{i}" for i in range(a.shape[1])), "label"])
        writer.writerows([i, *(repr(float(v)) for v in row), int(y)] for i, row, y in zip(data.ids, a, data.label))
    with open(work / "laboratory.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", *(f"b{i}" for i in range(b.shape[1]))])
        writer.writerows([i, *(repr(float(v)) for v in row)] for i, row in zip(data.ids, b))


def write_job(sotto, data, work, protocol, network):
    parties = ["hospital", "laboratory"] + (["notary"] if protocol == "rep3" else [])
    lines = ['name = "vertical"', f'protocol = "{protocol}"', f'network = "{network}"']
    for party, port in zip(parties, free_ports(len(parties))):
        certs = work / "certs" / party
        subprocess.run([sotto, "certs", "init", certs, "--name", party], check=True, stdout=subprocess.DEVNULL)
        shown = subprocess.run([sotto, "certs", "show", certs / "identity.crt"], check=True, capture_output=True, text=True).stdout
        fingerprint = next(word for word in shown.split() if len(word.replace(":", "")) == 64)
        lines += [f"[parties.{party}]", f'address = "127.0.0.1:{port}"', f'fingerprint = "{fingerprint}"']
        if party == "notary":
            lines += ["table = false"]
    lines += ["[training]", 'label_at = "hospital"', "momentum = 0.9", "buckets = 64"]
    lines += [f"{key} = {value}" for key, value in data.training.items()]
    lines += ["[reveals]", 'metrics = ["hospital", "laboratory"]', 'model = "own"', 'predictions = ["hospital"]']
    for party in parties:
        lines += [f"[local.{party}]", f'identity = "certs/{party}"', f'results = "results/{party}"']
        if party != "notary":
            lines += [f'csv = "{party}.csv"', 'id = "id"', f"scale = {str(data.scale).lower()}"]
        if party == "hospital":
            lines += ['label = "label"']
    (work / "job.toml").write_text("\n".join(lines) + "\n")
    return work / "job.toml"


def plain(data, test):
    train = np.setdiff1d(np.arange(len(data.ids)), test)
    scaler = StandardScaler(with_std=data.scale).fit(data.columns[train])
    model = LogisticRegression(C=1 / (data.training["l2"] * len(train)), max_iter=10000, tol=1e-8)
    start = time.time()
    model.fit(scaler.transform(data.columns[train]), data.label[train])
    return model.predict_proba(scaler.transform(data.columns[test]))[:, 1], time.time() - start


def figures(label, probability):
    return {"accuracy": accuracy_score(label, probability >= 0.5), "loss": log_loss(label, probability),
            "auc": roc_auc_score(label, probability)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sotto")
    parser.add_argument("data", choices=["breast", "credit", "a9a"])
    parser.add_argument("--protocol", default="duo")
    parser.add_argument("--network", default="lan", help="that the plan is made for")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--report", help="the page of the run")
    parser.add_argument("--keep", help="a directory for tables, certificates, job and results")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    data = {"breast": breast, "credit": credit, "a9a": a9a}[arguments.data]()
    if arguments.epochs:
        data.training["epochs"] = arguments.epochs
    with tempfile.TemporaryDirectory(prefix="sotto_vertical_") as directory:
        work = pathlib.Path(arguments.keep or directory)
        work.mkdir(parents=True, exist_ok=True)
        write_tables(data, work)
        job = write_job(arguments.sotto, data, work, arguments.protocol, arguments.network)
        print(f"{len(data.ids)} rows; hospital: {data.split} columns and the label; "
              f"laboratory: {data.columns.shape[1] - data.split} columns", flush=True)
        start = time.time()
        command = [arguments.sotto, "learn", "logistic", "--job", job]
        if arguments.report:
            command += ["--report", arguments.report]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        if done.returncode != 0:
            sys.exit(done.returncode)
        print(done.stdout)
        seconds = time.time() - start
        metrics = {name: values[-1] for name, values in
                   json.loads((work / "results/hospital/metrics.json").read_text())["metrics"].items()}
        with open(work / "results/hospital/predictions.csv") as file:
            rows = list(csv.DictReader(file))
    place = {name: row for row, name in enumerate(data.ids)}
    test = np.array([place[row["id"]] for row in rows])
    private = figures(data.label[test], np.array([float(row["probability"]) for row in rows]))
    probability, plain_seconds = plain(data, test)
    public = figures(data.label[test], probability)
    print(f"{'held-out rows: ' + str(len(test)):34} {'accuracy':>9} {'log-loss':>9} {'AUC':>9} {'time':>9}")
    for name, row, spent in [("Sotto, measured in secret", metrics, seconds),
                             ("Sotto, from its predictions", private, None),
                             ("scikit-learn, all in one place", public, plain_seconds)]:
        print(f"{name:34} {row['accuracy']:9.4f} {row['loss']:9.4f} {row['auc']:9.4f} "
              + (f"{spent:7.2f} s" if spent is not None else ""))
    if arguments.check:
        off = {name: abs(metrics[name] - private[name]) for name in private}
        if abs(private["auc"] - public["auc"]) > 0.002:
            sys.exit(f"AUC {private['auc']:.4f} is not within 0.002 of {public['auc']:.4f}")
        if off["accuracy"] > 1e-3 or off["loss"] > 1e-3 or off["auc"] > 4e-3:
            sys.exit(f"what was measured in secret is off by {off}")


if __name__ == "__main__":
    main()
