package dev.longshore.store;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// An immutable byte-string key; orders as unsigned bytes.
public final class Key implements Comparable<Key> {

    private final byte[] bytes;
    private final int hash;

    private Key(byte[] bytes) {
        this.bytes = bytes;
        this.hash = Arrays.hashCode(bytes);
    }

    /// A key of a copy of `bytes`.
    public static Key of(byte[] bytes) {
        return new Key(bytes.clone());
    }

    /// The UTF-8 of `text`.
    public static Key of(String text) {
        return new Key(text.getBytes(StandardCharsets.UTF_8));
    }

    /// The first key after all that start with this one; empty when there is none (all bytes 0xff).
    public java.util.Optional<Key> prefixEnd() {
        for (int i = bytes.length - 1; i >= 0; i--) {
            if (bytes[i] != (byte) 0xff) {
                byte[] end = Arrays.copyOf(bytes, i + 1);
                end[i]++;
                return java.util.Optional.of(new Key(end));
            }
        }
        return java.util.Optional.empty();
    }

    /// The key right after this one.
    public Key successor() {
        return new Key(Arrays.copyOf(bytes, bytes.length + 1));
    }

    /// True if this key begins with all of `prefix`.
    public boolean startsWith(Key prefix) {
        int length = prefix.bytes.length;
        return bytes.length >= length && Arrays.equals(bytes, 0, length, prefix.bytes, 0, length);
    }

    /// A copy of the bytes.
    public byte[] bytes() {
        return bytes.clone();
    }

    /// The bytes themselves, not to be changed: for engines in this module.
    byte[] shared() {
        return bytes;
    }

    @Override
    public int compareTo(Key other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Key key && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
