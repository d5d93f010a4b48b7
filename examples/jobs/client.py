#!/usr/bin/env python3
"""Makes a job, starts it, follows it, completes it, over HTTP with nothing but Python: client.py URL STATION [TOKEN]."""
import json
import sys
import threading
import urllib.request

url, station = sys.argv[1].rstrip("/"), sys.argv[2]
headers = {"Authorization": f"Bearer {sys.argv[3]}"} if len(sys.argv) > 3 else {}


def post(path, body):
    request = urllib.request.Request(url + path, json.dumps(body).encode(), headers, method="POST")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def follow(job):
    kind = None
    with urllib.request.urlopen(urllib.request.Request(f"{url}/api/jobs/{job}/events", headers=headers)) as stream:
        for line in stream:  # the server ends the stream once the job is over
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name == "event":
                kind = value
            elif name == "data":
                print(kind, value)


job = post("/api/jobs", {"quantity": 12, "station": station})["id"]
follower = threading.Thread(target=follow, args=(job,))
follower.start()
post("/event", {"event_type": "JOB_STARTED", "info": {"job_key": job}})
post("/event", {"event_type": "LOG_APPENDED", "info": {"job_key": job, "line": "half of it is done"}})
post("/event", {"event_type": "JOB_COMPLETED", "info": {"job_key": job, "good": 11, "scrap": 1}})
follower.join()
