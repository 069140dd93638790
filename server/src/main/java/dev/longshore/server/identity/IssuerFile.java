package dev.longshore.server.identity;

import dev.longshore.base.FollowedFiles;
import dev.longshore.base.Time;
import dev.longshore.kinds.authentication.oidc.AuthenticationConfiguration;
import dev.longshore.kinds.authentication.oidc.ConfigurationChecks;
import dev.longshore.kinds.authentication.oidc.ConfigurationFile;
import dev.longshore.kinds.authentication.oidc.JwtAuthenticators;
import dev.longshore.kinds.authentication.oidc.TrustedIssuer;
import dev.longshore.kinds.authentication.oidc.TrustedIssuer.ClaimRule;
import dev.longshore.kinds.authentication.oidc.TrustedIssuer.Mapping;
import dev.longshore.server.config.IdentityOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which issuers count: those of the file of `--authentication-config`, read again when it changes, or the one of the
/// flags `--oidc-…`. A file that makes no sense is logged, and what was before goes on.
final class IssuerFile implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(IssuerFile.class);
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private static final FollowedFiles.Content NOTHING = new FollowedFiles.Content(List.of());

    private final Optional<Path> file;
    private final AuthenticationConfiguration configuration;
    private final Set<String> algorithms;
    private final List<String> own;
    private final Time time;
    private final FollowedFiles.Content known;
    private Optional<FollowedFiles> followed = Optional.empty();

    private IssuerFile(
            Optional<Path> file,
            FollowedFiles.Content known,
            AuthenticationConfiguration configuration,
            Set<String> algorithms,
            List<String> own,
            Time time) {
        this.file = file;
        this.known = known;
        this.configuration = configuration;
        this.algorithms = algorithms;
        this.own = List.copyOf(own);
        this.time = time;
    }

    /// @param own the issuers of our own tokens
    /// @throws IOException when flags or file make no sense
    static IssuerFile of(IdentityOptions options, List<String> own, Time time) throws IOException {
        Optional<Path> file = options.configuration();
        if (file.isEmpty()) {
            AuthenticationConfiguration ofFlags = options.oidc().isPresent()
                    ? new AuthenticationConfiguration(
                            List.of(issuer(options.oidc().get())), Optional.empty())
                    : AuthenticationConfiguration.NONE;
            Set<String> algorithms =
                    options.oidc().map(oidc -> Set.copyOf(oidc.algorithms())).orElse(JwtAuthenticators.ALGORITHMS);
            return checked(new IssuerFile(file, NOTHING, ofFlags, algorithms, own, time), "--oidc-issuer-url");
        }
        if (options.oidc().isPresent()) {
            throw new IOException("authentication-config file and oidc-* flags are mutually exclusive");
        }
        FollowedFiles.Content known = FollowedFiles.read(List.of(file.get()));
        try {
            var read = ConfigurationFile.read(known.texts().getFirst());
            return checked(
                    new IssuerFile(file, known, read, JwtAuthenticators.ALGORITHMS, own, time),
                    "--authentication-config");
        } catch (IllegalArgumentException wrong) {
            throw new IOException(
                    "failed to load authentication configuration from file \"" + file.get() + "\": "
                            + wrong.getMessage(),
                    wrong);
        }
    }

    private static IssuerFile checked(IssuerFile made, String flag) throws IOException {
        try {
            ConfigurationChecks.require(made.configuration, made.own);
            return made;
        } catch (IllegalArgumentException wrong) {
            throw new IOException(flag + ": invalid authentication configuration: " + wrong.getMessage(), wrong);
        }
    }

    private static TrustedIssuer issuer(IdentityOptions.Oidc oidc) throws IOException {
        String prefix = oidc.usernamePrefix();
        if (prefix.equals("-")) {
            prefix = "";
        } else if (prefix.isEmpty() && !oidc.usernameClaim().equals("email")) {
            prefix = oidc.issuerUrl() + "#";
        }
        return new TrustedIssuer(
                oidc.issuerUrl(),
                "",
                oidc.ca().isPresent() ? Files.readString(oidc.ca().get()) : "",
                List.of(oidc.clientId()),
                "",
                "",
                new TreeMap<>(oidc.requiredClaims())
                        .entrySet().stream()
                                .map(claim -> new ClaimRule(claim.getKey(), claim.getValue(), "", ""))
                                .toList(),
                new Mapping(oidc.usernameClaim(), Optional.of(prefix), ""),
                oidc.groupsClaim().isEmpty()
                        ? Mapping.NONE
                        : new Mapping(oidc.groupsClaim(), Optional.of(oidc.groupsPrefix()), ""),
                Mapping.NONE,
                List.of(),
                List.of());
    }

    /// What holds at first.
    AuthenticationConfiguration configuration() {
        return configuration;
    }

    /// By which tokens may be signed.
    Set<String> algorithms() {
        return algorithms;
    }

    /// Has `jwt` go by the file whenever it changes.
    void follow(JwtAuthenticators jwt) {
        followed = file.map(path -> new FollowedFiles(List.of(path), known, LOOK, new Following(jwt), time));
        followed.ifPresent(FollowedFiles::start);
    }

    private final class Following implements FollowedFiles.Reader {
        private final JwtAuthenticators jwt;

        Following(JwtAuthenticators jwt) {
            this.jwt = jwt;
        }

        @Override
        public boolean changed(FollowedFiles.Content now) {
            try {
                AuthenticationConfiguration fresh =
                        ConfigurationFile.read(now.texts().getFirst());
                ConfigurationChecks.require(fresh, own);
                if (!fresh.anonymous().equals(configuration.anonymous())) {
                    throw new IllegalArgumentException("anonymous: Forbidden: changed from initial configuration file");
                }
                return isReplaced(fresh);
            } catch (IllegalArgumentException wrong) {
                log.error("failed to validate authentication config: {}", wrong.getMessage());
                return true;
            }
        }

        /// It makes sense, so an issuer that does not answer now may later: until then it is tried again.
        private boolean isReplaced(AuthenticationConfiguration fresh) {
            try {
                jwt.replace(fresh, LIMIT);
                log.info("reloaded authentication config");
                return true;
            } catch (IllegalArgumentException unhealthy) {
                log.error("failed to update authentication config: {}", unhealthy.getMessage());
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            return false;
        }

        @Override
        public void unreadable(IOException why) {
            log.error("failed to read authentication config file: {}", why.toString());
        }
    }

    @Override
    public void close() {
        followed.ifPresent(FollowedFiles::close);
    }
}
