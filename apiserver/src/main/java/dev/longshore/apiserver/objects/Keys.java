package dev.longshore.apiserver.objects;

import dev.longshore.store.Key;
import dev.longshore.store.KeyRange;

/// Where objects are kept: `/registry/PREFIX/[NAMESPACE/]NAME`.
///
/// @param prefix as `services/specs`
public record Keys(String prefix, boolean namespaced) {

    private static final String ROOT = "/registry/";

    /// One object.
    public Key object(String namespace, String name) {
        return Key.of(ROOT + prefix + "/" + (namespaced ? namespace + "/" : "") + name);
    }

    /// All objects, or those of one namespace when it is not empty.
    public KeyRange range(String namespace) {
        return KeyRange.prefix(start(namespace));
    }

    /// The rest of [#range] from the key on that `start`, relative to it, spells.
    public KeyRange rangeFrom(String namespace, String start) {
        return new KeyRange(Key.of(start(namespace) + start), start(namespace).prefixEnd());
    }

    /// `key` relative to [#range].
    public String relative(String namespace, Key key) {
        return key.toString().substring(start(namespace).toString().length());
    }

    /// A record that is no object.
    public static Key record(String path) {
        return Key.of(ROOT + path);
    }

    private Key start(String namespace) {
        return Key.of(ROOT + prefix + "/" + (namespaced && !namespace.isEmpty() ? namespace + "/" : ""));
    }
}
