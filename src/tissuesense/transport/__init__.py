"""Edges to gauges: ports, radios, replays and simulated devices, all driving the same codecs."""
