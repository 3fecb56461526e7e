#!/usr/bin/env bash
# run_prediction.sh SOTTO MODEL: trains the model a little, three parties keeping their shares of it, then applies it to other rows from
# those shares alone. The predictions must be what the model, revealed in the first job, says in floating point.
set -euo pipefail
sotto=$1 model=$2
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

python3 - <<'PY'
import random, struct
random.seed(1)
def idx(name, shape, values):
    with open(name, "wb") as file:
        file.write(bytes([0, 0, 8, len(shape)]) + b"".join(struct.pack(">I", n) for n in shape) + bytes(values))
for name, rows in (("train", 256), ("test", 128), ("new", 64)):
    idx(name + ".images", [rows, 784], [random.choice((0, 0, 0, random.randrange(256))) for _ in range(rows * 784)])
    idx(name + ".labels", [rows], [random.randrange(10) for _ in range(rows)])
idx("few.images", [13, 784], open("new.images", "rb").read()[12:12 + 13 * 784])
PY
"$sotto" compile "$model" --train sgd --rows 256 --test-rows 128 --calibration-steps 20 --no-guard \
  --reveal model:images --reveal accuracy:images -o train.plan >/dev/null
"$sotto" compile "$model" --predict 64 --data x=images:pixels --no-guard -o predict.plan >untrained
grep -q 'measured on a model that was not trained' untrained
# What a plan cannot be written without is refused before anything is measured.
for bad in "--reveal 0:nobody" "--data x=nobody:pixels" "-o none/predict.plan"; do
  if timeout 20 "$sotto" compile "$model" --predict 64 --calibration-steps 100000000 --train sgd $bad >/dev/null 2>said; then exit 1; fi
  grep -q 'is no role\|cannot write none/predict.plan' said
done
# However many rows at once, parameters are as fine as the training left them.
"$sotto" compile "$model" --predict 10000 --data x=images:pixels -o many.plan >/dev/null
# The same with the guard, for numbers that may be far larger than those that ranges are measured on; their last digits are
# left out.
"$sotto" compile "$model" --predict 64 --data x=images --limit x=4000 --fraction-bits 14 -o guarded.plan >/dev/null
for party in images labels helper; do "$sotto" certs init certs/$party --name $party >/dev/null; done

python3 - "$sotto" <<'PY'
import re, socket, struct, subprocess, sys
def run(*words): return subprocess.run([sys.argv[1], *words], capture_output=True, text=True, check=True).stdout
parties = ["images", "labels", "helper"]
pixels = open("new.images", "rb").read()[12:]
def npy(name, values):
    header = "{'descr': '<f8', 'fortran_order': False, 'shape': (64, 784), }".ljust(117) + "\n"
    with open(name, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + struct.pack(f"<{len(values)}d", *values))
npy("usual.npy", [p / 255 for p in pixels])
npy("huge.npy", [p / 255 * 3900 for p in pixels])
held = [socket.create_server(("127.0.0.1", 0)) for _ in range(9)]
ports = iter([s.getsockname()[1] for s in held])
for s in held: s.close()
def job(name, reveals, local):
    digest = re.search(r"^digest\s+(\w+)", run("plan", "show", name + ".plan"), re.M)[1]
    text = f'name = "{name}"\nplan = "{name}.plan"\ndigest = "{digest}"\n'
    for party in parties:
        print_of = re.search(r"fingerprint\s+(\S+)", run("certs", "show", "certs/" + party))[1]
        text += f'[parties.{party}]\nrole = "{party}"\naddress = "127.0.0.1:{next(ports)}"\nfingerprint = "{print_of}"\n'
    text += "[reveals]\n" + "".join(f'"{r}" = {parties if r == "guard" else ["images"]}\n' for r in reveals)
    for party in parties: text += f'[local.{party}]\nidentity = "certs/{party}"\n' + local(party)
    open(name + ".toml", "w").write(text)
shown = run("plan", "show", "train.plan")
names = re.findall(r"^  (\S+)\s+.*torch_linear", shown, re.M)
def fractions(text): return {n: int(f) for n, f in re.findall(r"^  (\S+)\s+fixed\(.*?\)\.(\d+) ", text, re.M)}
trained, many = fractions(shown), fractions(run("plan", "show", "many.plan"))
assert all(many[n] >= trained[n] for n in names), (trained, many)
def trains(party):
    inputs = {"images": ["x", "train.images", "test.x", "test.images"], "labels": ["labels", "train.labels", "test.labels", "test.labels"]}.get(party)
    text = f'store = "{party}.share"\nstore_key = "{party}.key"\n'
    if inputs: text += f'inputs = {{ "{inputs[0]}" = "{inputs[1]}", "{inputs[2]}" = "{inputs[3]}" }}\n'
    if party == "images": text += "outputs = { " + ", ".join(f'"{n}" = "{n}.npy"' for n in names) + " }\n"
    return text
def predicts(data, predictions):
    def local(party):
        text = f'load = "{party}.share"\nload_key = "{party}.key"\n'
        if party == "images": text += f'inputs = {{ x = "{data}" }}\noutputs = {{ "0" = "{predictions}" }}\n'
        return text
    return local
job("train", names + ["correct"], trains)
job("predict", ["0"], predicts("new.images", "predictions.npy"))
job("guarded", ["0", "guard"], predicts("usual.npy", "usual_predictions.npy"))
open("names", "w").write(" ".join(names))
PY
"$sotto" run train.toml --json >/dev/null
"$sotto" run predict.toml --json >/dev/null
"$sotto" run guarded.toml --json >/dev/null
# A batch that is not full: its rows' scores, and no others.
sed 's/new.images/few.images/; s/predictions.npy/few_predictions.npy/' predict.toml > few.toml
"$sotto" run few.toml --json >/dev/null

python3 - <<'PY'
import math, struct
def npy(name):
    data = open(name, "rb").read()
    length = struct.unpack("<H", data[8:10])[0]
    shape = eval(data[10:10 + length])["shape"]
    return shape, struct.unpack(f"<{math.prod(shape)}d", data[10 + length:])
def matrix(name):
    shape, values = npy(name)
    columns = shape[-1] if len(shape) > 1 else len(values)
    return [values[i:i + columns] for i in range(0, len(values), columns)]
pixels = open("new.images", "rb").read()[12 + 0:][:64 * 784]
h = [[p / 255 for p in pixels[r * 784:(r + 1) * 784]] for r in range(64)]
tensors = [matrix(n + ".npy") for n in open("names").read().split()]
weights, biases = [t for t in tensors if len(t) > 1], [t[0] for t in tensors if len(t) == 1]
for layer, (w, b) in enumerate(zip(weights, biases)):
    columns = list(zip(*w))
    h = [[sum(a * c for a, c in zip(row, column)) + bias for column, bias in zip(columns, b)] for row in h]
    if layer + 1 < len(weights): h = [[max(v, 0) for v in row] for row in h]
predictions = matrix("predictions.npy")
assert len(predictions) == 64 and len(predictions[0]) == len(h[0]) == 10
worst = max(abs(p - q) for a, b in zip(predictions, h) for p, q in zip(a, b))
largest = max(abs(v) for row in h for v in row)
assert largest > 0.05 and worst < 2**-12, (worst, largest)
few = matrix("few_predictions.npy")
assert len(few) == 13 and len(few[0]) == 10
assert max(abs(p - q) for a, b in zip(few, h) for p, q in zip(a, b)) < 2**-12
guarded = matrix("usual_predictions.npy")
assert max(abs(p - q) for a, b in zip(guarded, h) for p, q in zip(a, b)) < 2**-9
print(f"64 predictions within {worst:.2g} of the model's, of at most {largest:.2g}")
PY
# What leads out of the measured ranges fails the job at every party, and no predictions are written.
sed 's/usual/huge/g' guarded.toml > outside.toml
if "$sotto" run outside.toml >said 2>&1; then echo "a prediction out of range succeeded"; exit 1; fi
grep -q 'guard "guard": a bound that was calibrated, not proven, was violated' said
[[ ! -e huge_predictions.npy ]]
# Another party's store, and a model that is not the one that was trained, are refused with their names.
sed 's/load = "labels.share"/load = "helper.share"/; s/load_key = "labels.key"/load_key = "helper.key"/' predict.toml > wrong.toml
if "$sotto" run wrong.toml 2> said; then exit 1; fi
grep -q 'helper.share, of job "train": it is the store of helper' said
