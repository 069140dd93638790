package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Tightened;
import dev.longshore.kinds.kit.Trees;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a container's own restart policy and resize policy must be like, and the signal that ends it.
record RestartChecks(Checks checks, PodScope scope) {

    private static final int MAX_RULES = 20;
    private static final int MAX_CODES = 255;
    private static final List<String> POLICIES = List.of("Always", "Never", "OnFailure");
    private static final List<String> ACTIONS = List.of("Restart", "RestartAllContainers");
    private static final Set<String> WINDOWS_SIGNALS = Set.of("SIGKILL", "SIGTERM");
    private static final Set<String> LINUX_SIGNALS = linuxSignals();

    /// Checks `restartPolicy` and `restartPolicyRules`. The rules of an initial container are only looked at
    /// where there is a policy.
    void restart(String path, ObjectNode container, boolean isInitial) {
        JsonNode rules = container.path("restartPolicyRules");
        if (Trees.has(container, "restartPolicy")) {
            checks.only(path + ".restartPolicy", Trees.text(container, "restartPolicy"), POLICIES);
        } else if (!rules.isEmpty()) {
            checks.required(path + ".restartPolicy", "must specify restartPolicy when restart rules are used");
            if (isInitial) {
                return;
            }
        }
        checks.tooMany(path + ".restartPolicyRules", rules.size(), MAX_RULES);
        Trees.each(container, path, "restartPolicyRules", this::rule);
    }

    private void rule(String at, ObjectNode rule) {
        checks.only(at + ".action", Trees.text(rule, "action"), ACTIONS);
        if (!(rule.get("exitCodes") instanceof ObjectNode codes)) {
            checks.required(at + ".exitCodes", "must be specified");
            return;
        }
        checks.only(at + ".exitCodes.operator", Trees.text(codes, "operator"), List.of("In", "NotIn"));
        checks.tooMany(at + ".exitCodes.values", codes.path("values").size(), MAX_CODES);
    }

    /// Checks `resizePolicy`.
    void resize(String path, ObjectNode container) {
        String list = path + ".resizePolicy";
        var seen = new HashSet<String>();
        Trees.each(container, path, "resizePolicy", (at, policy) -> {
            String resource = Trees.text(policy, "resourceName");
            String restart = Trees.text(policy, "restartPolicy");
            if (!seen.add(resource)) {
                checks.duplicate(at, resource);
            }
            checks.requiredAnyOf(list, resource, "cpu", "memory");
            checks.requiredAnyOf(list, restart, "NotRequired", "RestartContainer");
            if (scope.restartPolicy().equals("Never") && !restart.equals("NotRequired")) {
                checks.invalid(list, restart, "must be 'NotRequired' when pod `restartPolicy` is 'Never'");
            }
        });
    }

    /// What runs to its end before the pod's work begins cannot be resized by being restarted.
    void resizeOfInitial(String path, ObjectNode container) {
        Trees.each(container, path, "resizePolicy", (at, policy) -> {
            String restart = Trees.text(policy, "restartPolicy");
            if (restart.equals("RestartContainer")) {
                checks.under(
                        Tightened.INITIAL_RESIZE,
                        () -> checks.invalid(
                                at + ".restartPolicy",
                                restart,
                                "must not be set to 'RestartContainer' for non-sidecar initContainers"));
            }
        });
    }

    /// Checks the signal by which a container is asked to end.
    void stopSignal(String path, ObjectNode lifecycle) {
        String signal = Trees.text(lifecycle, "stopSignal");
        String at = path + ".stopSignal";
        if (signal.isEmpty()) {
            return;
        }
        switch (scope.os()) {
            case "" -> checks.forbidden(at, "may not be set for containers with empty `spec.os.name`");
            case "windows" -> {
                if (!WINDOWS_SIGNALS.contains(signal)) {
                    checks.oneOf(at, signal, WINDOWS_SIGNALS.toArray(String[]::new));
                }
            }
            default -> {
                if (!LINUX_SIGNALS.contains(signal)) {
                    checks.oneOf(at, signal, LINUX_SIGNALS.toArray(String[]::new));
                }
            }
        }
    }

    private static Set<String> linuxSignals() {
        var signals = new HashSet<>(List.of(
                "SIGABRT",
                "SIGALRM",
                "SIGBUS",
                "SIGCHLD",
                "SIGCLD",
                "SIGCONT",
                "SIGFPE",
                "SIGHUP",
                "SIGILL",
                "SIGINT",
                "SIGIO",
                "SIGIOT",
                "SIGKILL",
                "SIGPIPE",
                "SIGPOLL",
                "SIGPROF",
                "SIGPWR",
                "SIGQUIT",
                "SIGSEGV",
                "SIGSTKFLT",
                "SIGSTOP",
                "SIGSYS",
                "SIGTERM",
                "SIGTRAP",
                "SIGTSTP",
                "SIGTTIN",
                "SIGTTOU",
                "SIGURG",
                "SIGUSR1",
                "SIGUSR2",
                "SIGVTALRM",
                "SIGWINCH",
                "SIGXCPU",
                "SIGXFSZ",
                "SIGRTMIN",
                "SIGRTMAX"));
        for (int i = 1; i <= 15; i++) {
            signals.add("SIGRTMIN+" + i);
        }
        for (int i = 1; i <= 14; i++) {
            signals.add("SIGRTMAX-" + i);
        }
        return Set.copyOf(signals);
    }
}
