package dev.longshore.kinds.machinery;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// What may not be said of the versions in which servers store a kind.
final class StorageVersionChecks {

    private static final String EMPTY = "must be non-empty";
    private static final String NO_VERSION = "an apiVersion is a DNS-1035 label, which must consist of lower case"
            + " alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric"
            + " character (e.g. 'my-name',  or 'abc-123', regex used for validation is"
            + " '[a-z]([-a-z0-9]*[a-z0-9])?') with an optional DNS subdomain prefix and '/' (e.g."
            + " 'example.com/MyVersion')";

    private StorageVersionChecks() {}

    /// The name is `GROUP.RESOURCE`; `core` stands for the core group.
    static void name(Checks checks, ObjectNode object) {
        String name = Trees.text(object, "metadata", "name");
        int dot = name.lastIndexOf('.');
        if (dot < 0) {
            checks.invalid("metadata.name", name, "name must be in the form of <group>.<resource>");
            return;
        }
        NameRule.DNS_SUBDOMAIN
                .check(name.substring(0, dot))
                .forEach(fault -> checks.invalid("metadata.name", name, "the group segment " + fault));
        NameRule.DNS_1035_LABEL
                .check(name.substring(dot + 1))
                .forEach(fault -> checks.invalid("metadata.name", name, "the resource segment " + fault));
    }

    static void status(Checks checks, ObjectNode object, ObjectNode old) {
        int index = 0;
        for (ObjectNode version : Trees.list(object, "status", "storageVersions")) {
            server(checks, "status.storageVersions[" + index++ + "]", version);
        }
        common(checks, object);
        conditions(checks, Trees.list(object, "status", "conditions"));
    }

    private static void server(Checks checks, String path, ObjectNode version) {
        checks.name(path + ".apiServerID", Trees.text(version, "apiServerID"), NameRule.DNS_SUBDOMAIN);
        String encoding = Trees.text(version, "encodingVersion");
        apiVersion(checks, path + ".encodingVersion", encoding);
        List<String> decodable = Trees.strings(version, "decodableVersions");
        for (int i = 0; i < decodable.size(); i++) {
            apiVersion(checks, path + ".decodableVersions[" + i + "]", decodable.get(i));
        }
        if (!decodable.contains(encoding)) {
            checks.invalid(
                    path + ".decodableVersions",
                    version.path("decodableVersions"),
                    "decodableVersions must include encodingVersion " + encoding);
        }
    }

    private static void apiVersion(Checks checks, String path, String version) {
        List<String> faults = faults(version);
        if (!faults.isEmpty()) {
            checks.invalid(path, version, String.join(",", faults));
        }
    }

    private static List<String> faults(String version) {
        String[] parts = version.split("/", -1);
        if (parts.length > 2) {
            return List.of(NO_VERSION);
        }
        var faults = new ArrayList<String>();
        if (parts.length == 2) {
            part(faults, "group part: ", parts[0], NameRule.DNS_SUBDOMAIN);
        }
        part(faults, "version part: ", parts[parts.length - 1], NameRule.DNS_1035_LABEL);
        return faults;
    }

    private static void part(List<String> faults, String prefix, String part, NameRule rule) {
        if (part.isEmpty()) {
            faults.add(prefix + EMPTY);
        } else {
            rule.check(part).forEach(fault -> faults.add(prefix + fault));
        }
    }

    /// What all write is said if and only if all write the same.
    private static void common(Checks checks, ObjectNode object) {
        List<String> written = Trees.list(object, "status", "storageVersions").stream()
                .map(version -> Trees.text(version, "encodingVersion"))
                .distinct()
                .toList();
        String path = "status.commonEncodingVersion";
        boolean isSaid = Trees.has(object, "status", "commonEncodingVersion");
        String said = Trees.text(object, "status", "commonEncodingVersion");
        if (written.size() != 1) {
            if (isSaid) {
                checks.invalid(
                        path,
                        said,
                        "should be nil if servers do not agree on the same encoding version, or if there is no"
                                + " server reporting the supported versions yet");
            }
        } else if (!isSaid) {
            checks.invalid(
                    path,
                    Trees.at(object, "status", "commonEncodingVersion"),
                    "the common encoding version is " + written.getFirst());
        } else if (!said.equals(written.getFirst())) {
            checks.invalid(path, said, "the actual common encoding version is " + written.getFirst());
        }
    }

    /// The original leaves the list's name out of its paths, and shows the type where the status is wrong.
    private static void conditions(Checks checks, List<ObjectNode> conditions) {
        var seen = new HashMap<String, Integer>();
        for (int i = 0; i < conditions.size(); i++) {
            String path = "status[" + i + "]";
            String type = Trees.text(conditions.get(i), "type");
            if (seen.containsKey(type)) {
                checks.invalid(
                        path + ".type",
                        type,
                        "the type of the condition is not unique, it also appears in conditions[" + seen.get(type)
                                + "]");
            }
            seen.put(type, i);
            Selectors.checkKey(checks, path + ".type", type);
            Selectors.keyFaults(Trees.text(conditions.get(i), "status"))
                    .forEach(fault -> checks.invalid(path + ".status", type, fault));
            for (String field : List.of("reason", "message")) {
                if (Trees.text(conditions.get(i), field).isEmpty()) {
                    checks.required(path + "." + field, field + " cannot be empty");
                }
            }
        }
    }
}
