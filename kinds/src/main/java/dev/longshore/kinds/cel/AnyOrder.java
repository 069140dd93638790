package dev.longshore.kinds.cel;

import java.util.AbstractList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/// A list whose order says nothing: a set, or a map whose elements are known by some of their fields. Never changes.
final class AnyOrder extends AbstractList<Object> {

    private final List<Object> elements;
    private final List<String> keys;

    /// @param keys the fields by which elements are known; none for a set
    AnyOrder(List<Object> elements, List<String> keys) {
        this.elements = List.copyOf(elements);
        this.keys = List.copyOf(keys);
    }

    @Override
    public Object get(int index) {
        return elements.get(index);
    }

    @Override
    public int size() {
        return elements.size();
    }

    /// Whether `other` holds the same.
    boolean isSame(List<?> other) {
        return size() == other.size() && new HashSet<>(this).equals(new HashSet<>(other));
    }

    /// This with what `other` adds; of elements with the same keys the later counts.
    AnyOrder plus(List<?> other) {
        var merged = new java.util.LinkedHashMap<Object, Object>();
        elements.forEach(element -> merged.put(key(element), element));
        other.forEach(element -> merged.put(key(element), element));
        return new AnyOrder(List.copyOf(merged.values()), keys);
    }

    private Object key(Object element) {
        if (keys.isEmpty() || !(element instanceof Map<?, ?> map)) {
            return element;
        }
        var key = new HashMap<String, Object>();
        keys.forEach(name -> key.put(name, map.get(FieldName.escaped(name).orElse(name))));
        return key;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof List<?> list && isSame(list);
    }

    @Override
    public int hashCode() {
        return new HashSet<>(elements).hashCode();
    }
}
