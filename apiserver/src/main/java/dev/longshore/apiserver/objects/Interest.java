package dev.longshore.apiserver.objects;

import dev.longshore.model.FieldPath;
import dev.longshore.store.Key;

/// What part of a resource somebody watches. A change is told to those whose interest it touches and costs the
/// others nothing, however many they are; finer selections are the watcher's own affair.
public sealed interface Interest {

    /// All objects.
    record Everything() implements Interest {}

    /// The objects of one namespace.
    record Namespace(String name) implements Interest {}

    /// One object.
    record Single(Key key) implements Interest {}

    /// The objects whose indexed `field` is, or was before a change, `value`.
    record Field(FieldPath field, String value) implements Interest {}
}
