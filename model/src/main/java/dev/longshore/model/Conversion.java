package dev.longshore.model;

/// Turns objects of one version into another, losing nothing.
public interface Conversion {

    /// Only the apiVersion differs.
    Conversion SAME_SHAPE = (object, target) -> object.tree().put("apiVersion", target.apiVersion());

    /// Changes `object` in place into `target`.
    void convert(Resource object, GroupVersionKind target);
}
