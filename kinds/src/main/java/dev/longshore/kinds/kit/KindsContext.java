package dev.longshore.kinds.kit;

import dev.longshore.base.Time;
import dev.longshore.model.Authenticator;
import dev.longshore.model.Authorizer;
import dev.longshore.model.Schemas;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// The facts about one cluster that its kinds need.
///
/// @param serviceRange where ClusterIPs come from, as `10.96.0.0/12`; two, with a comma between them, if services may
/// have addresses of both families
/// @param nodePorts where node ports come from
/// @param tokens how ServiceAccount tokens are made
/// @param authorizer for access reviews; asked when a review is, so that it may be built later
/// @param authenticator for token reviews, likewise
/// @param eventLife how long events are kept; zero is for good
/// @param roleChanges counts the writes of roles and bindings in this process
/// @param gates what is open that usually is closed
public record KindsContext(
        Time time,
        RandomGenerator random,
        Schemas schemas,
        String serviceRange,
        PortRange nodePorts,
        TokenIssuance tokens,
        Supplier<Authorizer> authorizer,
        Supplier<Authenticator> authenticator,
        Duration eventLife,
        Changes roleChanges,
        FeatureGates gates) {

    /// How long kube-apiserver keeps events unless told otherwise.
    public static final Duration EVENT_LIFE = Duration.ofHours(1);

    /// With a count of role changes of its own, and events that live as long as usual.
    public KindsContext(
            Time time,
            RandomGenerator random,
            Schemas schemas,
            String serviceRange,
            PortRange nodePorts,
            KeyPair tokenKeys,
            String issuer,
            List<String> audiences,
            Supplier<Authorizer> authorizer,
            Supplier<Authenticator> authenticator) {
        this(
                time,
                random,
                schemas,
                serviceRange,
                nodePorts,
                new TokenIssuance(TokenKeys.of(tokenKeys), List.of(issuer), audiences, Duration.ZERO, true),
                authorizer,
                authenticator,
                EVENT_LIFE,
                new Changes(),
                FeatureGates.USUAL);
    }

    /// The API server's own audiences.
    public List<String> audiences() {
        return tokens.audiences();
    }

    /// The one or two address blocks of [#serviceRange()].
    public List<String> serviceRanges() {
        return List.of(serviceRange.split(","));
    }

    @Override
    public String toString() {
        return "KindsContext[" + serviceRange + ", " + nodePorts + ", " + tokens.issuer() + "]";
    }

    /// Ports from `first` to `last`, both included.
    public record PortRange(int first, int last) {
        /// What Kubernetes uses.
        public static final PortRange DEFAULT = new PortRange(30000, 32767);

        public PortRange {
            if (first < 1 || last > 65535 || first > last) {
                throw new IllegalArgumentException("no port range: " + first + "-" + last);
            }
        }

        /// True if `port` is one of them.
        public boolean contains(long port) {
            return port >= first && port <= last;
        }
    }
}
