package dev.longshore.apiserver;

import dev.longshore.apiserver.objects.Change;
import dev.longshore.apiserver.objects.StoredObject;
import dev.longshore.model.FieldPath;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/// What selectors look at. Read from an object's bytes where that is possible, which is several times quicker
/// than parsing it.
sealed interface Traits {

    FieldPath NAME = FieldPath.of("metadata.name");
    FieldPath NAMESPACE = FieldPath.of("metadata.namespace");

    Map<String, String> labels();

    /// The value of a selectable field.
    String field(String name);

    /// Those of an object that is parsed already.
    record OfResource(ResourceDefinition definition, Resource object) implements Traits {
        @Override
        public Map<String, String> labels() {
            return object.labels();
        }

        @Override
        public String field(String name) {
            return reader(definition, name).apply(object);
        }
    }

    /// Those of one object in a list.
    record OfStored(ResourceDefinition definition, StoredObject stored) implements Traits {
        @Override
        public Map<String, String> labels() {
            return stored.labels();
        }

        @Override
        public String field(String name) {
            Function<Resource, String> reader = reader(definition, name);
            return reader instanceof FieldPath path && isInBytes(definition, path)
                    ? stored.text(path)
                    : reader.apply(Versions.served(definition, stored));
        }
    }

    /// Those of an object before or after a change, found once for all who watch.
    record OfChange(ResourceDefinition definition, Change change, boolean now) implements Traits {
        @Override
        public Map<String, String> labels() {
            return change.derive(new LabelsKey(now), () -> stored().labels());
        }

        @Override
        public String field(String name) {
            Function<Resource, String> reader = reader(definition, name);
            if (reader instanceof FieldPath path && isInBytes(definition, path)) {
                return change.derive(new FieldKey(now, path), () -> stored().text(path));
            }
            Supplier<Resource> parsed = () -> Versions.served(definition, stored());
            return reader.apply(change.derive(new TreeKey(now, definition.kind()), parsed));
        }

        private StoredObject stored() {
            return (now ? change.stored() : change.last()).orElseThrow();
        }
    }

    private static boolean isInBytes(ResourceDefinition definition, FieldPath path) {
        return Versions.isStoredAsServed(definition) || path.equals(NAME) || path.equals(NAMESPACE);
    }

    /// True if the field can be read without converting the object.
    static boolean isInBytes(ResourceDefinition definition, String name) {
        return reader(definition, name) instanceof FieldPath path && isInBytes(definition, path);
    }

    private static Function<Resource, String> reader(ResourceDefinition definition, String name) {
        return switch (name) {
            case "metadata.name" -> NAME;
            case "metadata.namespace" -> NAMESPACE;
            default -> definition.fields().readers().getOrDefault(name, none -> "");
        };
    }

    /// The labels of a change's object.
    record LabelsKey(boolean now) {}

    /// A field of a change's object.
    record FieldKey(boolean now, FieldPath path) {}

    /// A change's object, parsed.
    record TreeKey(boolean now, GroupVersionKind kind) {}
}
