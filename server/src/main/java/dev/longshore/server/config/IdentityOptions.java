package dev.longshore.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How the API server finds out who asks, beyond what it always knows; under the names of kube-apiserver's flags.
///
/// @param clientCa further authorities that vouch for clients
/// @param proxy an authenticating proxy, if there is one
/// @param tokenFile tokens that stand in a file
/// @param tokens how ServiceAccount tokens are made
/// @param configuration an AuthenticationConfiguration
/// @param oidc one issuer by flags
/// @param webhook somebody who is asked whose tokens are
/// @param anonymous whether strangers are let in, if that was said
/// @param signing how long certificates live at most that are asked for by the API
public record IdentityOptions(
        Optional<Path> clientCa,
        Optional<Proxy> proxy,
        Optional<Path> tokenFile,
        Tokens tokens,
        Optional<Path> configuration,
        Optional<Oidc> oidc,
        Optional<Webhook> webhook,
        Optional<Boolean> anonymous,
        Duration signing) {

    /// As kube-controller-manager's `--cluster-signing-duration` without being told.
    public static final Duration USUAL_SIGNING = Duration.ofDays(365);

    /// As without flags.
    public static final IdentityOptions DEFAULT = new IdentityOptions(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Tokens.DEFAULT,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            USUAL_SIGNING);

    /// An authenticating proxy.
    ///
    /// @param clientCa who vouches for it
    /// @param names that its certificate may have; any if there are none
    public record Proxy(
            Path clientCa,
            List<String> names,
            List<String> users,
            List<String> uids,
            List<String> groups,
            List<String> extras) {
        public Proxy {
            names = List.copyOf(names);
            users = List.copyOf(users);
            uids = List.copyOf(uids);
            groups = List.copyOf(groups);
            extras = List.copyOf(extras);
        }
    }

    /// How ServiceAccount tokens are made.
    ///
    /// @param signingKey instead of the cluster's own
    /// @param keys what verifies, instead of the cluster's own
    /// @param issuers instead of the usual one
    /// @param audiences of the API server; its issuers if there are none
    /// @param keysUrl where the keys are said to be served; at the API server if empty
    /// @param longest how long a token may live; zero for as long as is asked for
    /// @param isExtended whether tokens of pods live longer than they say
    public record Tokens(
            Optional<Path> signingKey,
            List<Path> keys,
            List<String> issuers,
            List<String> audiences,
            String keysUrl,
            Duration longest,
            boolean isExtended) {

        /// As without flags.
        public static final Tokens DEFAULT =
                new Tokens(Optional.empty(), List.of(), List.of(), List.of(), "", Duration.ZERO, true);

        public Tokens {
            keys = List.copyOf(keys);
            issuers = List.copyOf(issuers);
            audiences = List.copyOf(audiences);
        }
    }

    /// One issuer by flags.
    ///
    /// @param usernamePrefix as the flag has it: empty for the usual one, `-` for none
    public record Oidc(
            String issuerUrl,
            String clientId,
            Optional<Path> ca,
            String usernameClaim,
            String usernamePrefix,
            String groupsClaim,
            String groupsPrefix,
            List<String> algorithms,
            Map<String, String> requiredClaims) {
        public Oidc {
            algorithms = List.copyOf(algorithms);
            requiredClaims = Map.copyOf(requiredClaims);
        }
    }

    /// Somebody who is asked whose tokens are.
    ///
    /// @param kubeconfig where, and as whom
    /// @param memory how long answers are remembered
    public record Webhook(Path kubeconfig, String version, Duration memory) {}
}
