package dev.longshore.kubelet.node;

import dev.longshore.kubelet.configuration.EvictionThreshold;
import dev.longshore.kubelet.configuration.KubeletConfiguration;
import dev.longshore.linux.ProcessorSet;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What of the machine is for pods: all of it, without what is reserved for the system and for Longshore, and without
/// what must be left lest pods are evicted (pkg/kubelet/cm/node_container_manager_linux.go of Kubernetes).
public final class Allocatable {

    private static final String HUGE = "hugepages-";
    private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);

    private final KubeletConfiguration configuration;

    /// As `configuration` reserves.
    public Allocatable(KubeletConfiguration configuration) {
        this.configuration = configuration;
    }

    /// Of `machine`, the pods that the node takes counted in.
    Map<String, Quantity> capacity(Map<String, Quantity> machine) {
        var capacity = new LinkedHashMap<>(machine);
        long pods = configuration.count("maxPods");
        long perCore = configuration.count("podsPerCore");
        if (perCore > 0 && machine.containsKey("cpu")) {
            pods = Math.min(
                    pods, perCore * machine.get("cpu").getNumericalAmount().longValue());
        }
        capacity.put("pods", new Quantity(String.valueOf(pods)));
        capacity.putIfAbsent("hugepages-1Gi", new Quantity("0"));
        capacity.putIfAbsent("hugepages-2Mi", new Quantity("0"));
        return capacity;
    }

    /// What pods may have of `capacity`.
    Map<String, Quantity> of(Map<String, Quantity> capacity) {
        var allocatable = new LinkedHashMap<String, Quantity>();
        capacity.forEach((resource, all) -> {
            BigDecimal left = all.getNumericalAmount()
                    .subtract(reserved(resource))
                    .subtract(BigDecimal.valueOf(kept(resource, all.getNumericalAmount())));
            if (resource.equals("memory")) {
                left = left.subtract(huge(capacity));
            }
            allocatable.put(resource, quantity(left.max(BigDecimal.ZERO), all));
        });
        return allocatable;
    }

    /// What pods may use together before the kernel stops them: more than is allocatable, for eviction must come
    /// first.
    public Map<String, Quantity> enforced(Map<String, Quantity> machine) {
        var enforced = new LinkedHashMap<String, Quantity>();
        machine.forEach((resource, all) -> enforced.put(
                resource,
                quantity(all.getNumericalAmount().subtract(reserved(resource)).max(BigDecimal.ZERO), all)));
        return enforced;
    }

    /// The processors that pods with processors of their own never get, if they are named.
    public Optional<ProcessorSet> namedProcessors() {
        return Optional.of(configuration.text("reservedSystemCPUs"))
                .filter(named -> !named.isEmpty())
                .map(ProcessorSet::parse);
    }

    /// How many processors are reserved.
    public int reservedCount() {
        return reserved("cpu").setScale(0, RoundingMode.CEILING).intValue();
    }

    /// What of `capacity` bytes of memory is not for pods.
    public long withheldMemory(long capacity) {
        return reserved("memory").longValue() + kept("memory", BigDecimal.valueOf(capacity));
    }

    private BigDecimal reserved(String resource) {
        String named = configuration.text("reservedSystemCPUs");
        if (resource.equals("cpu") && !named.isEmpty()) {
            return BigDecimal.valueOf(ProcessorSet.parse(named).size());
        }
        return amount(configuration.map("kubeReserved"), resource)
                .add(amount(configuration.map("systemReserved"), resource));
    }

    private static BigDecimal amount(Map<String, String> amounts, String resource) {
        String text = amounts.get(resource);
        return text == null ? BigDecimal.ZERO : new Quantity(text).getNumericalAmount();
    }

    private long kept(String resource, BigDecimal capacity) {
        String signal =
                switch (resource) {
                    case "memory" -> "memory.available";
                    case "ephemeral-storage" -> "nodefs.available";
                    default -> "";
                };
        return configuration.thresholds().stream()
                .filter(threshold -> threshold.isHard() && threshold.signal().equals(signal))
                .map(EvictionThreshold::value)
                .mapToLong(value -> value.of(capacity.longValue()))
                .sum();
    }

    private static BigDecimal huge(Map<String, Quantity> capacity) {
        return capacity.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(HUGE))
                .map(entry -> entry.getValue().getNumericalAmount())
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    /// In the words of `like`: kibibytes stay kibibytes where they come out even, and parts of processors are
    /// thousandths.
    private static Quantity quantity(BigDecimal amount, Quantity like) {
        if (amount.compareTo(like.getNumericalAmount()) == 0) {
            return like;
        }
        BigDecimal kibi = BigDecimal.valueOf(1024);
        boolean isEven = amount.remainder(kibi).signum() == 0;
        if (like.getFormat() != null && like.getFormat().endsWith("i") && isEven) {
            return new Quantity(amount.divide(kibi).toBigInteger() + "Ki");
        }
        return amount.stripTrailingZeros().scale() > 0
                ? new Quantity(amount.multiply(THOUSAND).toBigInteger() + "m")
                : new Quantity(amount.toBigInteger().toString());
    }
}
