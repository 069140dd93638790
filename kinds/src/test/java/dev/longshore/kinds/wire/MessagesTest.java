package dev.longshore.kinds.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.longshore.kinds.Cluster;
import dev.longshore.kinds.KindSchemas;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Schema;
import dev.longshore.model.Schemas;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MessagesTest {

    /// The library is ahead of Kubernetes 1.36 by these.
    private static final Set<String> NEWER =
            Set.of("k8s.io.api.autoscaling.v2.HorizontalPodAutoscalerCondition.observedGeneration");

    private final Messages messages = Messages.table();
    private final Schemas schemas = new KindSchemas();
    private final List<ResourceDefinition> kinds = new Cluster().kinds;

    @Test
    void everyKindAndItsListHasAMessage() {
        var missing = new ArrayList<String>();
        for (ResourceDefinition definition : kinds) {
            GroupVersionKind kind = definition.kind();
            if (messages.of(kind).isEmpty()) {
                missing.add(kind.toString());
            }
            var list = new GroupVersionKind(
                    kind.group(), kind.version(), definition.names().listKind());
            if (definition.verbs().contains("list") && messages.of(list).isEmpty()) {
                missing.add(list.toString());
            }
            definition.subresources().stream()
                    .filter(sub -> !sub.kind().kind().endsWith("Options")
                            && messages.of(sub.kind()).isEmpty())
                    .forEach(sub -> missing.add(sub.kind().toString()));
        }

        assertThat(missing).isEmpty();
    }

    @Test
    void everyFieldOfEverySchemaHasAPlaceAndNoPlaceIsWithoutAField() {
        var wrong = new ArrayList<String>();
        var seen = new HashSet<String>();
        kinds.forEach(kind -> compare(
                schemas.find(kind.schema()).orElseThrow(),
                messages.of(kind.kind()).orElseThrow(),
                kind.schema(),
                seen,
                wrong));

        assertThat(wrong).isEmpty();
        assertThat(seen).hasSizeGreaterThan(600);
    }

    private void compare(Schema schema, Message message, String name, Set<String> seen, List<String> wrong) {
        if (!seen.add(name)) {
            return;
        }
        var fields = new HashSet<>(schema.properties().keySet());
        boolean isObject = fields.contains("kind") && fields.contains("apiVersion") && fields.contains("metadata");
        if (isObject) {
            fields.removeAll(Set.of("kind", "apiVersion"));
        }
        if (!fields.equals(message.names())) {
            wrong.add(name + ": " + fields + " and " + message.names());
        }
        schema.properties()
                .forEach((field, inner) -> message.place(field)
                        .filter(place -> place.field().type() == Field.Type.MESSAGE)
                        .ifPresent(place -> {
                            Schema held = inner.items().or(inner::additional).orElse(inner);
                            held.reference()
                                    .ifPresent(reference -> compare(
                                            schemas.find(reference).orElseThrow(),
                                            messages.find(place.field().message()),
                                            reference,
                                            seen,
                                            wrong));
                        }));
    }

    @Test
    void numbersNamesAndTypesAreThoseOfTheOfficialLibrary() {
        var official = new OfficialMessages();
        var wrong = new ArrayList<String>();
        int compared = 0;
        for (String name : messages.names()) {
            var descriptor = official.find(name);
            if (descriptor.isEmpty()) {
                continue;
            }
            compared++;
            var theirs = new TreeMap<Integer, String>();
            descriptor.get().getFields().stream()
                    .filter(field -> !NEWER.contains(field.getFullName()))
                    .forEach(field -> theirs.put(field.getNumber(), shown(field)));
            var ours = new TreeMap<Integer, String>();
            messages.find(name).fields().forEach(field -> ours.put(field.number(), shown(field)));
            if (!ours.equals(theirs)) {
                wrong.add(name + ": " + ours + " and " + theirs);
            }
        }

        assertThat(wrong).isEmpty();
        assertThat(compared).isGreaterThan(500);
    }

    private static String shown(Field field) {
        String type = field.message().isEmpty() ? field.type().name() : field.message();
        return field.name() + ":" + type + (field.isRepeated() ? "*" : "") + (field.isMap() ? "{}" : "");
    }

    private static String shown(FieldDescriptor field) {
        FieldDescriptor held = field.isMapField() ? field.getMessageType().findFieldByNumber(2) : field;
        String type =
                switch (held.getJavaType()) {
                    case STRING -> "TEXT";
                    case INT, LONG -> "INTEGER";
                    case BOOLEAN -> "FLAG";
                    case DOUBLE -> "REAL";
                    case BYTE_STRING -> "BYTES";
                    case MESSAGE -> held.getMessageType().getFullName().replaceFirst("^k8s\\.io\\.", "");
                    case FLOAT, ENUM -> throw new AssertionError(field.toString());
                };
        String name = OfficialMessages.isInline(field) ? "~" : OfficialMessages.name(field);
        return name + ":" + type + (field.isMapField() ? "{}" : field.isRepeated() ? "*" : "");
    }
}
