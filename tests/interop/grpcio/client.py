"""Runs the cases of a plan with grpcio and prints one JSON line per case. See ../README.md.

    /usr/bin/python3 client.py --target HOST:PORT --plan FILE [--reflection v1|v1alpha]

Nothing is generated beforehand: services and messages are learned from the server's reflection.
"""
import argparse
import base64
import json
import time
from concurrent.futures import ThreadPoolExecutor

import grpc
from google.protobuf import json_format

from reflection import ReflectedServices

SIZES = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


def requests_of(case, message_class):
    for values in case.get("requests", [{}]):
        message = json_format.ParseDict(values, message_class())
        if "fill" in case:
            setattr(message, case["fill"]["field"], bytes(case["fill"]["bytes"]))
        yield message


def metadata_of(case):
    return [
        (key, base64.b64decode(value) if key.endswith("-bin") else value)
        for key, value in case.get("metadata", {}).items()
    ]


def to_dict(message):
    return json_format.MessageToDict(message, preserving_proto_field_name=True, including_default_value_fields=True)


def start(channel, method, case, requests):
    kind = ("stream" if method.client_streaming else "unary") + "_" + ("stream" if method.server_streaming else "unary")
    stub = getattr(channel, kind)(
        method.path, request_serializer=lambda m: m.SerializeToString(), response_deserializer=method.output.FromString
    )
    options = {
        "timeout": case["deadline_ms"] / 1000 if "deadline_ms" in case else None,
        "metadata": metadata_of(case),
        "compression": grpc.Compression.Gzip if case.get("compress") == "gzip" else None,
    }
    argument = iter(requests) if method.client_streaming else next(requests)
    return stub(argument, **options) if method.server_streaming else stub.future(argument, **options)


def call(channel, method, case):
    running = start(channel, method, case, requests_of(case, method.input))
    responses, count, last = [], 0, None
    try:
        for response in running if method.server_streaming else [running.result()]:
            count += 1
            last = response
            if len(responses) < 3:
                responses.append(to_dict(response))
            if count == case.get("cancel_after"):
                running.cancel()
    except (grpc.RpcError, grpc.FutureCancelledError):
        pass
    trailers = {
        key: base64.b64encode(value).decode() if isinstance(value, bytes) else value
        for key, value in running.trailing_metadata() or ()
    }
    return {
        "code": running.code().value[0],
        "message": running.details(),
        "count": count,
        "responses": responses,
        "last": None if last is None else to_dict(last),
        "trailers": trailers,
    }


def run(channel, services, case):
    started = time.monotonic()
    method = services.method(case["method"])
    with ThreadPoolExecutor(case.get("parallel", 1)) as pool:
        running = [pool.submit(call, channel, method, case) for _ in range(case.get("parallel", 1))]
        outcomes = [future.result() for future in running]
    # Parallel calls count together; the first that failed speaks for all.
    outcome = next((outcome for outcome in outcomes if outcome["code"] != 0), outcomes[0])
    outcome["count"] = sum(outcome["count"] for outcome in outcomes)
    outcome["elapsed_ms"] = round((time.monotonic() - started) * 1000)
    return outcome


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--target", required=True)
    parser.add_argument("--plan", required=True)
    parser.add_argument("--reflection", default="v1", choices=["v1", "v1alpha"])
    args = parser.parse_args()
    with open(args.plan, encoding="utf-8") as file:
        plan = json.load(file)
    with grpc.insecure_channel(args.target, options=SIZES) as channel:
        services = ReflectedServices(channel, args.reflection)
        print(json.dumps({"name": "reflection", "code": 0, "services": services.names}), flush=True)
        for case in plan:
            print(json.dumps({"name": case["name"], **run(channel, services, case)}), flush=True)


if __name__ == "__main__":
    main()
