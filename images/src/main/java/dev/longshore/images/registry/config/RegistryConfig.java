package dev.longshore.images.registry.config;

import dev.longshore.images.registry.RegistryLimits;
import dev.longshore.images.registry.access.AccessControl;
import dev.longshore.images.registry.access.AccessRules;
import dev.longshore.images.registry.bucket.BucketSettings;
import dev.longshore.images.registry.retention.RetentionRules;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the operator says of a registry, and of registries that are asked by this machine. See docs/operations.md.
///
/// @param listen an address besides loopback, always with TLS
/// @param auth who must show a password; without it, nobody gets in but from this machine
/// @param guardsLoopback whether this machine, too, must show passwords
/// @param sweepEvery how often rules are applied and what nothing needs is freed
/// @param upstreams registries that are served from here, fetched when asked for
/// @param fresh how long a fetched tag is served before it is compared again
/// @param mirrors to be asked before the registry that they mirror
/// @param insecure registries that speak plain HTTP
/// @param bucket where what others push to `listen` lies, instead of in this machine's store
public record RegistryConfig(
        Optional<Listen> listen,
        Optional<Auth> auth,
        boolean guardsLoopback,
        RegistryLimits limits,
        RetentionRules retention,
        Duration sweepEvery,
        Set<String> upstreams,
        Duration fresh,
        Map<String, List<URI>> mirrors,
        Set<String> insecure,
        Optional<BucketSettings> bucket) {

    /// As without a file.
    public static final RegistryConfig DEFAULT = new RegistryConfig(
            Optional.empty(),
            Optional.empty(),
            false,
            RegistryLimits.NONE,
            RetentionRules.NONE,
            Duration.ofHours(1),
            Set.of(),
            Duration.ofMinutes(1),
            Map.of(),
            Set.of(),
            Optional.empty());

    public RegistryConfig {
        // What nobody may delete does not go by itself either.
        retention = limits.isReadOnly() ? retention.told() : retention;
        upstreams = Set.copyOf(upstreams);
        mirrors = Map.copyOf(mirrors);
        insecure = Set.copyOf(insecure);
        if (listen.isPresent() && auth.isEmpty()) {
            throw new IllegalArgumentException("listen needs auth: say who may do what (anonymous pull is a rule)");
        }
        if (guardsLoopback && auth.isEmpty()) {
            throw new IllegalArgumentException("auth.loopback needs auth.htpasswd");
        }
        if (bucket.isPresent() && listen.isEmpty()) {
            throw new IllegalArgumentException("storage.s3 is for what others push: it needs listen");
        }
        if (sweepEvery.isNegative() || sweepEvery.isZero()) {
            throw new IllegalArgumentException("sweep-every must be longer than nothing");
        }
    }

    /// Where to listen.
    ///
    /// @param certificate and `key`: PEM files; without them the cluster's authority issues a certificate
    /// @param names that such a certificate is for, besides the machine's own
    /// @param publicUrl how clients reach this address, for tokens; else what they say themselves
    public record Listen(
            InetSocketAddress address,
            Optional<Path> certificate,
            Optional<Path> key,
            List<String> names,
            Optional<URI> publicUrl) {
        public Listen {
            names = List.copyOf(names);
            if (certificate.isPresent() != key.isPresent()) {
                throw new IllegalArgumentException("listen: certificate and key belong together");
            }
        }
    }

    /// Who is let in.
    public record Auth(Path htpasswd, AccessControl.Method method, String service, AccessRules rules) {}
}
