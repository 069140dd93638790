package dev.longshore.kubelet.pods;

import dev.longshore.linux.Cgroups;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The cgroups above those of the pods: `kubepods` with all that pods may use together, below it `burstable`, whose
/// weight is what its pods request, and `besteffort`, which gets what others leave. Guaranteed pods are directly in
/// `kubepods`. Thread-safe.
final class CgroupTree {

    private static final Logger log = LoggerFactory.getLogger(CgroupTree.class);
    private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);

    private final Cgroups cgroups;
    private final String root;
    private final Map<String, Quantity> enforced;

    /// @param root as `longshore-ID`
    /// @param enforced what all pods together may use of `cpu`, `memory` and `pid`
    CgroupTree(Cgroups cgroups, String root, Map<String, Quantity> enforced) {
        this.cgroups = cgroups;
        this.root = root;
        this.enforced = Map.copyOf(enforced);
    }

    /// Brings the tree to what `pods` need.
    synchronized void update(Collection<Pod> pods) {
        try {
            BigDecimal burstable = pods.stream()
                    .filter(pod -> Qos.classOf(pod).equals("Burstable"))
                    .map(pod -> PodResources.request(pod, "cpu"))
                    .reduce(BigDecimal.ZERO, BigDecimal::add);
            cgroups.create(root + "/kubepods/burstable");
            cgroups.create(root + "/kubepods/besteffort");
            cgroups.limit(
                    root + "/kubepods",
                    new Cgroups.Limits(
                            OptionalLong.of(shares(PodResources.amount(enforced, "cpu"))),
                            OptionalLong.empty(),
                            OptionalLong.empty(),
                            positive("memory"),
                            positive("pid")));
            cgroups.limit(root + "/kubepods/burstable", weight(shares(burstable)));
            cgroups.limit(root + "/kubepods/besteffort", weight(shares(BigDecimal.ZERO)));
        } catch (UncheckedIOException refused) {
            // Pods run without it; only who gets how much under load is not as it should be.
            log.warn("the cgroups of the classes of pods are not as they should be: {}", refused.getMessage());
        }
    }

    private OptionalLong positive(String resource) {
        long amount = PodResources.amount(enforced, resource).longValue();
        return amount > 0 ? OptionalLong.of(amount) : OptionalLong.empty();
    }

    private static long shares(BigDecimal cpus) {
        return Qos.shares(OptionalLong.of(cpus.multiply(THOUSAND).longValue()));
    }

    private static Cgroups.Limits weight(long shares) {
        return new Cgroups.Limits(
                OptionalLong.of(shares),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty());
    }
}
