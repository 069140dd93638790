package dev.longshore.kinds.cel;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What an expression made with `Object.spec{…}` or `JSONPatch{…}`.
final class MadeObject extends LinkedHashMap<Object, Object> {
    private static final long serialVersionUID = 1L;

    private final String type;

    MadeObject(String type, Map<?, ?> fields) {
        super(fields);
        this.type = type;
    }

    String type() {
        return type;
    }

    /// What is wrong with the names of the objects in it: each must be called by its place, as `Object.spec.template`
    /// is for what stands there.
    List<String> misnamed() {
        var faults = new ArrayList<String>();
        check(this, type, faults);
        return faults;
    }

    private static void check(Object value, String place, List<String> faults) {
        switch (value) {
            case MadeObject made -> {
                if (!made.type.equals(place)) {
                    faults.add(
                            "unexpected type name \"%s\", expected \"%s\", which matches field name path from root Object type"
                                    .formatted(made.type, place));
                }
                made.forEach((field, inner) -> check(inner, place + "." + field, faults));
            }
            case Map<?, ?> map -> map.values().forEach(inner -> check(inner, place, faults));
            case Collection<?> list -> list.forEach(inner -> check(inner, place, faults));
            case null, default -> {}
        }
    }

    /// Objects of different types are never equal.
    @Override
    public boolean equals(Object other) {
        return other instanceof MadeObject made && made.type.equals(type) && super.equals(made);
    }

    @Override
    public int hashCode() {
        return 31 * type.hashCode() + super.hashCode();
    }
}
