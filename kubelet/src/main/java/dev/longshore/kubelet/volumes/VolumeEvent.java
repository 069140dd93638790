package dev.longshore.kubelet.volumes;

/// What the events of a pod shall say about one of its volumes.
///
/// @param reason `FailedMount`, or `FailedMapVolume` for block devices
public record VolumeEvent(String reason, String message) {}
