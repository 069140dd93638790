package dev.longshore.kubelet.node;

import dev.longshore.kubelet.cluster.EventRecorder;
import dev.longshore.kubelet.configuration.KubeletConfiguration;
import dev.longshore.linux.Cgroups;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Bounds the cgroups of the system and of Kubernetes' own processes to what is reserved for them, where
/// `enforceNodeAllocatable` says so (pkg/kubelet/cm/node_container_manager_linux.go of Kubernetes 1.36). The groups are
/// the owner's: they must be there. Where one is not, or the kernel refuses, an event of the node says so and the node
/// goes on without, while the original does not start.
public final class ReservedCgroups {

    private static final Logger log = LoggerFactory.getLogger(ReservedCgroups.class);
    private static final BigDecimal SHARES_OF_ONE_CPU = BigDecimal.valueOf(1024);
    private static final long LEAST_SHARES = 2;

    private final KubeletConfiguration configuration;
    private final Cgroups cgroups;
    private final EventRecorder events;

    /// As `configuration` says.
    public ReservedCgroups(KubeletConfiguration configuration, Cgroups cgroups, EventRecorder events) {
        this.configuration = configuration;
        this.cgroups = cgroups;
        this.events = events;
    }

    /// Whose reservation it is.
    private enum Owner {
        SYSTEM("system", "System"),
        KUBE("kube", "Kube");

        private final String word;
        private final String title;

        Owner(String word, String title) {
            this.word = word;
            this.title = title;
        }
    }

    /// Sets the limits, once.
    public void enforce() {
        List<String> wanted = configuration.texts("enforceNodeAllocatable");
        for (Owner owner : Owner.values()) {
            if (wanted.contains(owner.word + "-reserved")) {
                enforce(owner, "", all(reserved(owner)));
            }
        }
        for (Owner owner : Owner.values()) {
            if (wanted.contains(owner.word + "-reserved-compressible")) {
                enforce(owner, "Compressible ", weight(reserved(owner)));
            }
        }
    }

    private void enforce(Owner owner, String kind, Cgroups.Limits limits) {
        String name = configuration.text(owner.word + "ReservedCgroup");
        String group = name.replaceFirst("^/+", "");
        try {
            List<Path> missing = cgroups.missing(group);
            if (!missing.isEmpty()) {
                throw new UncheckedIOException(new java.io.IOException("cgroup [\"%s\"] has some missing paths: %s"
                        .formatted(
                                group.replace("/", "\" \""),
                                missing.stream().map(Path::toString).collect(Collectors.joining(", ")))));
            }
            cgroups.limit(group, limits);
            events.node(
                    "Normal",
                    "NodeAllocatableEnforced",
                    "Updated limits on %s reserved cgroup %s".formatted(owner.word, name));
        } catch (UncheckedIOException refused) {
            String why = "Failed to enforce %s Reserved %sCgroup Limits on \"%s\": %s"
                    .formatted(owner.title, kind, name, refused.getCause().getMessage());
            log.error("{}", why);
            events.node("Warning", "FailedNodeAllocatableEnforcement", why);
        }
    }

    private Map<String, String> reserved(Owner owner) {
        return configuration.map(owner.word + "Reserved");
    }

    private static Cgroups.Limits all(Map<String, String> reserved) {
        return new Cgroups.Limits(
                shares(reserved),
                OptionalLong.empty(),
                OptionalLong.empty(),
                amount(reserved, "memory"),
                amount(reserved, "pid"));
    }

    private static Cgroups.Limits weight(Map<String, String> reserved) {
        return new Cgroups.Limits(
                shares(reserved),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty());
    }

    private static OptionalLong shares(Map<String, String> reserved) {
        String cpu = reserved.get("cpu");
        return cpu == null
                ? OptionalLong.empty()
                : OptionalLong.of(Math.max(
                        LEAST_SHARES,
                        new Quantity(cpu)
                                .getNumericalAmount()
                                .multiply(SHARES_OF_ONE_CPU)
                                .longValue()));
    }

    private static OptionalLong amount(Map<String, String> reserved, String resource) {
        String amount = reserved.get(resource);
        return amount == null
                ? OptionalLong.empty()
                : OptionalLong.of(new Quantity(amount).getNumericalAmount().longValue());
    }
}
