package dev.longshore.kinds.authorization.config;

import dev.longshore.base.GoDurations;
import dev.longshore.kinds.authorization.config.AuthorizationConfiguration.Hook;
import dev.longshore.kinds.authorization.webhook.MatchConditions;
import dev.longshore.kinds.cel.Expression;
import dev.longshore.kinds.cel.ReviewExpression;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Reads what a configuration says of one back end.
///
/// @param path of its authorizer
record HookReader(Checks checks, String path, ObjectNode hook) {

    private static final Duration LONGEST_CALL = Duration.ofSeconds(30);
    private static final int MOST_CONDITIONS = 64;
    private static final String CONNECTION = ".connectionInfo";
    private static final String FILE = CONNECTION + ".kubeConfigFile";

    Hook read(Duration authorizedLife, Duration unauthorizedLife) {
        Duration timeout = timeout();
        String version = text("subjectAccessReviewVersion");
        requiredOf("subjectAccessReviewVersion", version, "v1", "v1beta1");
        String conditionVersion = text("matchConditionSubjectAccessReviewVersion");
        boolean hasConditions = !hook.path("matchConditions").isEmpty();
        if (!conditionVersion.isEmpty()) {
            requiredOf("matchConditionSubjectAccessReviewVersion", conditionVersion, "v1");
        } else if (hasConditions) {
            checks.required(
                    path + ".matchConditionSubjectAccessReviewVersion", "required if match conditions are specified");
        }
        String policy = text("failurePolicy");
        requiredOf("failurePolicy", policy, "NoOpinion", "Deny");
        return new Hook(
                authorizedLife,
                unauthorizedLife,
                timeout,
                version,
                policy.equals("Deny"),
                kubeconfig(),
                new MatchConditions(conditions()));
    }

    private String text(String... field) {
        return Trees.text(hook, field);
    }

    private void requiredOf(String field, String value, String... supported) {
        if (value.isEmpty()) {
            checks.required(path + "." + field);
        } else if (!List.of(supported).contains(value)) {
            checks.unsupported(path + "." + field, value, supported);
        }
    }

    private Duration timeout() {
        Duration timeout = AuthorizationFile.span(checks, path + ".timeout", text("timeout"));
        if (timeout.isZero()) {
            checks.required(path + ".timeout");
        } else if (timeout.isNegative() || timeout.compareTo(LONGEST_CALL) > 0) {
            checks.invalid(path + ".timeout", GoDurations.print(timeout), "must be > 0s and <= 30s");
        }
        return timeout;
    }

    private String kubeconfig() {
        String file = text("connectionInfo", "kubeConfigFile");
        switch (text("connectionInfo", "type")) {
            case "" -> checks.required(path + CONNECTION + ".type");
            case "InClusterConfig" -> {
                if (!file.isEmpty()) {
                    checks.invalid(path + FILE, file, "can only be set when type=KubeConfigFile");
                }
            }
            case "KubeConfigFile" -> checkFile(file);
            default ->
                checks.unsupported(
                        path + CONNECTION + ".type",
                        text("connectionInfo", "type"),
                        "InClusterConfig",
                        "KubeConfigFile");
        }
        return file;
    }

    private void checkFile(String file) {
        if (file.isEmpty()) {
            checks.required(path + FILE);
        } else if (!Path.of(file).isAbsolute()) {
            checks.invalid(path + FILE, file, "must be an absolute path");
        } else if (!Files.exists(Path.of(file))) {
            checks.invalid(path + FILE, file, "error loading file: stat " + file + ": no such file or directory");
        } else if (!Files.isRegularFile(Path.of(file))) {
            checks.invalid(path + FILE, file, "must be a regular file");
        }
    }

    private List<ReviewExpression> conditions() {
        List<ObjectNode> nodes = Trees.list(hook, "matchConditions");
        if (checks.tooMany(path + ".matchConditions", nodes.size(), MOST_CONDITIONS)) {
            return List.of();
        }
        var conditions = new ArrayList<ReviewExpression>();
        var seen = new HashSet<String>();
        for (int i = 0; i < nodes.size(); i++) {
            String at = path + ".matchConditions[" + i + "].expression";
            String text = Trees.text(nodes.get(i), "expression");
            if (text.isBlank()) {
                checks.required(at);
            } else if (!seen.add(text)) {
                checks.duplicate(at, text);
            } else {
                try {
                    conditions.add(ReviewExpression.compile(text));
                } catch (Expression.Malformed malformed) {
                    checks.invalid(at, text, malformed.getMessage());
                }
            }
        }
        return conditions;
    }
}
