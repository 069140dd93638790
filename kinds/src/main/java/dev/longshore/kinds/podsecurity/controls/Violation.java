package dev.longshore.kinds.podsecurity.controls;

/// What a control has against a pod.
///
/// @param reason in two words
/// @param detail which containers, and what they say
record Violation(String reason, String detail) {}
