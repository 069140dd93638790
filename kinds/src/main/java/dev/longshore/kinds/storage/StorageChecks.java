package dev.longshore.kinds.storage;

import dev.longshore.kinds.core.PersistentVolumeChecks;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Cause;
import dev.longshore.model.MetadataRules;
import dev.longshore.model.NameRule;
import dev.longshore.model.Resource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What classes of storage and attachments of volumes may not say.
final class StorageChecks {

    private static final int MAX_PARAMETERS = 512;
    private static final int MAX_SIZE = 256 * 1024;
    private static final int MAX_MESSAGE = 1024;
    private static final String TOPOLOGIES = "allowedTopologies";

    private StorageChecks() {}

    static void storageClass(Checks checks, ObjectNode object) {
        provisioner(checks, "provisioner", Trees.text(object, "provisioner"));
        parameters(checks, object, true);
        checks.oneOf("reclaimPolicy", Trees.text(object, "reclaimPolicy"), "Delete", "Retain");
        checks.only(
                "volumeBindingMode",
                Trees.text(object, "volumeBindingMode"),
                List.of("Immediate", "WaitForFirstConsumer"));
        topologies(checks, Trees.list(object, TOPOLOGIES));
    }

    /// The original compares each term also with as many empty ones as there are terms.
    private static void topologies(Checks checks, List<ObjectNode> terms) {
        var before = new ArrayList<Map<String, Set<String>>>(Collections.nCopies(terms.size(), Map.of()));
        for (int i = 0; i < terms.size(); i++) {
            String path = TOPOLOGIES + "[" + i + "]";
            Map<String, Set<String>> labels = term(checks, path, terms.get(i));
            before.stream()
                    .filter(labels::equals)
                    .forEach(same -> checks.duplicate(path + ".matchLabelExpressions", ""));
            before.add(labels);
        }
    }

    private static Map<String, Set<String>> term(Checks checks, String path, ObjectNode term) {
        var labels = new HashMap<String, Set<String>>();
        int index = 0;
        for (ObjectNode expression : Trees.list(term, "matchLabelExpressions")) {
            String at = path + ".matchLabelExpressions[" + index++ + "]";
            List<String> values = Trees.strings(expression, "values");
            if (values.isEmpty()) {
                checks.required(at + ".values");
            }
            var seen = new HashSet<String>();
            for (int i = 0; i < values.size(); i++) {
                if (!seen.add(values.get(i))) {
                    checks.duplicate(at + ".values[" + i + "]", values.get(i));
                }
            }
            String key = Trees.text(expression, "key");
            Selectors.checkKey(checks, at + ".key", key);
            if (labels.put(key, seen) != null) {
                checks.duplicate(at + ".key", key);
            }
        }
        return labels;
    }

    static void classChange(Checks checks, ObjectNode object, ObjectNode old) {
        fixed(checks, object, old, "parameters", "provisioner", "reclaimPolicy");
        checks.unchanged("volumeBindingMode", object, old, "volumeBindingMode");
    }

    private static void fixed(Checks checks, ObjectNode object, ObjectNode old, String... fields) {
        for (String field : fields) {
            if (!Trees.same(object, old, field)) {
                checks.forbidden(field, "updates to " + field + " are forbidden.");
            }
        }
    }

    /// Labels of topology that got other names long ago.
    static List<String> classWarnings(Resource object) {
        var warnings = new ArrayList<String>();
        int index = 0;
        for (ObjectNode term : Trees.list(object.tree(), TOPOLOGIES)) {
            int number = 0;
            for (ObjectNode expression : Trees.list(term, "matchLabelExpressions")) {
                String key = Trees.text(expression, "key");
                String path = TOPOLOGIES + "[" + index + "].matchLabelExpressions[" + number++ + "].key";
                switch (key) {
                    case "failure-domain.beta.kubernetes.io/zone" ->
                        warnings.add(path + ": deprecated, use \"topology.kubernetes.io/zone\" instead");
                    case "failure-domain.beta.kubernetes.io/region" ->
                        warnings.add(path + ": deprecated, use \"topology.kubernetes.io/region\" instead");
                    default -> {}
                }
            }
            index++;
        }
        return warnings;
    }

    private static void provisioner(Checks checks, String path, String name) {
        if (checks.requiredText(path, name)) {
            String lower = name.toLowerCase(Locale.ROOT);
            MetadataRules.qualifiedName(lower).forEach(fault -> checks.invalid(path, lower, fault));
        }
    }

    private static void parameters(Checks checks, ObjectNode object, boolean mayBeEmpty) {
        Map<String, String> parameters = Trees.texts(object, "parameters");
        if (parameters.size() > MAX_PARAMETERS) {
            checks.add(Cause.tooLong("parameters", MAX_PARAMETERS));
            return;
        }
        if (parameters.containsKey("")) {
            checks.invalid("parameters", "", "field can not be empty.");
        }
        if (bytes(parameters) > MAX_SIZE) {
            checks.add(Cause.tooLong("parameters", MAX_SIZE));
        }
        if (!mayBeEmpty && parameters.isEmpty()) {
            checks.required("parameters", "must contain at least one key/value pair");
        }
    }

    private static long bytes(Map<String, String> map) {
        return map.entrySet().stream()
                .mapToLong(entry -> entry.getKey().getBytes(StandardCharsets.UTF_8).length
                        + entry.getValue().getBytes(StandardCharsets.UTF_8).length)
                .sum();
    }

    static void attributesClass(Checks checks, ObjectNode object) {
        provisioner(checks, "driverName", Trees.text(object, "driverName"));
        parameters(checks, object, false);
    }

    static void attributesChange(Checks checks, ObjectNode object, ObjectNode old) {
        fixed(checks, object, old, "driverName", "parameters");
    }

    static void newAttachment(Checks checks, ObjectNode object) {
        checks.driverName("spec.attacher", Trees.text(object, "spec", "attacher"));
        if (Trees.has(object, "spec", "source", "persistentVolumeName")) {
            checks.name(
                    "spec.source.persistentVolumeName",
                    Trees.text(object, "spec", "source", "persistentVolumeName"),
                    NameRule.DNS_SUBDOMAIN);
        }
    }

    static void attachment(Checks checks, ObjectNode object) {
        checks.requiredText("spec.attacher", Trees.text(object, "spec", "attacher"));
        JsonNode source = Trees.at(object, "spec", "source");
        boolean isInline = Trees.has(source, "inlineVolumeSpec");
        boolean isNamed = Trees.has(source, "persistentVolumeName");
        String exactlyOne = "must specify exactly one of inlineVolumeSpec and persistentVolumeName";
        if (isInline && isNamed) {
            checks.forbidden("spec.source", exactlyOne);
        } else if (!isInline && !isNamed) {
            checks.required("spec.source", exactlyOne);
        } else if (isInline) {
            PersistentVolumeChecks.inline(checks, "spec.source.inlineVolumeSpec", source.path("inlineVolumeSpec"));
        } else if (Trees.text(source, "persistentVolumeName").isEmpty()) {
            checks.required("spec.source.persistentVolumeName", "must specify non empty persistentVolumeName");
        }
        checks.name("spec.nodeName", Trees.text(object, "spec", "nodeName"), NameRule.DNS_SUBDOMAIN);
        if (bytes(Trees.texts(object, "status", "attachmentMetadata")) > MAX_SIZE) {
            checks.add(Cause.tooLong("status.attachmentMetadata", MAX_SIZE));
        }
        for (String error : List.of("attachError", "detachError")) {
            String message = Trees.text(object, "status", error, "message");
            if (message.getBytes(StandardCharsets.UTF_8).length > MAX_MESSAGE) {
                checks.add(Cause.tooLong("status." + error + ".message", MAX_SIZE));
            }
            long code = Trees.number(object, 0, "status", error, "errorCode");
            if (code < 0) {
                checks.invalid("status." + error + ".errorCode", code, "must be between 0 and 2147483647, inclusive");
            }
        }
    }
}
