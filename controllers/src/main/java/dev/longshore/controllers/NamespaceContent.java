package dev.longshore.controllers;

import java.util.List;
import java.util.Map;

/// What is still in a dying namespace, and what went wrong while emptying it.
///
/// @param undiscovered groups and versions that do not answer: they may hold objects, which would be lost sight
/// of
/// @param failures why objects could not be deleted
/// @param remaining how many objects are left, by `RESOURCE.GROUP`
/// @param finalizers how many objects each finalizer holds
/// @param awaitsPods there are pods left, before which nothing else was looked at: what remains is not told
record NamespaceContent(
        List<String> undiscovered,
        List<String> failures,
        Map<String, Integer> remaining,
        Map<String, Integer> finalizers,
        boolean awaitsPods) {

    NamespaceContent {
        undiscovered = List.copyOf(undiscovered);
        failures = List.copyOf(failures);
        remaining = Map.copyOf(remaining);
        finalizers = Map.copyOf(finalizers);
    }

    /// True if the namespace may go.
    boolean isEmpty() {
        return undiscovered.isEmpty() && failures.isEmpty() && remaining.isEmpty() && !awaitsPods;
    }
}
