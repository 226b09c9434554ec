"""XGBoost as a peer: trains or loads as each request of a JSON list on standard input asks, answers with a JSON list.

Numbers come as little-endian float32 files: values [rows x features] (NaN where missing), labels [rows], weights [rows].
"""

import json
import sys
import time

import numpy
import xgboost


def floats(request, name):
    path = request.get(name)
    return None if path is None else numpy.fromfile(path, dtype="<f4")


def answer(request):
    features = request["features"]
    values = floats(request, "values").reshape(-1, features)
    rows = xgboost.DMatrix(values, label=floats(request, "labels"), weight=floats(request, "weights"))
    began = time.perf_counter()
    if "model" in request:
        booster = xgboost.Booster(model_file=request["model"])
    else:
        booster = xgboost.train({"tree_method": "hist", **request["params"]}, rows, request["rounds"])
    seconds = time.perf_counter() - began
    booster.save_model(request["save"])
    judged = floats(request, "judged")
    judge = rows if judged is None else xgboost.DMatrix(judged.reshape(-1, features))
    judge.feature_names = booster.feature_names
    judge.feature_types = booster.feature_types
    booster.predict(judge).astype("<f4").tofile(request["predictions"])
    return {"seconds": seconds, "version": xgboost.__version__}


print(json.dumps([answer(request) for request in json.load(sys.stdin)]))
