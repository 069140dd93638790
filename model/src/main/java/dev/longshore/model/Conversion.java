package dev.longshore.model;

import java.util.List;

/// Turns objects of one version into another, losing nothing.
public interface Conversion {

    /// Only the apiVersion differs.
    Conversion SAME_SHAPE = (object, target) -> object.tree().put("apiVersion", target.apiVersion());

    /// Changes `object` in place into `target`.
    void convert(Resource object, GroupVersionKind target);

    /// Changes all of `objects` in place into `target`; quicker than one by one where somebody else must be asked.
    default void convert(List<Resource> objects, GroupVersionKind target) {
        objects.forEach(object -> convert(object, target));
    }

    /// Whether objects are served otherwise than they are stored even in their own version, because what is known
    /// of their shape changes: then every one is read by [#revive].
    default boolean revives() {
        return false;
    }

    /// Brings an object that was just read from the store up to date, in place, in the version that it is in.
    default void revive(Resource object) {}
}
