package dev.longshore.apiserver.openapi;

import dev.longshore.model.Subresource;
import java.util.List;

/// What an operation takes beside its body.
///
/// @param place `path` or `query`
/// @param type `string`, `integer` or `boolean`
record Parameter(String name, String place, String type, String description) {

    static final Parameter DRY_RUN =
            query("dryRun", "string", "With `All` nothing is stored; every check runs and the answer is the same.");
    static final Parameter FIELD_VALIDATION =
            query("fieldValidation", "string", "What unknown and repeated fields lead to: Ignore, Warn or Strict.");
    static final Parameter MANAGER =
            query("fieldManager", "string", "To whom the written fields belong; by default the client's name.");
    static final Parameter PATCH_MANAGER =
            query("fieldManager", "string", "To whom the written fields belong; an apply must name it.");
    static final Parameter FORCE =
            query("force", "boolean", "Takes fields that belong to others; for apply patches only.");
    static final Parameter PRETTY = query("pretty", "string", "With `true` the answer is indented.");
    static final Parameter NAMESPACE = path("namespace", "The namespace.");

    /// What lists and watches take.
    static final List<Parameter> LISTING = List.of(
            query("allowWatchBookmarks", "boolean", "A watch may send bookmarks of how far it has come."),
            query("continue", "string", "Where the next part of a list begins, as the part before it said."),
            query("fieldSelector", "string", "Only objects whose fields have these values."),
            query("labelSelector", "string", "Only objects whose labels fit."),
            query("limit", "integer", "The most objects in one answer."),
            query("resourceVersion", "string", "As of when: how fresh a list must be, where a watch begins."),
            query("resourceVersionMatch", "string", "How resourceVersion is meant: Exact or NotOlderThan."),
            query("sendInitialEvents", "boolean", "A watch begins with all that exists, then a bookmark."),
            query("shardSelector", "string", "Only objects of a part of the key space."),
            query("timeoutSeconds", "integer", "For how long at most."),
            query("watch", "boolean", "Goes on with changes, as they come."));

    /// What deletions take.
    static final List<Parameter> DELETING = List.of(
            DRY_RUN,
            query("gracePeriodSeconds", "integer", "How long the object may take to end; 0 is at once."),
            query(
                    "ignoreStoreReadErrorWithClusterBreakingPotential",
                    "boolean",
                    "Deletes even an object that can no longer be read."),
            query("orphanDependents", "boolean", "Older form of propagationPolicy."),
            query("propagationPolicy", "string", "What happens to dependents: Orphan, Background or Foreground."));

    static Parameter query(String name, String type, String description) {
        return new Parameter(name, "query", type, description);
    }

    static Parameter path(String name, String description) {
        return new Parameter(name, "path", "string", description);
    }

    static Parameter of(Subresource.Parameter given) {
        return query(given.name(), given.type(), given.description());
    }

    boolean isRequired() {
        return place.equals("path");
    }

    /// These say the same at many places, so version 2 prints them once.
    boolean isShared() {
        return !List.of("name", "dryRun", "fieldValidation").contains(name);
    }
}
