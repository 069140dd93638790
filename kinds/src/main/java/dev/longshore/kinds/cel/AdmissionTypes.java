package dev.longshore.kinds.cel;

import com.google.common.collect.ImmutableSet;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The types of what every expression about a request knows: the request itself and its namespace.
final class AdmissionTypes {

    private static final CelType TEXT = SimpleType.STRING;
    private static final CelType TEXTS = ListType.create(TEXT);
    private static final CelType TEXT_BY_TEXT = MapType.create(TEXT, TEXT);
    private static final Map<String, CelType> ALL = new LinkedHashMap<>();

    private static final CelType KIND =
            known("kubernetes.GroupVersionKind", Map.of("group", TEXT, "version", TEXT, "kind", TEXT));
    private static final CelType RESOURCE =
            known("kubernetes.GroupVersionResource", Map.of("group", TEXT, "version", TEXT, "resource", TEXT));
    private static final CelType USER = known(
            "kubernetes.UserInfo",
            Map.of("username", TEXT, "uid", TEXT, "groups", TEXTS, "extra", MapType.create(TEXT, TEXTS)));

    static final CelType REQUEST = known(
            "kubernetes.AdmissionRequest",
            Map.ofEntries(
                    Map.entry("kind", KIND),
                    Map.entry("resource", RESOURCE),
                    Map.entry("subResource", TEXT),
                    Map.entry("requestKind", KIND),
                    Map.entry("requestResource", RESOURCE),
                    Map.entry("requestSubResource", TEXT),
                    Map.entry("name", TEXT),
                    Map.entry("namespace", TEXT),
                    Map.entry("operation", TEXT),
                    Map.entry("userInfo", USER),
                    Map.entry("dryRun", SimpleType.BOOL),
                    Map.entry("options", SimpleType.DYN)));

    /// The original spells `UID` in capitals.
    private static final CelType METADATA = known(
            "kubernetes.NamespaceMetadata",
            Map.ofEntries(
                    Map.entry("name", TEXT),
                    Map.entry("generateName", TEXT),
                    Map.entry("namespace", TEXT),
                    Map.entry("labels", TEXT_BY_TEXT),
                    Map.entry("annotations", TEXT_BY_TEXT),
                    Map.entry("UID", TEXT),
                    Map.entry("creationTimestamp", SimpleType.TIMESTAMP),
                    Map.entry("deletionGracePeriodSeconds", SimpleType.INT),
                    Map.entry("deletionTimestamp", SimpleType.TIMESTAMP),
                    Map.entry("generation", SimpleType.INT),
                    Map.entry("resourceVersion", TEXT),
                    Map.entry("finalizers", TEXTS)));

    private static final CelType CONDITION = known(
            "kubernetes.NamespaceCondition",
            Map.of(
                    "status",
                    TEXT,
                    "type",
                    TEXT,
                    "lastTransitionTime",
                    SimpleType.TIMESTAMP,
                    "message",
                    TEXT,
                    "reason",
                    TEXT));

    static final CelType NAMESPACE = known(
            "kubernetes.Namespace",
            Map.of(
                    "metadata",
                    METADATA,
                    "spec",
                    known("kubernetes.NamespaceSpec", Map.of("finalizers", TEXTS)),
                    "status",
                    known(
                            "kubernetes.NamespaceStatus",
                            Map.of("conditions", ListType.create(CONDITION), "phase", TEXT))));

    private AdmissionTypes() {}

    /// A structure with these fields, which never change.
    @SuppressWarnings("Immutable")
    static StructType struct(String name, Map<String, CelType> fields) {
        Map<String, CelType> known = Map.copyOf(fields);
        return StructType.create(
                name, ImmutableSet.copyOf(known.keySet()), field -> Optional.ofNullable(known.get(field)));
    }

    private static CelType known(String name, Map<String, CelType> fields) {
        CelType type = struct(name, fields);
        ALL.put(name, type);
        return type;
    }

    /// All of them, by their names.
    static Map<String, CelType> all() {
        return Collections.unmodifiableMap(ALL);
    }
}
