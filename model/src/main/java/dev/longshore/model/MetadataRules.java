package dev.longshore.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// What every object's metadata must look like.
public final class MetadataRules {

    private static final int MAX_PART = 63;
    private static final int MAX_ANNOTATIONS = 256 * 1024;
    private static final int MAX_GENERATED_BASE = 63 - 5;
    private static final int SUFFIX_LENGTH = 5;
    private static final String SUFFIX_ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
    private static final String NAME_FORMAT = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
    private static final Pattern NAME_PART = Pattern.compile(NAME_FORMAT);
    private static final Pattern VALUE = Pattern.compile("(" + NAME_FORMAT + ")?");
    private static final String NAME_MESSAGE =
            "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an"
                    + " alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation"
                    + " is '" + NAME_FORMAT + "')";
    private static final String VALUE_MESSAGE =
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must"
                    + " start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345',"
                    + " regex used for validation is '(" + NAME_FORMAT + ")?')";

    private MetadataRules() {}

    /// Every rule that the metadata of `object` breaks, whose names follow `nameRule`.
    public static List<Cause> check(Resource object, NameRule nameRule, boolean namespaced) {
        var causes = new ArrayList<Cause>();
        String name = object.name();
        if (name.isEmpty()) {
            causes.add(Cause.required("metadata.name", "name or generateName is required"));
        } else {
            nameRule.check(name).forEach(fault -> causes.add(Cause.invalid("metadata.name", quote(name), fault)));
        }
        if (namespaced && object.namespace().isEmpty()) {
            causes.add(Cause.required("metadata.namespace", ""));
        }
        if (!namespaced && !object.namespace().isEmpty()) {
            causes.add(Cause.forbidden("metadata.namespace", "not allowed on this type"));
        }
        labels(causes, "metadata.labels", object.labels());
        annotations(causes, object.annotations());
        owners(causes, object.at("metadata", "ownerReferences"));
        for (JsonNode finalizer : object.at("metadata", "finalizers")) {
            for (String fault : qualifiedName(finalizer.asString(""))) {
                causes.add(Cause.invalid("metadata.finalizers", quote(finalizer.asString("")), fault));
            }
        }
        return causes;
    }

    /// What an update may not change in metadata.
    public static List<Cause> checkUpdate(Resource object, Resource old) {
        var causes = new ArrayList<Cause>();
        for (String fixed : List.of("name", "namespace", "uid", "creationTimestamp")) {
            String now = object.text("metadata", fixed);
            if (!now.equals(old.text("metadata", fixed))) {
                causes.add(Cause.invalid("metadata." + fixed, quote(now), "field is immutable"));
            }
        }
        if (old.isTerminating()) {
            var before = finalizers(old);
            var added = finalizers(object).stream()
                    .filter(finalizer -> !before.contains(finalizer))
                    .toList();
            if (!added.isEmpty()) {
                causes.add(Cause.forbidden(
                        "metadata.finalizers",
                        "no new finalizers can be added if the object is being deleted, found new finalizers "
                                + added.stream().map(MetadataRules::quote).toList()));
            }
        }
        return causes;
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
        String name = key.substring(slash + 1);
        if (slash == 0) {
            return List.of("prefix part must be non-empty");
        }
        if (slash > 0) {
            var faults = NameRule.DNS_SUBDOMAIN.check(key.substring(0, slash));
            if (!faults.isEmpty()) {
                return List.of("prefix part " + faults.getFirst());
            }
        }
        if (name.isEmpty()) {
            return List.of("name part must be non-empty", NAME_MESSAGE);
        }
        if (name.length() > MAX_PART) {
            return List.of("name part must be no more than 63 bytes");
        }
        return NAME_PART.matcher(name).matches() ? List.of() : List.of(NAME_MESSAGE);
    }

    /// What is wrong with a label's value.
    public static List<String> labelValue(String value) {
        if (value.length() > MAX_PART) {
            return List.of("must be no more than 63 bytes");
        }
        return VALUE.matcher(value).matches() ? List.of() : List.of(VALUE_MESSAGE);
    }

    /// A name that begins with `base`, cut so that a label's worth of characters is enough.
    public static String generateName(String base, RandomGenerator randomness) {
        var name = new StringBuilder(base.length() > MAX_GENERATED_BASE ? base.substring(0, MAX_GENERATED_BASE) : base);
        for (int i = 0; i < SUFFIX_LENGTH; i++) {
            name.append(SUFFIX_ALPHABET.charAt(randomness.nextInt(SUFFIX_ALPHABET.length())));
        }
        return name.toString();
    }

    private static void labels(List<Cause> causes, String path, Map<String, String> labels) {
        labels.forEach((key, value) -> {
            qualifiedName(key).forEach(fault -> causes.add(Cause.invalid(path, quote(key), fault)));
            labelValue(value).forEach(fault -> causes.add(Cause.invalid(path, quote(value), fault)));
        });
    }

    private static void annotations(List<Cause> causes, Map<String, String> annotations) {
        long size = 0;
        for (var annotation : annotations.entrySet()) {
            String key = annotation.getKey();
            qualifiedName(key.toLowerCase(java.util.Locale.ROOT))
                    .forEach(fault -> causes.add(Cause.invalid("metadata.annotations", quote(key), fault)));
            size += key.length() + annotation.getValue().length();
        }
        if (size > MAX_ANNOTATIONS) {
            causes.add(new Cause(
                    "FieldValueTooLong", "metadata.annotations", "Too long: may not be more than 262144 bytes"));
        }
    }

    private static void owners(List<Cause> causes, JsonNode owners) {
        long controllers = 0;
        for (int i = 0; i < owners.size(); i++) {
            for (String field : List.of("apiVersion", "kind", "name", "uid")) {
                if (owners.get(i).path(field).asString("").isEmpty()) {
                    causes.add(Cause.invalid(
                            "metadata.ownerReferences[" + i + "]." + field, quote(""), "must not be empty"));
                }
            }
            controllers += owners.get(i).path("controller").asBoolean(false) ? 1 : 0;
        }
        if (controllers > 1) {
            causes.add(Cause.invalid(
                    "metadata.ownerReferences",
                    owners.toString(),
                    "Only one reference can have Controller set to true. Found \"true\" in references for several"
                            + " owners"));
        }
    }

    private static String quote(String value) {
        return '"' + value + '"';
    }
}
