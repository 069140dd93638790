package dev.longshore.network.view;

/// Another node of the cluster, as far as packets go.
///
/// @param address the machine's own
/// @param pods its share of the pod range
public record PeerView(String name, String address, Range pods) {}
