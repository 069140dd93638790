package dev.longshore.kinds.podsecurity;

import static dev.longshore.kinds.kit.StrictConfiguration.Type.OBJECT;
import static dev.longshore.kinds.kit.StrictConfiguration.Type.TEXT;
import static dev.longshore.kinds.kit.StrictConfiguration.Type.TEXTS;
import static java.util.Map.entry;

import dev.longshore.kinds.kit.StrictConfiguration;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.podsecurity.controls.Level;
import dev.longshore.kinds.podsecurity.controls.LevelVersion;
import dev.longshore.kinds.podsecurity.controls.PolicyVersion;
import dev.longshore.model.Cause;
import dev.longshore.model.NameRule;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads a `PodSecurityConfiguration`.
final class ConfigurationReader {

    private static final String GROUP = "pod-security.admission.config.k8s.io/";
    private static final StrictConfiguration FORM = new StrictConfiguration(
            "PodSecurityConfiguration",
            List.of(GROUP + "v1", GROUP + "v1beta1", GROUP + "v1alpha1"),
            Map.ofEntries(
                    entry("defaults", OBJECT),
                    entry("defaults.enforce", TEXT),
                    entry("defaults.enforce-version", TEXT),
                    entry("defaults.audit", TEXT),
                    entry("defaults.audit-version", TEXT),
                    entry("defaults.warn", TEXT),
                    entry("defaults.warn-version", TEXT),
                    entry("exemptions", OBJECT),
                    entry("exemptions.usernames", TEXTS),
                    entry("exemptions.namespaces", TEXTS),
                    entry("exemptions.runtimeClasses", TEXTS)));

    private final ObjectNode tree;
    private final List<String> flaws = new ArrayList<>();

    private ConfigurationReader(ObjectNode tree) {
        this.tree = tree;
    }

    /// @throws IllegalArgumentException if it says what cannot be, with all that is wrong
    static PodSecurityConfiguration read(JsonNode tree) {
        return new ConfigurationReader(FORM.checked(tree)).read();
    }

    private PodSecurityConfiguration read() {
        var defaults = new Policy(mode("enforce"), mode("audit"), mode("warn"));
        refuse("PodSecurity configuration error: ");
        Set<String> namespaces = exempt("namespaces", NameRule.DNS_LABEL::check);
        Set<String> classes = exempt("runtimeClasses", NameRule.DNS_SUBDOMAIN::check);
        Set<String> users =
                exempt("usernames", name -> name.isEmpty() ? List.of("username must not be empty") : List.of());
        refuse("PodSecurity invalid: ");
        return new PodSecurityConfiguration(defaults, users, namespaces, classes);
    }

    private LevelVersion mode(String mode) {
        String level = text(mode, "privileged");
        String version = text(mode + "-version", "latest");
        return new LevelVersion(
                Level.of(level).orElseGet(() -> {
                    flaws.add(mode + ": " + PolicyLabels.WRONG_LEVEL);
                    return Level.RESTRICTED;
                }),
                PolicyVersion.of(version).orElseGet(() -> {
                    flaws.add(mode + "-version: " + PolicyLabels.WRONG_VERSION);
                    return PolicyVersion.LATEST;
                }));
    }

    private String text(String field, String otherwise) {
        String said = Trees.text(tree, "defaults", field);
        return said.isEmpty() ? otherwise : said;
    }

    private Set<String> exempt(String list, Function<String, List<String>> check) {
        var names = new LinkedHashSet<String>();
        List<String> said = Trees.strings(tree, "exemptions", list);
        for (int i = 0; i < said.size(); i++) {
            String path = "exemptions." + list + "[" + i + "]";
            String name = said.get(i);
            List<String> wrong = check.apply(name);
            if (!wrong.isEmpty()) {
                flaw(path, Cause.invalid(path, Cause.quote(name), String.join(", ", wrong)));
            } else if (!names.add(name)) {
                flaw(path, Cause.duplicate(path, Cause.quote(name)));
            }
        }
        return names;
    }

    private void flaw(String path, Cause cause) {
        flaws.add(path + ": " + cause.message());
    }

    private void refuse(String prefix) {
        if (!flaws.isEmpty()) {
            throw new IllegalArgumentException(
                    prefix + (flaws.size() == 1 ? flaws.getFirst() : "[" + String.join(", ", flaws) + "]"));
        }
    }
}
