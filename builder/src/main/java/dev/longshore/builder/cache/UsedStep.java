package dev.longshore.builder.cache;

/// A step that a build did or took from the cache.
public record UsedStep(StepKey key, StepRecord record) {}
