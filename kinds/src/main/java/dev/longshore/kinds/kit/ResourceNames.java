package dev.longshore.kinds.kit;

import dev.longshore.model.Quantity;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What can be asked for, limited and counted: which names there are, and how amounts of each behave.
public final class ResourceNames {

    private static final String HUGE_PAGES = "hugepages-";
    private static final String HUGE_REQUESTS = "requests.hugepages-";
    private static final Set<String> COMPUTE = Set.of("cpu", "memory", "ephemeral-storage");
    private static final Set<String> COUNTED = Set.of(
            "pods",
            "resourcequotas",
            "services",
            "replicationcontrollers",
            "secrets",
            "configmaps",
            "persistentvolumeclaims",
            "services.nodeports",
            "services.loadbalancers");
    private static final Set<String> SUMMED = Set.of(
            "requests.cpu",
            "requests.memory",
            "requests.ephemeral-storage",
            "requests.storage",
            "limits.cpu",
            "limits.memory",
            "limits.ephemeral-storage");

    private ResourceNames() {}

    /// True for names of pages larger than usual.
    public static boolean isHugePages(String name) {
        return name.startsWith(HUGE_PAGES);
    }

    /// True for names that containers may ask for without a prefix.
    public static boolean isOfContainers(String name) {
        return COMPUTE.contains(name) || isHugePages(name);
    }

    /// True for names that whole pods may ask for.
    public static boolean isOfPods(String name) {
        return name.equals("cpu") || name.equals("memory") || isHugePages(name);
    }

    /// True for names that a quota may count without a prefix.
    public static boolean isOfQuotas(String name) {
        return COMPUTE.contains(name)
                || COUNTED.contains(name)
                || SUMMED.contains(name)
                || isHugePages(name)
                || name.startsWith(HUGE_REQUESTS);
    }

    /// True for all names without a prefix that mean something.
    public static boolean isStandard(String name) {
        return isOfQuotas(name) || name.equals("storage");
    }

    /// True for names of Kubernetes' own.
    public static boolean isNative(String name) {
        return !name.contains("/") || name.contains("kubernetes.io/");
    }

    /// True for names of devices and other things that nodes' owners add.
    public static boolean isExtended(String name) {
        return !isNative(name)
                && !name.startsWith("requests.")
                && Selectors.keyFaults("requests." + name).isEmpty();
    }

    /// True for what comes in whole pieces only.
    public static boolean isInteger(String name) {
        return COUNTED.contains(name) || isExtended(name);
    }

    /// True for what may be promised more than once.
    public static boolean mayOvercommit(String name) {
        return isNative(name) && !isHugePages(name);
    }

    /// True if `amount` is a whole number of the pages that `name` speaks of.
    public static boolean isDivisible(String name, Quantity amount) {
        Optional<Quantity> page = Quantity.find(name.substring(HUGE_PAGES.length()));
        return page.filter(size -> size.signum() > 0)
                .map(size -> amount.decimal().remainder(size.decimal()).compareTo(BigDecimal.ZERO) == 0)
                .orElse(false);
    }

    /// What is wrong with `name` as one that a container asks for.
    public static List<String> containerFaults(String name) {
        var faults = new ArrayList<>(faults(name));
        if (!name.contains("/")) {
            if (!isOfContainers(name)) {
                faults.add("must be a standard resource for containers");
            }
        } else if (!isNative(name) && !isExtended(name)) {
            faults.add("doesn't follow extended resource name standard");
        }
        return faults;
    }

    /// What is wrong with `name` as one that a quota counts.
    public static List<String> quotaFaults(String name) {
        var faults = new ArrayList<>(faults(name));
        if (!name.contains("/") && !isOfQuotas(name)) {
            faults.add("must be a standard resource for quota");
        }
        return faults;
    }

    /// What is wrong with `name` as any resource's name.
    public static List<String> faults(String name) {
        List<String> faults = Selectors.keyFaults(name);
        return faults.isEmpty() && !name.contains("/") && !isStandard(name)
                ? List.of("must be a standard resource type or fully qualified")
                : faults;
    }
}
