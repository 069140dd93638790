package dev.longshore.kinds.authorization.config;

import dev.longshore.kinds.authorization.webhook.MatchConditions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Who is asked who may do what, in their order.
public record AuthorizationConfiguration(List<Entry> authorizers) {

    /// What is asked without any configuration: nodes are known, and roles.
    public static final AuthorizationConfiguration USUAL = ofModes(List.of(Mode.NODE, Mode.RBAC));

    private static final Duration LONGEST_CALL = Duration.ofSeconds(30);

    public AuthorizationConfiguration {
        authorizers = List.copyOf(authorizers);
    }

    /// The ways to decide, under Kubernetes' names.
    public enum Mode {
        ABAC("ABAC"),
        ALWAYS_ALLOW("AlwaysAllow"),
        ALWAYS_DENY("AlwaysDeny"),
        NODE("Node"),
        RBAC("RBAC"),
        WEBHOOK("Webhook");

        private final String text;

        Mode(String text) {
            this.text = text;
        }

        /// As it is written.
        public String text() {
            return text;
        }

        /// The mode that is written so.
        public static Optional<Mode> find(String text) {
            return List.of(values()).stream()
                    .filter(mode -> mode.text.equals(text))
                    .findFirst();
        }
    }

    /// One who is asked.
    ///
    /// @param hook of the mode WEBHOOK only
    public record Entry(Mode mode, String name, Optional<Hook> hook) {}

    /// A back end.
    ///
    /// @param kubeconfig where it is; empty for this cluster's own API, which only makes sense for others' servers
    /// @param version of the reviews that it is sent
    public record Hook(
            Duration authorizedLife,
            Duration unauthorizedLife,
            Duration timeout,
            String version,
            boolean deniesOnError,
            String kubeconfig,
            MatchConditions conditions) {}

    /// What the flags of old say of a back end.
    public record HookFlags(String kubeconfig, String version, Duration authorizedLife, Duration unauthorizedLife) {

        /// As without flags.
        public static final HookFlags NONE =
                new HookFlags("", "v1beta1", Duration.ofMinutes(5), Duration.ofSeconds(30));
    }

    private static AuthorizationConfiguration ofModes(List<Mode> modes) {
        return new AuthorizationConfiguration(modes.stream()
                .map(mode -> new Entry(mode, mode.text.toLowerCase(Locale.ROOT), Optional.empty()))
                .toList());
    }

    /// As `--authorization-mode` and its companions say it.
    ///
    /// @param policyFile of the mode ABAC, or empty
    /// @throws IllegalArgumentException when they do not fit together
    public static AuthorizationConfiguration ofFlags(List<String> modes, String policyFile, HookFlags hook) {
        if (modes.isEmpty()) {
            throw new IllegalArgumentException("at least one authorization-mode must be passed");
        }
        var entries = new ArrayList<Entry>();
        for (String text : modes) {
            Mode mode = Mode.find(text)
                    .orElseThrow(() ->
                            new IllegalArgumentException("authorization-mode \"" + text + "\" is not a valid mode"));
            if (mode == Mode.ABAC && policyFile.isEmpty()) {
                throw new IllegalArgumentException("authorization-mode ABAC's authorization policy file not passed");
            }
            if (mode == Mode.WEBHOOK && hook.kubeconfig.isEmpty()) {
                throw new IllegalArgumentException("authorization-mode Webhook's authorization config file not passed");
            }
            entries.add(
                    mode == Mode.WEBHOOK
                            ? new Entry(mode, "default", Optional.of(hook(hook)))
                            : new Entry(mode, text.toLowerCase(Locale.ROOT), Optional.empty()));
        }
        Set<String> different = new HashSet<>(modes);
        if (!policyFile.isEmpty() && !different.contains(Mode.ABAC.text)) {
            throw new IllegalArgumentException("cannot specify --authorization-policy-file without mode ABAC");
        }
        if (!hook.kubeconfig.isEmpty() && !different.contains(Mode.WEBHOOK.text)) {
            throw new IllegalArgumentException(
                    "cannot specify --authorization-webhook-config-file without mode Webhook");
        }
        if (different.size() < modes.size()) {
            throw new IllegalArgumentException("authorization-mode " + modes + " has mode specified more than once");
        }
        return new AuthorizationConfiguration(entries);
    }

    private static Hook hook(HookFlags flags) {
        if (!List.of("v1", "v1beta1").contains(flags.version)) {
            throw new IllegalArgumentException("unsupported webhook authorizer version \"" + flags.version
                    + "\", supported versions are \"v1\", \"v1beta1\"");
        }
        return new Hook(
                flags.authorizedLife,
                flags.unauthorizedLife,
                LONGEST_CALL,
                flags.version,
                false,
                flags.kubeconfig,
                MatchConditions.NONE);
    }

    /// The modes in it, each once.
    public Set<Mode> modes() {
        var modes = new HashSet<Mode>();
        authorizers.forEach(entry -> modes.add(entry.mode));
        return modes;
    }
}
