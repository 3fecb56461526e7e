#!/usr/bin/python3
"""tables.py DIRECTORY: the Wisconsin breast cancer table of Debian's python3-sklearn, split by columns between a hospital (ten
means, and the label) and a laboratory (twenty more), with the same patients in the same order: 500 to learn from, and 69 new ones."""
import csv
import pathlib
import sys

from sklearn.datasets import load_breast_cancer


def main():
    directory = pathlib.Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    table = load_breast_cancer()
    names = [name.replace(" ", "_") for name in table.feature_names]
    patients = [f"patient-{row:04d}" for row in range(len(table.data))]
    rows = list(zip(patients, table.data, table.target))
    for ending, part in [("", rows[:500]), ("-new", rows[500:])]:
        write(directory / f"hospital{ending}.csv", ["patient", *names[:10], "benign"], [[p, *row[:10], y] for p, row, y in part])
        write(directory / f"laboratory{ending}.csv", ["patient", *names[10:]], [[p, *row[10:]] for p, row, _ in part])


def write(path, header, rows):
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


if __name__ == "__main__":
    main()
