package dev.longshore.apiserver.audit;

import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import dev.longshore.model.Cause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// Reads a file with a Policy (`audit.k8s.io/v1`), and refuses what makes no sense with kube-apiserver's words. Fields
/// that it does not know are named in the log and left out, as there.
public final class PolicyFile {

    private static final Logger log = LoggerFactory.getLogger(PolicyFile.class);
    private static final String VERSION = "audit.k8s.io/v1";

    private PolicyFile() {}

    /// The policy in `file`.
    ///
    /// @throws AuditConfigException when there is none, or it makes no sense
    public static AuditPolicy read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException missing) {
            throw unreadable(file, "no such file or directory", missing);
        } catch (IOException unreadable) {
            throw unreadable(file, String.valueOf(unreadable.getMessage()), unreadable);
        }
        try {
            return parse(text);
        } catch (AuditConfigException wrong) {
            throw new AuditConfigException(
                    "loading audit policy file: " + wrong.getMessage() + ": from file " + file, wrong);
        }
    }

    private static AuditConfigException unreadable(Path file, String why, IOException cause) {
        return new AuditConfigException(
                "loading audit policy file: failed to read file path \"%s\": open %s: %s".formatted(file, file, why),
                cause);
    }

    /// The policy that `text` spells, in YAML or JSON.
    ///
    /// @throws AuditConfigException when it makes no sense
    public static AuditPolicy parse(String text) {
        JsonNode tree;
        try {
            tree = Yaml.parseAsGo(text);
        } catch (Json.MalformedException notYaml) {
            throw new AuditConfigException("failed decoding: " + notYaml.getMessage(), notYaml);
        }
        if (!tree.isObject()) {
            throw new AuditConfigException("failed decoding: couldn't get version/kind; it is no object");
        }
        requireKind(tree);
        var fields = new PolicyFields();
        Draft draft = draft(fields, tree);
        if (!fields.unknown().isEmpty()) {
            log.warn(
                    "Audit policy contains errors, falling back to lenient decoding: strict decoding error: {}",
                    String.join(", ", fields.unknown()));
        }
        List<Cause> causes = new PolicyChecks(tree).find();
        if (!causes.isEmpty()) {
            List<String> words = causes.stream()
                    .map(each -> each.field() + ": " + each.message())
                    .toList();
            throw new AuditConfigException(words.size() == 1 ? words.getFirst() : "[" + String.join(", ", words) + "]");
        }
        if (draft.rules.isEmpty()) {
            throw new AuditConfigException("loaded illegal policy with 0 rules");
        }
        return new AuditPolicy(
                draft.rules.stream().map(PolicyFile::rule).toList(), stages(draft.omitStages), draft.omitManagedFields);
    }

    private static void requireKind(JsonNode tree) {
        String version = tree.path("apiVersion").asString("");
        String kind = tree.path("kind").asString("");
        if (version.isEmpty() || kind.isEmpty()) {
            throw new AuditConfigException("unknown group version field %s, Kind=%s in policy"
                    .formatted(version.contains("/") ? version : "/" + version, kind));
        }
        if (!version.equals(VERSION) || !kind.equals("Policy")) {
            throw new AuditConfigException(
                    "failed decoding: no kind \"%s\" is registered for version \"%s\" in scheme \"%s\""
                            .formatted(kind, version, "k8s.io/apiserver/pkg/audit/scheme.go:30"));
        }
    }

    private record Draft(List<JsonNode> rules, List<String> omitStages, boolean omitManagedFields) {}

    /// Looks at every field once, so that what is unknown or of the wrong type comes up.
    private static Draft draft(PolicyFields fields, JsonNode tree) {
        fields.requireOnly(
                tree, "", Set.of("apiVersion", "kind", "metadata", "rules", "omitStages", "omitManagedFields"));
        List<JsonNode> rules = fields.objects(tree, "rules", "Policy.rules");
        for (int i = 0; i < rules.size(); i++) {
            rule(fields, rules.get(i), "rules[" + i + "].");
        }
        return new Draft(
                rules,
                fields.texts(tree, "omitStages", "Policy.omitStages"),
                fields.flag(tree, "omitManagedFields", "Policy.omitManagedFields")
                        .orElse(false));
    }

    private static void rule(PolicyFields fields, JsonNode rule, String path) {
        var lists = List.of("users", "userGroups", "verbs", "namespaces", "nonResourceURLs", "omitStages");
        var known = new ArrayList<>(lists);
        known.addAll(List.of("level", "resources", "omitManagedFields"));
        fields.requireOnly(rule, path, Set.copyOf(known));
        fields.text(rule, "level", "PolicyRule.rules.level");
        lists.forEach(list -> fields.texts(rule, list, "PolicyRule.rules." + list));
        fields.flag(rule, "omitManagedFields", "PolicyRule.rules.omitManagedFields");
        List<JsonNode> resources = fields.objects(rule, "resources", "PolicyRule.rules.resources");
        for (int i = 0; i < resources.size(); i++) {
            JsonNode each = resources.get(i);
            fields.requireOnly(each, path + "resources[" + i + "].", Set.of("group", "resources", "resourceNames"));
            fields.text(each, "group", "GroupResources.rules.resources.group");
            fields.texts(each, "resources", "GroupResources.rules.resources.resources");
            fields.texts(each, "resourceNames", "GroupResources.rules.resources.resourceNames");
        }
    }

    private static PolicyRule rule(JsonNode rule) {
        return new PolicyRule(
                AuditLevel.of(rule.path("level").asString("")).orElseThrow(),
                PolicyFields.list(rule, "users"),
                PolicyFields.list(rule, "userGroups"),
                PolicyFields.list(rule, "verbs"),
                rule.path("resources")
                        .valueStream()
                        .map(each -> new PolicyRule.Resources(
                                each.path("group").asString(""),
                                PolicyFields.list(each, "resources"),
                                PolicyFields.list(each, "resourceNames")))
                        .toList(),
                PolicyFields.list(rule, "namespaces"),
                PolicyFields.list(rule, "nonResourceURLs"),
                stages(PolicyFields.list(rule, "omitStages")),
                rule.path("omitManagedFields").isBoolean()
                        ? Optional.of(rule.path("omitManagedFields").booleanValue())
                        : Optional.empty());
    }

    private static Set<AuditStage> stages(List<String> names) {
        var stages = EnumSet.noneOf(AuditStage.class);
        names.forEach(name -> stages.add(AuditStage.of(name).orElseThrow()));
        return stages;
    }
}
