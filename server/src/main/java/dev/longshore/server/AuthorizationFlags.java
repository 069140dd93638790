package dev.longshore.server;

import dev.longshore.base.GoDurations;
import dev.longshore.cli.CommandFailure;
import dev.longshore.kinds.authorization.config.AuthorizationChoice;
import dev.longshore.kinds.authorization.config.AuthorizationConfiguration.HookFlags;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/// The flags of `up` that choose who decides who may do what, under kube-apiserver's names.
final class AuthorizationFlags {

    private static final Pattern SEPARATOR = Pattern.compile("[,\n]");

    @Option(
            names = "--authorization-mode",
            paramLabel = "MODE,…",
            description = "who is asked, in this order: AlwaysAllow, AlwaysDeny, ABAC, Webhook, RBAC, Node (default:"
                    + " Node,RBAC; docs/authorization.md)")
    private String modes;

    @Option(
            names = "--authorization-config",
            paramLabel = "FILE",
            description = "an AuthorizationConfiguration instead of the other flags of authorization; it is read again"
                    + " when it changes")
    private Path config;

    @Option(
            names = "--authorization-policy-file",
            paramLabel = "FILE",
            description = "the policies of the mode ABAC, one in JSON a line")
    private Path policyFile;

    @Option(
            names = "--authorization-webhook-config-file",
            paramLabel = "FILE",
            description = "a kubeconfig of the back end that the mode Webhook asks")
    private Path webhook;

    @Option(
            names = "--authorization-webhook-version",
            paramLabel = "VERSION",
            description = "of the SubjectAccessReviews that it is sent, v1 or v1beta1 (default: v1beta1)")
    private String version;

    @Option(
            names = "--authorization-webhook-cache-authorized-ttl",
            paramLabel = "DURATION",
            description = "how long it is not asked again after a yes (default: 5m)")
    private String authorizedLife;

    @Option(
            names = "--authorization-webhook-cache-unauthorized-ttl",
            paramLabel = "DURATION",
            description = "how long after anything else (default: 30s)")
    private String unauthorizedLife;

    /// What they say.
    ///
    /// @throws CommandFailure when it makes no sense
    AuthorizationChoice choice() {
        boolean hasOld = Stream.of(modes, webhook, version, authorizedLife, unauthorizedLife)
                .anyMatch(Objects::nonNull);
        try {
            if (config != null) {
                if (hasOld) {
                    throw new CommandFailure("--authorization-config can not be specified when --authorization-mode or"
                            + " --authorization-webhook-* flags are defined");
                }
                return AuthorizationChoice.ofFile(config.toAbsolutePath(), path(policyFile));
            }
            if (!hasOld && policyFile == null) {
                return AuthorizationChoice.USUAL;
            }
            var hook = new HookFlags(
                    path(webhook),
                    version == null ? HookFlags.NONE.version() : version,
                    span(
                            "--authorization-webhook-cache-authorized-ttl",
                            authorizedLife,
                            HookFlags.NONE.authorizedLife()),
                    span(
                            "--authorization-webhook-cache-unauthorized-ttl",
                            unauthorizedLife,
                            HookFlags.NONE.unauthorizedLife()));
            return AuthorizationChoice.ofFlags(modes(), path(policyFile), hook);
        } catch (IllegalArgumentException wrong) {
            String flag = config == null ? "" : "--authorization-config: ";
            throw new CommandFailure(flag + wrong.getMessage(), wrong);
        }
    }

    private List<String> modes() {
        return modes == null
                ? List.of("Node", "RBAC")
                : SEPARATOR
                        .splitAsStream(modes)
                        .map(String::strip)
                        .filter(mode -> !mode.isEmpty())
                        .toList();
    }

    private static String path(Path file) {
        return file == null ? "" : file.toAbsolutePath().toString();
    }

    private static Duration span(String flag, String text, Duration usual) {
        try {
            return text == null ? usual : GoDurations.parse(text);
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure(flag + ": " + wrong.getMessage(), wrong);
        }
    }
}
