package dev.longshore.kinds.wire;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The fields of one message, as a reader and as a writer look for them.
final class Message {

    private final Map<Integer, Field> byNumber = new HashMap<>();
    private final Map<String, Place> byName = new HashMap<>();

    Message(List<Field> fields, Messages messages) {
        for (Field field : fields) {
            byNumber.put(field.number(), field);
            if (field.isInline()) {
                messages.find(field.message()).byName.forEach((name, inner) -> byName.put(name, inner.inside(field)));
            }
        }
        // A field of the message itself hides one of the same name that stands inline.
        fields.stream()
                .filter(field -> !field.isInline())
                .forEach(field -> byName.put(field.name(), new Place(field, List.of())));
    }

    /// Where the value of a JSON field goes.
    ///
    /// @param enclosing the inline fields around it, the outermost first
    record Place(Field field, List<Field> enclosing) {
        Place {
            enclosing = List.copyOf(enclosing);
        }

        private Place inside(Field outer) {
            var around = new ArrayList<Field>();
            around.add(outer);
            around.addAll(enclosing);
            return new Place(field, around);
        }
    }

    /// The message's own fields.
    Collection<Field> fields() {
        return Collections.unmodifiableCollection(byNumber.values());
    }

    /// The names of all that JSON may have.
    Set<String> names() {
        return Collections.unmodifiableSet(byName.keySet());
    }

    Optional<Field> field(int number) {
        return Optional.ofNullable(byNumber.get(number));
    }

    Optional<Place> place(String name) {
        return Optional.ofNullable(byName.get(name));
    }
}
