"""XGBoost as a peer: trains or loads as a JSON request on standard input asks, answers with one JSON object.

Numbers come as little-endian float32 files: values [rows x features] (NaN where missing), labels [rows], weights [rows].
"""

import json
import sys
import time

import numpy
import xgboost

request = json.load(sys.stdin)
features = request["features"]


def floats(name):
    path = request.get(name)
    return None if path is None else numpy.fromfile(path, dtype="<f4")


rows = xgboost.DMatrix(floats("values").reshape(-1, features), label=floats("labels"), weight=floats("weights"))
began = time.perf_counter()
if "model" in request:
    booster = xgboost.Booster(model_file=request["model"])
else:
    booster = xgboost.train({"tree_method": "hist", **request["params"]}, rows, request["rounds"])
seconds = time.perf_counter() - began
if "save" in request:
    booster.save_model(request["save"])
judged = floats("judged")
judge = rows if judged is None else xgboost.DMatrix(judged.reshape(-1, features))
judge.feature_names = booster.feature_names
judge.feature_types = booster.feature_types
if "predictions" in request:
    booster.predict(judge).astype("<f4").tofile(request["predictions"])
print(
    json.dumps(
        {
            "seconds": seconds,
            "version": xgboost.__version__,
            "gain": booster.get_score(importance_type="gain"),
            "cover": booster.get_score(importance_type="cover"),
            "weight": booster.get_score(importance_type="weight"),
        }
    )
)
