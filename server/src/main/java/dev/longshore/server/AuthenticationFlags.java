package dev.longshore.server;

import dev.longshore.base.GoDurations;
import dev.longshore.cli.CommandFailure;
import dev.longshore.kinds.authentication.oidc.JwtAuthenticators;
import dev.longshore.server.config.IdentityOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The flags of `up` about who asks, under kube-apiserver's names (docs/authentication.md).
final class AuthenticationFlags {

    @Option(
            names = "--client-ca-file",
            paramLabel = "FILE",
            description =
                    "further authorities, in PEM, that vouch for clients' certificates; read again when it changes")
    private Path clientCa;

    @Option(
            names = "--token-auth-file",
            paramLabel = "FILE",
            description = "tokens, one a line: TOKEN,USER,UID,\"GROUP,…\"")
    private Path tokenFile;

    @Option(
            names = "--authentication-config",
            paramLabel = "FILE",
            description = "an AuthenticationConfiguration (apiserver.config.k8s.io/v1): issuers whose tokens count, and"
                    + " who comes in without credentials; read again when it changes")
    private Path configuration;

    @Option(
            names = "--anonymous-auth",
            paramLabel = "BOOL",
            arity = "1",
            description = "whether requests without credentials are those of system:anonymous, who may read health and"
                    + " version unless roles say more (default: true)")
    private Boolean anonymous;

    @Option(
            names = "--authentication-token-webhook-config-file",
            paramLabel = "FILE",
            description = "a kubeconfig of somebody who is asked by TokenReview whose tokens are")
    private Path webhook;

    @Option(
            names = "--authentication-token-webhook-version",
            paramLabel = "VERSION",
            defaultValue = "v1beta1",
            description = "the version of TokenReview that is spoken there: v1 or v1beta1 (default: v1beta1)")
    private String webhookVersion;

    @Option(
            names = "--authentication-token-webhook-cache-ttl",
            paramLabel = "DURATION",
            defaultValue = "2m",
            description = "how long its answers are remembered (default: 2m)")
    private String webhookMemory;

    @Option(
            names = "--cluster-signing-duration",
            paramLabel = "DURATION",
            defaultValue = "8760h",
            description = "how long certificates live at most that are asked for by CertificateSigningRequests, as"
                    + " kube-controller-manager's flag (default: 8760h)")
    private String signing;

    @Mixin
    private TokenFlags tokens;

    @Mixin
    private OidcFlags oidc;

    @Mixin
    private ProxyFlags proxy;

    /// What they say.
    ///
    /// @throws CommandFailure when it makes no sense
    IdentityOptions options() {
        return new IdentityOptions(
                Optional.ofNullable(clientCa),
                proxy.options(),
                Optional.ofNullable(tokenFile),
                tokens.options(),
                Optional.ofNullable(configuration),
                oidc.options(),
                Optional.ofNullable(webhook)
                        .map(file -> new IdentityOptions.Webhook(
                                file,
                                webhookVersion,
                                duration("--authentication-token-webhook-cache-ttl", webhookMemory))),
                Optional.ofNullable(anonymous),
                signing());
    }

    private Duration signing() {
        Duration most = duration("--cluster-signing-duration", signing);
        if (most.isZero()) {
            throw new CommandFailure("--cluster-signing-duration: certificates that live for " + signing);
        }
        return most;
    }

    private static Duration duration(String flag, String text) {
        try {
            Duration duration = GoDurations.parse(text);
            if (duration.isNegative()) {
                throw new CommandFailure(flag + ": it cannot be negative: " + text);
            }
            return duration;
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure(flag + ": " + wrong.getMessage(), wrong);
        }
    }

    private static List<String> list(List<String> given) {
        var all = new ArrayList<String>();
        if (given != null) {
            given.forEach(each -> all.addAll(List.of(each.split("[,\n]"))));
        }
        return all.stream().map(String::strip).filter(each -> !each.isEmpty()).toList();
    }

    /// How ServiceAccount tokens are made.
    static final class TokenFlags {

        @Option(
                names = "--service-account-signing-key-file",
                paramLabel = "FILE",
                description = "the private key, in PEM, that signs ServiceAccount tokens, instead of the cluster's own")
        private Path signingKey;

        @Option(
                names = "--service-account-key-file",
                paramLabel = "FILE",
                split = "\n",
                description = "keys, in PEM, that verify ServiceAccount tokens beside the one that signs; may be given"
                        + " several times")
        private List<Path> keys;

        @Option(
                names = "--service-account-issuer",
                paramLabel = "URL",
                split = "\n",
                description = "who issues ServiceAccount tokens; may be given several times: the first is that of new"
                        + " tokens, all count")
        private List<String> issuers;

        @Option(
                names = "--api-audiences",
                paramLabel = "NAME,…",
                split = "\n",
                description = "whom ServiceAccount tokens are for when they say nothing else (default: their issuers)")
        private List<String> audiences;

        @Option(
                names = "--service-account-jwks-uri",
                paramLabel = "URL",
                defaultValue = "",
                description = "where discovery says that the keys are (default: at this API server)")
        private String keysUrl;

        @Option(
                names = "--service-account-max-token-expiration",
                paramLabel = "DURATION",
                defaultValue = "0",
                description = "how long a ServiceAccount token may live at most (default: as long as is asked for)")
        private String longest;

        @Option(
                names = "--service-account-extend-token-expiration",
                paramLabel = "BOOL",
                arity = "1",
                defaultValue = "true",
                description = "whether tokens of pods live for a year, for programs that read them only once"
                        + " (default: true)")
        private boolean isExtended;

        IdentityOptions.Tokens options() {
            List<String> issuing = issuers == null ? List.of() : issuers;
            var seen = new HashSet<String>();
            for (String issuer : issuing) {
                if (issuer.isEmpty()) {
                    throw new CommandFailure("service-account-issuer should not be an empty string");
                }
                if (!seen.add(issuer)) {
                    throw new CommandFailure("service-account-issuer \"" + issuer + "\" is already specified");
                }
            }
            if (!keysUrl.isEmpty() && !keysUrl.startsWith("https://")) {
                throw new CommandFailure("service-account-jwks-uri requires https scheme, parsed as: " + keysUrl);
            }
            Duration most = duration("--service-account-max-token-expiration", longest);
            if (most.isPositive() && (most.compareTo(Duration.ofHours(1)) < 0 || most.toSeconds() > 1L << 32)) {
                throw new CommandFailure(
                        "the service-account-max-token-expiration must be between 1 hour and 2^32" + " seconds");
            }
            return new IdentityOptions.Tokens(
                    Optional.ofNullable(signingKey),
                    keys == null ? List.of() : keys,
                    issuing,
                    list(audiences),
                    keysUrl,
                    most,
                    isExtended);
        }
    }

    /// One issuer outside.
    static final class OidcFlags {

        @Option(
                names = "--oidc-issuer-url",
                paramLabel = "URL",
                defaultValue = "",
                description = "an OpenID issuer whose tokens count")
        private String issuerUrl;

        @Option(
                names = "--oidc-client-id",
                paramLabel = "ID",
                defaultValue = "",
                description = "whom its tokens must be for")
        private String clientId;

        @Option(
                names = "--oidc-ca-file",
                paramLabel = "FILE",
                description = "who vouches for it, in PEM (default: whomever Java believes)")
        private Path ca;

        @Option(
                names = "--oidc-username-claim",
                paramLabel = "CLAIM",
                defaultValue = "sub",
                description = "the claim that is the user's name (default: sub)")
        private String usernameClaim;

        @Option(
                names = "--oidc-username-prefix",
                paramLabel = "PREFIX",
                defaultValue = "",
                description = "what stands before the name (default: the issuer's URL and #, but before email nothing);"
                        + " - for nothing")
        private String usernamePrefix;

        @Option(
                names = "--oidc-groups-claim",
                paramLabel = "CLAIM",
                defaultValue = "",
                description = "the claim with the user's groups")
        private String groupsClaim;

        @Option(
                names = "--oidc-groups-prefix",
                paramLabel = "PREFIX",
                defaultValue = "",
                description = "what stands before each group")
        private String groupsPrefix;

        @Option(
                names = "--oidc-signing-algs",
                paramLabel = "NAME,…",
                split = "\n",
                description = "by what its tokens may be signed, of RS256, RS384, RS512, ES256, ES384, ES512, PS256,"
                        + " PS384, PS512 (default: RS256)")
        private List<String> algorithms;

        @Option(
                names = "--oidc-required-claim",
                paramLabel = "CLAIM=VALUE",
                split = "\n",
                description = "a claim that tokens must have; may be given several times")
        private List<String> requiredClaims;

        Optional<IdentityOptions.Oidc> options() {
            if (issuerUrl.isEmpty() != clientId.isEmpty()) {
                throw new CommandFailure("oidc-issuer-url and oidc-client-id must be specified together when any"
                        + " oidc-* flags are set");
            }
            if (issuerUrl.isEmpty()) {
                boolean isAlone = ca != null || !groupsClaim.isEmpty() || requiredClaims != null || algorithms != null;
                if (isAlone) {
                    throw new CommandFailure("oidc-issuer-url and oidc-client-id must be specified together when any"
                            + " oidc-* flags are set");
                }
                return Optional.empty();
            }
            List<String> named = algorithms == null ? List.of("RS256") : list(algorithms);
            for (String name : named) {
                if (!JwtAuthenticators.ALGORITHMS.contains(name)) {
                    throw new CommandFailure("--oidc-signing-algs: oidc: unsupported signing alg: \"" + name
                            + "\"; there are " + new TreeSet<>(JwtAuthenticators.ALGORITHMS));
                }
            }
            return Optional.of(new IdentityOptions.Oidc(
                    issuerUrl,
                    clientId,
                    Optional.ofNullable(ca),
                    usernameClaim,
                    usernamePrefix,
                    groupsClaim,
                    groupsPrefix,
                    named,
                    required()));
        }

        private Map<String, String> required() {
            var claims = new LinkedHashMap<String, String>();
            for (String claim : requiredClaims == null ? List.<String>of() : requiredClaims) {
                int equal = claim.indexOf('=');
                if (equal < 1) {
                    throw new CommandFailure("--oidc-required-claim: \"" + claim + "\" is not CLAIM=VALUE");
                }
                claims.put(
                        claim.substring(0, equal).strip(),
                        claim.substring(equal + 1).strip());
            }
            return claims;
        }
    }

    /// An authenticating proxy.
    static final class ProxyFlags {

        @Option(
                names = "--requestheader-client-ca-file",
                paramLabel = "FILE",
                description =
                        "who vouches, in PEM, for an authenticating proxy that says in headers who asks; read again"
                                + " when it changes")
        private Path clientCa;

        @Option(
                names = "--requestheader-allowed-names",
                paramLabel = "NAME,…",
                split = "\n",
                description = "common names that its certificate may have (default: any)")
        private List<String> names;

        @Option(
                names = "--requestheader-username-headers",
                paramLabel = "NAME,…",
                split = "\n",
                description = "headers with the user's name, as X-Remote-User")
        private List<String> users;

        @Option(
                names = "--requestheader-uid-headers",
                paramLabel = "NAME,…",
                split = "\n",
                description = "headers with the user's UID, as X-Remote-Uid")
        private List<String> uids;

        @Option(
                names = "--requestheader-group-headers",
                paramLabel = "NAME,…",
                split = "\n",
                description = "headers with groups, as X-Remote-Group")
        private List<String> groups;

        @Option(
                names = "--requestheader-extra-headers-prefix",
                paramLabel = "PREFIX,…",
                split = "\n",
                description = "what headers with further facts begin with, as X-Remote-Extra-")
        private List<String> extras;

        Optional<IdentityOptions.Proxy> options() {
            boolean isAlone = names != null || users != null || uids != null || groups != null || extras != null;
            if (clientCa == null) {
                if (isAlone) {
                    throw new CommandFailure("--requestheader-… flags go with --requestheader-client-ca-file");
                }
                return Optional.empty();
            }
            if (list(users).isEmpty()) {
                throw new CommandFailure("--requestheader-client-ca-file goes with --requestheader-username-headers");
            }
            return Optional.of(new IdentityOptions.Proxy(
                    clientCa, list(names), list(users), list(uids), list(groups), list(extras)));
        }
    }
}
