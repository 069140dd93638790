package dev.longshore.kinds;

import dev.longshore.base.Yaml;
import dev.longshore.model.Resource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What one kind defaults to and refuses, as the files under `rules/` say: an object that is right, what it gets by
/// default, and for each rule a change of it that breaks the rule, with the causes that Kubernetes names.
///
/// @param part the subresource through which it is changed, empty for the object itself
/// @param hasTwoFamilies whether services of the cluster have addresses of both families
/// @param object the smallest that is right
/// @param defaults what it gets: JSON pointers and values
/// @param refused what may not be created
/// @param accepted what may, though it looks odd
/// @param changes what an object may not become
/// @param statuses what its status may not become
/// @param warnings what is said of what is accepted
/// @param missing rules of Kubernetes that are not in, in words
record RuleTable(
        String apiVersion,
        String kind,
        String part,
        boolean hasTwoFamilies,
        ObjectNode object,
        Map<String, JsonNode> defaults,
        List<Case> refused,
        List<Case> accepted,
        List<Case> changes,
        List<Case> statuses,
        List<Case> warnings,
        String missing) {

    static final List<String> FILES = List.of(
            "networking",
            "storage",
            "policy",
            "machinery",
            "rbac",
            "admission",
            "flow",
            "custom",
            "certificates",
            "devices",
            "pods",
            "workloads",
            "core");

    private static final Map<String, String> WORDS = Map.of(
            "{label}",
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and"
                    + " end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is"
                    + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
            "{label1035}",
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic"
                    + " character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used"
                    + " for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
            "{subdomain}",
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must"
                    + " start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is"
                    + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
            "{key}",
            "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an"
                    + " alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation"
                    + " is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
            "{value}",
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must"
                    + " start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345',"
                    + " regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
            "{ip}",
            "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
            "{cidr}",
            "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");

    /// A change of the object, and what is said of it.
    ///
    /// @param from changes of the object before, for changes
    record Case(String name, Map<String, JsonNode> from, Map<String, JsonNode> set, List<String> said) {}

    static List<RuleTable> all() {
        var tables = new ArrayList<RuleTable>();
        for (String file : FILES) {
            for (JsonNode node : Yaml.parse(text("rules/" + file + ".yaml"))) {
                tables.add(read(node));
            }
        }
        return tables;
    }

    private static String text(String path) {
        try (var stream = RuleTable.class.getResourceAsStream(path)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException impossible) {
            throw new IllegalStateException(path, impossible);
        }
    }

    private static RuleTable read(JsonNode node) {
        String apiVersion = node.path("apiVersion").asString();
        String kind = node.path("kind").asString();
        ObjectNode object = (ObjectNode) node.path("object").deepCopy();
        object.put("apiVersion", apiVersion).put("kind", kind);
        return new RuleTable(
                apiVersion,
                kind,
                node.path("part").asString(""),
                node.path("families").asInt(1) == 2,
                object,
                values(node.path("defaults")),
                cases(node.path("refused")),
                cases(node.path("accepted")),
                cases(node.path("changes")),
                cases(node.path("statuses")),
                cases(node.path("warnings")),
                node.path("missing").asString(""));
    }

    /// The kind as people write it, with its group, version and part.
    String shownKind() {
        return apiVersion + " " + kind + (part.isEmpty() ? "" : "/" + part);
    }

    private static List<Case> cases(JsonNode node) {
        var cases = new ArrayList<Case>();
        node.properties().forEach(entry -> {
            var said = new ArrayList<String>();
            for (JsonNode line : entry.getValue().path("said")) {
                String words = line.asString();
                for (var word : WORDS.entrySet()) {
                    words = words.replace(word.getKey(), word.getValue());
                }
                said.add(words);
            }
            cases.add(new Case(
                    entry.getKey(),
                    values(entry.getValue().path("from")),
                    values(entry.getValue().path("set")),
                    said));
        });
        return cases;
    }

    private static Map<String, JsonNode> values(JsonNode node) {
        var values = new LinkedHashMap<String, JsonNode>();
        node.properties().forEach(entry -> values.put(entry.getKey(), entry.getValue()));
        return values;
    }

    /// The object with the changes of `set`, whose nulls remove; with defaults only where it has them already.
    static Resource changed(ObjectNode object, Map<String, JsonNode> set) {
        ObjectNode copy = object.deepCopy();
        set.forEach((pointer, value) -> put(copy, pointer, value.deepCopy()));
        return new Resource(copy);
    }

    private static void put(ObjectNode root, String pointer, JsonNode value) {
        String[] steps = pointer.substring(1).split("/", -1);
        JsonNode at = root;
        for (int i = 0; i < steps.length - 1; i++) {
            String step = unescaped(steps[i]);
            if (at instanceof ArrayNode list) {
                at = list.get(Integer.parseInt(step));
            } else {
                at = at.path(step).isContainer() ? at.get(step) : ((ObjectNode) at).putObject(step);
            }
        }
        String last = unescaped(steps[steps.length - 1]);
        if (at instanceof ArrayNode list) {
            if (last.equals("-")) {
                list.add(value);
            } else if (value.isNull()) {
                list.remove(Integer.parseInt(last));
            } else {
                list.set(Integer.parseInt(last), value);
            }
        } else if (value.isNull()) {
            ((ObjectNode) at).remove(last);
        } else {
            ((ObjectNode) at).set(last, value);
        }
    }

    private static String unescaped(String step) {
        return step.replace("~1", "/").replace("~0", "~");
    }
}
