package dev.longshore.model;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// What every object's metadata must look like.
public final class MetadataRules {

    private static final int MAX_PART = 63;
    private static final int MAX_ANNOTATIONS = 256 * 1024;
    private static final int MAX_MANAGER = 128;
    private static final int MAX_SUBRESOURCE = 256;
    private static final List<String> FIXED =
            List.of("name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds");
    private static final Set<String> STANDARD_FINALIZERS = Set.of("kubernetes", "orphan", "foregroundDeletion");
    private static final int MAX_GENERATED_BASE = 63 - 5;
    private static final int SUFFIX_LENGTH = 5;
    private static final String SUFFIX_ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
    private static final String NAME_FORMAT = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
    private static final Pattern NAME_PART = Pattern.compile(NAME_FORMAT);
    private static final Pattern VALUE = Pattern.compile("(" + NAME_FORMAT + ")?");
    private static final String NAME_MESSAGE =
            "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric"
                    + " character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '"
                    + NAME_FORMAT + "')";
    private static final String QUALIFIED_MESSAGE = "a valid label key " + NAME_MESSAGE
            + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
    private static final String VALUE_MESSAGE =
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must"
                    + " start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345',"
                    + " regex used for validation is '(" + NAME_FORMAT + ")?')";

    private MetadataRules() {}

    /// Every rule that the metadata of `object` breaks, whose names follow `nameRule`.
    public static List<Cause> check(Resource object, NameRule nameRule, boolean namespaced) {
        var causes = new ArrayList<Cause>();
        names(causes, object, nameRule);
        namespace(causes, object.namespace(), namespaced);
        long generation = object.generation();
        if (generation < 0) {
            causes.add(Cause.invalid(
                    "metadata.generation", Long.toString(generation), "must be greater than or equal to 0"));
        }
        labels(causes, "metadata.labels", object.labels());
        annotations(causes, "metadata.annotations", object.annotations());
        owners(causes, object.at("metadata", "ownerReferences"));
        finalizers(causes, finalizers(object), object.at("metadata", "finalizers"));
        managedFields(causes, object.at("metadata", "managedFields"));
        return causes;
    }

    private static void names(List<Cause> causes, Resource object, NameRule rule) {
        String prefix = object.text("metadata", "generateName");
        if (!prefix.isEmpty()) {
            rule.checkPrefix(prefix)
                    .forEach(fault -> causes.add(Cause.invalid("metadata.generateName", Cause.quote(prefix), fault)));
        }
        String name = object.name();
        if (name.isEmpty()) {
            causes.add(Cause.required("metadata.name", "name or generateName is required"));
        } else {
            rule.check(name).forEach(fault -> causes.add(Cause.invalid("metadata.name", Cause.quote(name), fault)));
        }
    }

    private static void namespace(List<Cause> causes, String namespace, boolean namespaced) {
        if (!namespaced) {
            if (!namespace.isEmpty()) {
                causes.add(Cause.forbidden("metadata.namespace", "not allowed on this type"));
            }
        } else if (namespace.isEmpty()) {
            causes.add(Cause.required("metadata.namespace", ""));
        } else {
            NameRule.DNS_LABEL
                    .check(namespace)
                    .forEach(fault -> causes.add(Cause.invalid("metadata.namespace", Cause.quote(namespace), fault)));
        }
    }

    /// What an update may not change in metadata.
    public static List<Cause> checkUpdate(Resource object, Resource old) {
        var causes = new ArrayList<Cause>();
        if (old.isTerminating()) {
            var before = finalizers(old);
            var added = new TreeSet<>(finalizers(object));
            before.forEach(added::remove);
            if (!added.isEmpty()) {
                causes.add(Cause.forbidden(
                        "metadata.finalizers",
                        "no new finalizers can be added if the object is being deleted, found new finalizers []string{"
                                + added.stream().map(Cause::quote).collect(Collectors.joining(", "))
                                + "}"));
            }
        }
        if (object.generation() < old.generation()) {
            causes.add(Cause.invalid(
                    "metadata.generation", Long.toString(object.generation()), "must not be decremented"));
        }
        for (String fixed : FIXED) {
            JsonNode now = object.at("metadata", fixed);
            JsonNode before = old.at("metadata", fixed);
            if (!now.asString("").equals(before.asString(""))) {
                causes.add(Cause.invalid("metadata." + fixed, shown(fixed, now), "field is immutable"));
            }
        }
        return causes;
    }

    /// The further rule of built-in kinds: a finalizer is a standard one or names a domain.
    public static List<Cause> checkFinalizers(Resource object) {
        var causes = new ArrayList<Cause>();
        int index = 0;
        for (String finalizer : finalizers(object)) {
            if (finalizer.indexOf('/') < 0 && !STANDARD_FINALIZERS.contains(finalizer)) {
                causes.add(Cause.invalid(
                        "metadata.finalizers[" + index + "]",
                        Cause.quote(finalizer),
                        "name is neither a standard finalizer name nor is it fully qualified"));
            }
            index++;
        }
        return causes;
    }

    /// A missing time or number is null, a missing text is empty.
    private static String shown(String field, JsonNode value) {
        boolean isText = !field.startsWith("deletion") && !field.startsWith("creation");
        if (value.isMissingNode() || value.isNull()) {
            return isText ? "\"\"" : "null";
        }
        return value.isString() ? Cause.quote(value.asString()) : value.toString();
    }

    /// `metadata.finalizers`.
    public static List<String> finalizers(Resource object) {
        return object.at("metadata", "finalizers")
                .valueStream()
                .map(name -> name.asString(""))
                .toList();
    }

    /// What is wrong with a label's or annotation's key: `[PREFIX/]NAME`.
    public static List<String> qualifiedName(String key) {
        int slash = key.indexOf('/');
        if (slash != key.lastIndexOf('/')) {
            return List.of(QUALIFIED_MESSAGE);
        }
        var faults = new ArrayList<String>();
        String prefix = slash < 0 ? "" : key.substring(0, slash);
        if (slash == 0) {
            faults.add("prefix part must be non-empty");
        } else if (slash > 0) {
            NameRule.DNS_SUBDOMAIN.check(prefix).forEach(fault -> faults.add("prefix part " + fault));
        }
        String name = key.substring(slash + 1);
        if (name.isEmpty()) {
            faults.add("name part must be non-empty");
        } else if (name.length() > MAX_PART) {
            faults.add("name part must be no more than 63 bytes");
        }
        if (name.length() > 4 * MAX_PART || !NAME_PART.matcher(name).matches()) {
            faults.add("name part " + NAME_MESSAGE);
        }
        return faults;
    }

    /// What is wrong with a label's value.
    public static List<String> labelValue(String value) {
        var faults = new ArrayList<String>();
        if (value.length() > MAX_PART) {
            faults.add("must be no more than 63 bytes");
        }
        if (value.length() > 4 * MAX_PART || !VALUE.matcher(value).matches()) {
            faults.add(VALUE_MESSAGE);
        }
        return faults;
    }

    /// A name that begins with `base`, cut so that a label's worth of characters is enough.
    public static String generateName(String base, RandomGenerator randomness) {
        var name = new StringBuilder(base.length() > MAX_GENERATED_BASE ? base.substring(0, MAX_GENERATED_BASE) : base);
        for (int i = 0; i < SUFFIX_LENGTH; i++) {
            name.append(SUFFIX_ALPHABET.charAt(randomness.nextInt(SUFFIX_ALPHABET.length())));
        }
        return name.toString();
    }

    /// Checks a map of labels.
    public static void labels(List<Cause> causes, String path, Map<String, String> labels) {
        labels.forEach((key, value) -> {
            qualifiedName(key).forEach(fault -> causes.add(Cause.invalid(path, Cause.quote(key), fault)));
            labelValue(value).forEach(fault -> causes.add(Cause.invalid(path, Cause.quote(value), fault)));
        });
    }

    /// Checks annotations: their keys, and how long they are together.
    public static void annotations(List<Cause> causes, String path, Map<String, String> annotations) {
        long size = 0;
        for (var annotation : annotations.entrySet()) {
            String key = annotation.getKey();
            qualifiedName(key.toLowerCase(Locale.ROOT))
                    .forEach(fault -> causes.add(Cause.invalid(path, Cause.quote(key), fault)));
            size += bytes(key) + bytes(annotation.getValue());
        }
        if (size > MAX_ANNOTATIONS) {
            causes.add(Cause.tooLong(path, MAX_ANNOTATIONS));
        }
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static void owners(List<Cause> causes, JsonNode owners) {
        String path = "metadata.ownerReferences";
        String controller = "";
        for (JsonNode owner : owners) {
            owner(causes, path, owner);
            if (owner.path("controller").asBoolean(false)) {
                String name = owner.path("kind").asString("") + "/"
                        + owner.path("name").asString("");
                if (controller.isEmpty()) {
                    controller = name;
                } else {
                    causes.add(Cause.invalid(
                            path,
                            owners.toString(),
                            "Only one reference can have Controller set to true. Found \"true\" in references for "
                                    + controller + " and " + name));
                }
            }
        }
    }

    private static void owner(List<Cause> causes, String path, JsonNode owner) {
        String apiVersion = owner.path("apiVersion").asString("");
        if (apiVersion.isEmpty()
                || apiVersion.endsWith("/")
                || apiVersion.indexOf('/') != apiVersion.lastIndexOf('/')) {
            causes.add(Cause.invalid(path + ".apiVersion", Cause.quote(apiVersion), "version must not be empty"));
        }
        for (String field : List.of("kind", "name", "uid")) {
            if (owner.path(field).asString("").isEmpty()) {
                causes.add(Cause.invalid(path + "." + field, "\"\"", "must not be empty"));
            }
        }
        if (apiVersion.equals("v1") && owner.path("kind").asString("").equals("Event")) {
            causes.add(Cause.invalid(path, owner.toString(), "/v1, Kind=Event is disallowed from being an owner"));
        }
    }

    private static void finalizers(List<Cause> causes, List<String> finalizers, JsonNode shown) {
        String path = "metadata.finalizers";
        for (String finalizer : finalizers) {
            qualifiedName(finalizer).forEach(fault -> causes.add(Cause.invalid(path, Cause.quote(finalizer), fault)));
        }
        if (finalizers.contains("orphan") && finalizers.contains("foregroundDeletion")) {
            causes.add(Cause.invalid(
                    path, shown.toString(), "finalizer orphan and foregroundDeletion cannot be both set"));
        }
    }

    private static void managedFields(List<Cause> causes, JsonNode entries) {
        int index = 0;
        for (JsonNode entry : entries) {
            String path = "metadata.managedFields[" + index++ + "]";
            String operation = entry.path("operation").asString("");
            if (!operation.equals("Apply") && !operation.equals("Update")) {
                causes.add(Cause.invalid(path + ".operation", Cause.quote(operation), "must be `Apply` or `Update`"));
            }
            String type = entry.path("fieldsType").asString("");
            if (!type.isEmpty() && !type.equals("FieldsV1")) {
                causes.add(Cause.invalid(path + ".fieldsType", Cause.quote(type), "must be `FieldsV1`"));
            }
            causes.addAll(fieldManager(path + ".manager", entry.path("manager").asString("")));
            if (bytes(entry.path("subresource").asString("")) > MAX_SUBRESOURCE) {
                causes.add(Cause.tooLong(path + ".subresource", MAX_SUBRESOURCE));
            }
        }
    }

    /// What is wrong with the name of a field manager.
    public static List<Cause> fieldManager(String path, String manager) {
        var causes = new ArrayList<Cause>();
        if (bytes(manager) > MAX_MANAGER) {
            causes.add(Cause.tooLong(path, MAX_MANAGER));
        }
        int position = 0;
        for (int point : manager.codePoints().toArray()) {
            if (!GoText.isPrinted(point)) {
                causes.add(Cause.invalid(
                        path,
                        Cause.quote(manager),
                        "invalid character U+%04X (at position %d)".formatted(point, position)));
            }
            position += Character.toString(point).getBytes(StandardCharsets.UTF_8).length;
        }
        return causes;
    }
}
