#!/usr/bin/env python3
"""Reads what a Modbus TCP device did from a capture, and writes it as faults of kind `recorded` of a scenario.

    fates.py CAPTURE.pcap > faults.toml

Classic pcap, Ethernet, IPv4. A request is what goes to port 502; one that is sent again under the same TCP sequence
number is one. Its answer is the next frame of its connection with its transaction id, unit and function, also where ids
are used again. A request without an answer is `never`, but `closed` where it is the last of a connection that somebody
made anew: the capture has no packets that end connections.
"""

import struct
import sys
from collections import defaultdict

PORT = 502
WORDS_A_LINE = 16


def packets(capture):
    """Yields time in microseconds, source, destination, sequence number and payload of each TCP segment with one."""
    magic = struct.unpack("<I", capture[:4])[0]
    order = {0xA1B2C3D4: "<", 0xD4C3B2A1: ">"}[magic]
    at = 24
    while at + 16 <= len(capture):
        seconds, micros, length, _ = struct.unpack(order + "IIII", capture[at : at + 16])
        frame = capture[at + 16 : at + 16 + length]
        at += 16 + length
        ip = frame[14:]
        if frame[12:14] != b"\x08\x00" or ip[9] != 6:
            continue
        header = (ip[0] & 15) * 4
        tcp = ip[header : struct.unpack(">H", ip[2:4])[0]]
        source, destination, sequence = struct.unpack(">HHI", tcp[:8])
        payload = tcp[(tcp[12] >> 4) * 4 :]
        if payload:
            yield seconds * 1_000_000 + micros, (ip[12:16], source), (ip[16:20], destination), sequence, payload


def frames(payload):
    """Yields transaction id, unit and function of each frame of a segment; no frame of the capture spans two."""
    while len(payload) >= 8:
        transaction, _, length, unit, function = struct.unpack(">HHHBB", payload[:8])
        yield transaction, unit, function & 0x7F
        payload = payload[6 + length :]


def requests(capture):
    """Returns every request in its order: client, unit, when it was sent, when it was answered or None."""
    found, waiting, seen = [], defaultdict(list), set()
    for time, source, destination, sequence, payload in packets(capture):
        if destination[1] == PORT and (source, sequence) not in seen:
            seen.add((source, sequence))
            for transaction, unit, function in frames(payload):
                request = {"client": source, "unit": unit, "sent": time, "answered": None}
                found.append(request)
                waiting[source, transaction, unit, function].append(request)
        elif source[1] == PORT and (destination, sequence) not in seen:
            seen.add((destination, sequence))
            for transaction, unit, function in frames(payload):
                asked = waiting[destination, transaction, unit, function]
                if asked:
                    asked.pop(0)["answered"] = time
    return found


def fates(found):
    """Returns the words of each unit's requests."""
    last = {request["client"]: request for request in found}
    going_on = found[-1]["client"]
    words = defaultdict(list)
    for request in found:
        if request["answered"] is not None:
            word = str(round((request["answered"] - request["sent"]) / 1000))
        elif request is last[request["client"]] and request["client"] != going_on:
            word = "closed"
        else:
            word = "never"
        words[request["unit"]].append(word)
    return words


def main():
    with open(sys.argv[1], "rb") as file:
        words = fates(requests(file.read()))
    for unit in sorted(words):
        print(f'[[modbus.faults]]\nkind = "recorded"\nunit = {unit}\nfates = """')
        for at in range(0, len(words[unit]), WORDS_A_LINE):
            print(" ".join(words[unit][at : at + WORDS_A_LINE]))
        print('"""\n')


main()
