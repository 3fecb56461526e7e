#!/usr/bin/python3
"""tables.py DIRECTORY: the Wisconsin breast cancer table of Debian's python3-sklearn, split by columns between a hospital (ten
means, and the label) and a laboratory (twenty more), with the same patients in the same order."""
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
    with open(directory / "hospital.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["patient", *names[:10], "benign"])
        writer.writerows([p, *row[:10], label] for p, row, label in zip(patients, table.data, table.target))
    with open(directory / "laboratory.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["patient", *names[10:]])
        writer.writerows([p, *row[10:]] for p, row in zip(patients, table.data))


if __name__ == "__main__":
    main()
