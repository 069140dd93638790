package dev.longshore.model;

/// Where a version of a group stands among all that is served: the higher comes first.
///
/// @param group of the group among groups, 1 to 20000
/// @param version of the version within its group, 1 to 1000
public record ServingPriority(int group, int version) {}
