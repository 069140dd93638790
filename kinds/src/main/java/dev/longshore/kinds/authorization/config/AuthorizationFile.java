package dev.longshore.kinds.authorization.config;

import dev.longshore.base.GoDurations;
import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import dev.longshore.kinds.authorization.config.AuthorizationConfiguration.Entry;
import dev.longshore.kinds.authorization.config.AuthorizationConfiguration.Hook;
import dev.longshore.kinds.authorization.config.AuthorizationConfiguration.Mode;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.StrictConfiguration;
import dev.longshore.kinds.kit.StrictConfiguration.Type;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Cause;
import dev.longshore.model.NameRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// Reads an AuthorizationConfiguration, which is refused as a whole if anything in it is wrong.
public final class AuthorizationFile {

    private static final String GROUP = "apiserver.config.k8s.io/";
    private static final StrictConfiguration FORM = new StrictConfiguration(
            "AuthorizationConfiguration", List.of(GROUP + "v1", GROUP + "v1beta1", GROUP + "v1alpha1"), fields());
    private static final Duration AUTHORIZED_LIFE = Duration.ofMinutes(5);
    private static final Duration UNAUTHORIZED_LIFE = Duration.ofSeconds(30);

    private AuthorizationFile() {}

    private static Map<String, Type> fields() {
        var fields = new HashMap<String, Type>();
        fields.put("authorizers", Type.OBJECTS);
        fields.put("authorizers.type", Type.TEXT);
        fields.put("authorizers.name", Type.TEXT);
        String hook = "authorizers.webhook";
        fields.put(hook, Type.OBJECT);
        for (String text : List.of(
                "authorizedTTL",
                "unauthorizedTTL",
                "timeout",
                "subjectAccessReviewVersion",
                "matchConditionSubjectAccessReviewVersion",
                "failurePolicy",
                "connectionInfo.type",
                "connectionInfo.kubeConfigFile",
                "matchConditions.expression")) {
            fields.put(hook + "." + text, Type.TEXT);
        }
        fields.put(hook + ".cacheAuthorizedRequests", Type.FLAG);
        fields.put(hook + ".cacheUnauthorizedRequests", Type.FLAG);
        fields.put(hook + ".connectionInfo", Type.OBJECT);
        fields.put(hook + ".matchConditions", Type.OBJECTS);
        return fields;
    }

    /// What `text` says.
    ///
    /// @param required what it must not do without, since the server began with it
    /// @throws IllegalArgumentException with all that is wrong
    public static AuthorizationConfiguration read(String text, Set<Mode> required) {
        ObjectNode file;
        try {
            file = FORM.checked(Yaml.parse(text));
        } catch (Json.MalformedException | IllegalArgumentException wrong) {
            throw new IllegalArgumentException(
                    "failed to load AuthorizationConfiguration from file: " + wrong.getMessage(), wrong);
        }
        var checks = new Checks();
        List<Entry> entries = entries(checks, file);
        refuse(checks.causes().stream().map(AuthorizationFile::shown).toList());
        var wrong = new ArrayList<String>();
        var missing = new TreeSet<>(required.stream().map(Mode::text).toList());
        for (Entry entry : entries) {
            String expected = entry.mode().text().toLowerCase(Locale.ROOT);
            if (entry.mode() != Mode.WEBHOOK && !entry.name().equals(expected)) {
                wrong.add("expected name " + expected + " for authorizer "
                        + entry.mode().text() + " instead of " + entry.name());
            }
            missing.remove(entry.mode().text());
        }
        missing.remove(Mode.WEBHOOK.text());
        if (!missing.isEmpty()) {
            wrong.add("missing required types: [" + String.join(" ", missing) + "]");
        }
        refuse(wrong);
        return new AuthorizationConfiguration(entries);
    }

    private static String shown(Cause cause) {
        return cause.field() + ": " + cause.message();
    }

    private static void refuse(List<String> wrong) {
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(
                    wrong.size() == 1
                            ? wrong.getFirst()
                            : wrong.stream().distinct().collect(Collectors.joining(", ", "[", "]")));
        }
    }

    private static List<Entry> entries(Checks checks, ObjectNode file) {
        List<ObjectNode> nodes = Trees.list(file, "authorizers");
        if (nodes.isEmpty()) {
            checks.required("authorizers", "at least one authorization mode must be defined");
        }
        var entries = new ArrayList<Entry>();
        var modes = new HashSet<Mode>();
        var names = new HashSet<String>();
        for (int i = 0; i < nodes.size(); i++) {
            String path = "authorizers[" + i + "]";
            ObjectNode node = nodes.get(i);
            Optional<Mode> mode = mode(checks, path, Trees.text(node, "type"), modes);
            if (mode.isEmpty()) {
                continue;
            }
            String name = Trees.text(node, "name");
            checkName(checks, path + ".name", name, names);
            Optional<Hook> hook = hook(checks, path, node, mode.get());
            entries.add(new Entry(mode.get(), name, hook));
        }
        return entries;
    }

    private static Optional<Mode> mode(Checks checks, String path, String type, Set<Mode> seen) {
        if (type.isEmpty()) {
            checks.required(path + ".type");
            return Optional.empty();
        }
        Optional<Mode> mode = Mode.find(type);
        if (mode.isEmpty()) {
            checks.unsupported(
                    path + ".type",
                    type,
                    List.of(Mode.values()).stream().map(Mode::text).sorted().toArray(String[]::new));
            return Optional.empty();
        }
        if (!seen.add(mode.get()) && mode.get() != Mode.WEBHOOK) {
            checks.duplicate(path + ".type", type);
            return Optional.empty();
        }
        return mode;
    }

    private static void checkName(Checks checks, String path, String name, Set<String> seen) {
        if (name.isEmpty()) {
            checks.required(path);
        } else if (seen.contains(name)) {
            checks.duplicate(path, name);
        } else {
            List<String> wrong = NameRule.DNS_SUBDOMAIN.check(name);
            if (!wrong.isEmpty()) {
                checks.invalid(path, name, "authorizer name is invalid: " + String.join(", ", wrong));
            }
        }
        seen.add(name);
    }

    private static Optional<Hook> hook(Checks checks, String path, ObjectNode node, Mode mode) {
        boolean hasHook = Trees.has(node, "webhook");
        if (mode != Mode.WEBHOOK) {
            if (hasHook) {
                checks.invalid(path + ".webhook", "non-null", "may only be specified when type=Webhook");
            }
            return Optional.empty();
        }
        if (!hasHook) {
            checks.required(path + ".webhook", "required when type=Webhook");
            return Optional.empty();
        }
        ObjectNode hook = Trees.object(node, "webhook").orElseThrow();
        return Optional.of(new HookReader(checks, path, hook)
                .read(
                        life(checks, path, hook, "authorizedTTL", "cacheAuthorizedRequests", AUTHORIZED_LIFE),
                        life(checks, path, hook, "unauthorizedTTL", "cacheUnauthorizedRequests", UNAUTHORIZED_LIFE)));
    }

    private static Duration life(
            Checks checks, String path, ObjectNode hook, String field, String flag, Duration usual) {
        Duration life = span(checks, path + "." + field, Trees.text(hook, field));
        if (life.isNegative()) {
            checks.invalid(path + "." + field, GoDurations.print(life), "must be > 0s");
        }
        boolean isKept = !Trees.has(hook, flag) || Trees.flag(hook, flag);
        if (!isKept) {
            return Duration.ZERO;
        }
        return life.isZero() ? usual : life;
    }

    /// Zero if it says nothing.
    static Duration span(Checks checks, String path, String text) {
        try {
            return text.isEmpty() ? Duration.ZERO : GoDurations.parse(text);
        } catch (IllegalArgumentException wrong) {
            checks.invalid(path, text, wrong.getMessage());
            return Duration.ofSeconds(1);
        }
    }
}
